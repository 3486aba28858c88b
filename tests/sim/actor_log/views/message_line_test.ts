import assert from "node:assert/strict";
import type { Message } from "../../../../kafka/messages/mod.ts";
import { fieldsOf } from "../../../../sim/actor_log/views/message_fields.ts";
import { listOf, messageLine } from "../../../../sim/actor_log/views/message_line.ts";
import { unitsOf } from "../../../../sim/actor_log/views/units.ts";
import { allSamples } from "../../../kafka/messages/sample_messages.ts";
import { NOON, parametersOf } from "./step_floor.ts";

const units = unitsOf(parametersOf());
const envelope = { id: "p/1", correlationId: "alice/1", timestamp: NOON };

Deno.test("messageLine() says what every type of message is about, in a line for 80 columns", () => {
  const lines = allSamples().map(([, message]) =>
    `${message.type}: ${messageLine(message, units)}`
  );
  assert.deepEqual(lines, [
    "price: AAPL at 189.5, says md-0",
    "trade: 10 AAPL traded at 189.50, aggressor: buy",
    "quote: AAPL bid none, ask 189.51 x 5",
    "open-account: 501 asks for an account with 1000000 cash",
    'deposit: 501 deposits "12.50"',
    "place-order: 501's order 1001: buy 10 AAPL at 189.50",
    "cancel-order: 501 asks to cancel order 1001",
    "settle-fill: 501's fill to settle: sold 10 AAPL at 189.50",
    "release-order: 501's order no. 7 to release: 3 AAPL unfilled",
    "floor-opened: the floor opens with AAPL",
    "order-accepted: 501's order 1001: buy 10 AAPL without a limit, immediate or cancel",
    "cancel-requested: 501 cancels order 1001",
    "floor-opened: the floor opens with AAPL",
    "account-opened: 501 has an account with 1.00 cash",
    "deposit-accepted: 501's deposit of 12.50 is in",
    "order-placed: 501's order 1001 is placed: buy 10 AAPL at 189.50 (again, as at first)",
    "cancel-accepted: 501's cancel of order 1001 is on its way",
    "order-rejected: 501's order 1001 is refused: unknown-symbol",
    "cancel-rejected: 501's cancel of order 1001 is refused: unknown-order",
    "account-rejected: 501's account is refused: account-exists",
    "deposit-rejected: 501's deposit is refused: invalid-amount",
    "order-filled: 501's order 1001 bought 4 AAPL at 189.50, 6 open",
    "order-cancelled: 501's order 1001 ended, 6 AAPL unfilled: requested",
    "cancel-missed: 501's cancel of order 1001 came too late",
    "floor-opened: the floor opens with AAPL",
    "intent: traders-0 intends 12: text that is no command",
    "intents-acknowledged: traders-0 got everything before its intent 13 acknowledged",
    "dead-letter: malformed, set aside by gateway: order-commands/3/17",
  ]);
  for (const [, message] of allSamples()) assert.ok(messageLine(message, units).length <= 80);
});

Deno.test("messageLine() shows what a client sent, whatever it is", () => {
  const line = (fields: object) => {
    const order = { type: "place-order", ...envelope, userId: "alice", orderId: "1", ...fields };
    return messageLine(order as Message, units); // fields of any kind are what clients send
  };
  assert.equal(line({}), "alice's order 1: absent absent absent at the market");
  assert.equal(
    line({ side: "buy", symbol: "AAPL", quantity: 1e9, price: 189.501, timeInForce: [1] }),
    "alice's order 1: buy 1,000,000,000 AAPL at 189.501 (time in force [1])",
  );
  assert.equal(
    line({ side: "buy", symbol: "AAPL", quantity: 2, protectionPrice: 190, timeInForce: "ioc" }),
    "alice's order 1: buy 2 AAPL at the market, at 190.00 at worst",
  );
  const deep: unknown = JSON.parse("[".repeat(5_000) + "]".repeat(5_000));
  assert.equal(
    line({ side: deep, symbol: "x".repeat(1_000), quantity: { a: 1 }, price: "1" }),
    `alice's order 1: [[[[[…]]]]] {"a": 1} ${"x".repeat(199)}… at 1`,
  );
});

Deno.test("listOf() spells names out up to a limit and counts the rest", () => {
  assert.equal(listOf([]), "");
  assert.equal(listOf(["a"]), "a");
  assert.equal(listOf(["a", "b", "c"]), "a, b and c");
  assert.equal(listOf("abcdefgh".split("")), "a, b, c, d, e, f and 2 more");
});

Deno.test("fieldsOf() lists a message's own fields before its envelope, with what integers mean", () => {
  const message: Message = {
    type: "order-filled",
    id: "orders/0/4/1",
    correlationId: "alice/1",
    causationId: "order-commands/0/3/0",
    sequence: 17,
    timestamp: NOON,
    userId: "alice",
    orderId: "1",
    clientTimestamp: NOON - 5,
    orderNumber: 3,
    symbol: "NICKEL",
    side: "buy",
    priceTicks: 379_101,
    quantityLots: 12,
    remainingLots: 0,
    tradeId: "NICKEL-1",
    liquidity: "taker",
  };
  const fields = fieldsOf(message, units);
  assert.deepEqual(fields.slice(-5).map(({ name }) => name), [
    "id",
    "correlationId",
    "causationId",
    "sequence",
    "timestamp",
  ]);
  const meanings = fields.filter(({ means }) => means !== null)
    .map(({ name, value, means }) => `${name} ${value} ${means}`);
  assert.deepEqual(meanings, [
    `clientTimestamp ${NOON - 5} 2026-11-22T11:59:59.995Z`,
    "priceTicks 379101 18,955.05",
    "quantityLots 12 1,200",
    "remainingLots 0 0",
    `timestamp ${NOON} 2026-11-22T12:00:00.000Z`,
  ]);
});

Deno.test("fieldsOf() writes claims of clients that are no times as they are", () => {
  const message: Message = {
    type: "deposit",
    ...envelope,
    timestamp: 1e300,
    userId: "a",
    depositId: "d",
  };
  const fields = fieldsOf(message, units);
  assert.deepEqual(fields.find(({ name }) => name === "timestamp"), {
    name: "timestamp",
    value: "1e+300",
    means: "1e+300 ms",
  });
});
