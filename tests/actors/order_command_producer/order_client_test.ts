import assert from "node:assert/strict";
import { AnswerListener } from "../../../actors/order_command_producer/answer_listener.ts";
import { OrderClient } from "../../../actors/order_command_producer/order_client.ts";
import {
  AnswerTimeoutError,
  CommandRejectedError,
  InvalidCommandError,
  OrderRejectedError,
} from "../../../actors/order_command_producer/order_errors.ts";
import type { Clock } from "../../../actors/runtime/clock.ts";
import { decodeText, type PlaceOrder } from "../../../kafka/messages/mod.ts";
import { ArrayLog } from "../../support/array_log.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

/** A client on a log, with a gateway of the test's own behind it. */
async function open(clock: Clock = new FakeClock(77_000), outOfReachMs = () => 0) {
  const array = new ArrayLog();
  const listener = await AnswerListener.open({
    log: array.log,
    clock,
    producer: "client",
    outOfReachMs,
  });
  const client = await OrderClient.open({
    log: array.log,
    clock,
    producer: "client",
    instance: 0,
    answers: listener,
  });
  /** Answers every command not answered yet. */
  let answered = 0;
  const answer = async (body: (command: Record<string, unknown>) => Record<string, unknown>) => {
    await settle();
    const commands = array.records("order-commands").map(({ text }) => {
      const decoded = decodeText("order-commands", text);
      assert.ok(decoded.ok);
      return decoded.message as PlaceOrder; // Only fields of the envelope are used unasked.
    });
    for (const command of commands.slice(answered)) {
      const notification = {
        id: `order-commands/0/${answered}/0`,
        correlationId: command.correlationId,
        causationId: command.id,
        sequence: answered,
        timestamp: 5,
        duplicate: false,
        userId: command.userId,
        ...body({ ...command }),
      };
      answered++;
      const record = { key: command.userId, value: JSON.stringify(notification) };
      await array.publish([{ topic: "notifications", partition: 0, records: [record] }]);
    }
    await settle();
    return commands;
  };
  return { array, client, listener, answer };
}

const placed = (command: Record<string, unknown>) => ({
  type: "order-placed",
  orderId: command.orderId,
  clientTimestamp: command.timestamp,
  orderNumber: 12,
  symbol: command.symbol,
  side: command.side,
  quantityLots: command.quantity,
  limitTicks: null,
  reserved: 5,
});

const ORDER = {
  orderId: 1001,
  userId: 501,
  symbol: "AAPL",
  quantity: 10,
  side: "buy",
  timestamp: 1625159076,
} as const;

Deno.test("OrderClient.sendOrder() resolves with a receipt", async () => {
  const { array, client, listener, answer } = await open();
  const sent = client.sendOrder(ORDER);
  const [command] = await answer(placed);
  assert.deepEqual(command, {
    type: "place-order",
    id: "client/0",
    correlationId: "501/1001",
    timestamp: 1625159076,
    userId: "501",
    orderId: "1001",
    symbol: "AAPL",
    side: "buy",
    quantity: 10,
  });
  assert.deepEqual(await sent, {
    messageId: "client/0",
    correlationId: "501/1001",
    timestamp: 5,
    duplicate: false,
    userId: "501",
    orderId: "1001",
    clientTimestamp: 1625159076,
    orderNumber: 12,
    symbol: "AAPL",
    side: "buy",
    quantityLots: 10,
    limitTicks: null,
    reserved: 5,
  });
  // The intent was durable first.
  assert.deepEqual(array.tried.map(([batch]) => batch?.topic).slice(0, 2), [
    "intents",
    "order-commands",
  ]);
  await client.close();
  await listener.close();
});

Deno.test("OrderClient.sendOrder() throws OrderRejectedError with the reason's code", async () => {
  const { client, listener, answer } = await open();
  const sent = client.sendOrder({ ...ORDER, symbol: "INVALID" });
  const rejected = assert.rejects(sent, (error: unknown) => {
    assert.ok(error instanceof OrderRejectedError);
    assert.equal(error.code, "unknown-symbol");
    assert.equal(error.message, "Cannot place order 1001 of user 501: no such (unknown-symbol)");
    return true;
  });
  await answer((command) => ({
    type: "order-rejected",
    orderId: command.orderId,
    clientTimestamp: 1,
    reason: "unknown-symbol",
    detail: "no such",
  }));
  await rejected;
  await client.close();
  await listener.close();
});

Deno.test("OrderClient sends cancels, deposits and accounts with keys of their own", async () => {
  const { client, listener, answer } = await open();
  const cancel = client.cancelOrder({ orderId: "a", userId: "1" });
  const deposit = client.deposit({ depositId: "d", userId: "1", amount: 2.5 });
  const account = client.openAccount({ userId: "1", cash: 100, holdings: { AAPL: 3 } });
  const refused = assert.rejects(
    client.deposit({ depositId: "e", userId: "1", amount: -1 }),
    (error) => error instanceof CommandRejectedError && error.reason === "invalid-amount",
  );
  const commands = await answer((command) => {
    switch (command.type) {
      case "cancel-order":
        return {
          type: "cancel-accepted",
          orderId: command.orderId,
          cancelId: command.cancelId,
          clientTimestamp: 1,
        };
      case "deposit": {
        const { depositId } = command;
        return command.amount === -1
          ? { type: "deposit-rejected", depositId, reason: "invalid-amount", detail: "" }
          : { type: "deposit-accepted", depositId, amountUnits: 250 };
      }
      default:
        return {
          type: "account-opened",
          commandId: command.commandId,
          cashUnits: 10000,
          holdings: { AAPL: 3 },
        };
    }
  });
  assert.equal((await cancel).cancelId, "a");
  assert.equal((await deposit).amountUnits, 250);
  assert.equal((await account).commandId, "open");
  await refused;
  assert.deepEqual(commands.map(({ timestamp }) => timestamp), [77_000, 77_000, 77_000, 77_000]);
  await client.close();
  await listener.close();
});

Deno.test("OrderClient batches calls made at once and keeps their order", async () => {
  const { array, client, listener, answer } = await open();
  const all = Array.from({ length: 500 }, (_, i) => client.sendOrder({ ...ORDER, orderId: i }));
  await answer(placed);
  const receipts = await Promise.all(all);
  assert.deepEqual(receipts.map(({ orderId }) => orderId), all.map((_, i) => String(i)));
  assert.equal(array.tried.filter(([batch]) => batch?.topic === "intents").length, 1);
  await client.close();
  await listener.close();
});

Deno.test("OrderClient refuses what cannot be sent or answered, before it sends anything", async () => {
  const { array, client, listener } = await open();
  const refused = (code: string, wrong: object, message: RegExp) =>
    assert.rejects(client.sendOrder({ ...ORDER, ...wrong }), (error: unknown) => {
      assert.ok(error instanceof InvalidCommandError && error instanceof TypeError);
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  await refused("invalid-order-id", { orderId: "" }, /Cannot send an order: orderId is empty/);
  await refused("invalid-order-id", { orderId: "x".repeat(129) }, /has 129 characters/);
  await refused("invalid-order-id", { orderId: "a\nb" }, /control characters/);
  await refused("invalid-order-id", { orderId: "a\ud83d" }, /half of a surrogate pair/);
  await refused("invalid-user-id", { userId: undefined }, /userId is undefined/);
  await refused("invalid-field", { quantity: NaN }, /quantity is NaN/);
  await refused("invalid-field", { quantity: undefined }, /quantity is undefined/);
  await refused("invalid-field", { price: 10n }, /price is 10n/);
  await refused("invalid-field", { price: Infinity }, /price is Infinity/);
  await refused("invalid-field", { symbol: {} }, /symbol is an object/);
  await refused("invalid-field", { symbol: "x".repeat(2_000) }, /symbol has 2000 characters/);
  await refused("invalid-timestamp", { timestamp: -1 }, /timestamp is -1/);
  assert.equal(array.tried.length, 0);
  await client.close();
  await assert.rejects(client.sendOrder(ORDER), /the client is closed/);
  await listener.close();
});

Deno.test("OrderClient: no answer within the deadline leaves the outcome unknown", async () => {
  const clock = new FakeClock(0);
  const { array, client, listener } = await open(clock);
  const timedOut = assert.rejects(client.sendOrder(ORDER), (error: unknown) => {
    assert.ok(error instanceof AnswerTimeoutError);
    assert.equal(error.outcome, "unknown");
    assert.equal(error.messageId, "client/0");
    return true;
  });
  await settle();
  await clock.advance(30_000);
  // Any record lets the listener look at the clock; on its own it does so a few times a second.
  await array.publish([{
    topic: "notifications",
    partition: 0,
    records: [{ key: "", value: "" }],
  }]);
  await timedOut;
  assert.equal(listener.pending, 0);
  await client.close();
  await listener.close();
});

Deno.test("OrderClient: the time in which the log is out of reach counts against no deadline", async () => {
  const clock = new FakeClock(0);
  let outOfReachMs = 0;
  const { array, client, listener } = await open(clock, () => outOfReachMs);
  /** Any record lets the listener look at the clock. */
  const look = async () => {
    const records = [{ key: "", value: "" }];
    await array.publish([{ topic: "notifications", partition: 0, records }]);
    await settle();
  };
  const timedOut = assert.rejects(client.sendOrder(ORDER), AnswerTimeoutError);
  await settle();
  await clock.advance(29_999);
  outOfReachMs = 20_000;
  await clock.advance(20_000);
  await look();
  assert.equal(listener.pending, 1);
  await clock.advance(1);
  await look();
  await timedOut;
  await client.close();
  await listener.close();
});

Deno.test("OrderClient: the deadline begins when the command is in the log", async () => {
  const clock = new FakeClock(0);
  const { array, client, listener, answer } = await open(clock);
  array.fate = () => "refuse";
  const sent = client.sendOrder(ORDER);
  await settle();
  for (let waited = 0; waited < 40; waited++) await clock.advance(1_000);
  assert.equal(listener.pending, 1);
  array.fate = () => "store";
  await clock.advance(10_000);
  await answer(placed);
  assert.equal((await sent).duplicate, false);
  await client.close();
  await listener.close();
});

Deno.test("OrderClient rejects everything when a command could not be sent", async () => {
  const { array, client, listener } = await open();
  array.fate = () => "refuse-for-good";
  await assert.rejects(client.sendOrder(ORDER), /refuse-for-good/);
  await assert.rejects(client.sendOrder(ORDER), /an earlier one could not be sent/);
  assert.equal(listener.pending, 0);
  await client.close();
  await listener.close();
});

Deno.test("AnswerListener.close() tells whoever still waits", async () => {
  const { client, listener } = await open();
  const waiting = assert.rejects(client.sendOrder(ORDER), /the listener is closed/);
  await settle();
  await listener.close();
  await waiting;
  await client.close();
});
