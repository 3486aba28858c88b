import assert from "node:assert/strict";
import { stopsIn } from "../../../sim/explain/story.ts";
import { tellOrder } from "../../../sim/explain/tell_order.ts";
import { StagedFloor } from "./staged_floor.ts";
import { assertTells, toldOrder } from "./told.ts";

const SELL_7 = { side: "sell", quantity: 7, price: 160 } as const;
const BUY_12 = { side: "buy", quantity: 12, price: 170 } as const;

/** Alice and Carol hold shares, Bob holds cash. */
async function openFloor(options: Parameters<typeof StagedFloor.open>[0] = {}) {
  const floor = await StagedFloor.open(options);
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(30).opens("carol", 0, { AAPL: 10 });
  return floor;
}

Deno.test("tellOrder() tells whom an order traded with, and why they came first", async () => {
  const floor = await openFloor();
  await floor.at(100).order("alice/a1", SELL_7);
  await floor.at(110).order("carol/c1", { side: "sell", quantity: 3, price: 160 });
  await floor.at(120).order("bob/b1", BUY_12);
  await using log = await floor.run();
  assertTells(await toldOrder(log, "bob/b1"), [
    "Order b1 of user bob",
    "bob's order b1: buy 12 AAPL at 170.00.",
    "Placed, by the answer at notifications/0/6.",
    "Bought 10 AAPL at 160.00 in 2 trades, with alice's a1, carol's c1; 2 were left open.",
    "Left in the book at the end of the log: 2 AAPL, neither filled nor cancelled.",
    "intents/0/5  +120.0 ms",
    "order-commands/0/6  +120.0 ms (+0.0)",
    "> order-gateway-0: Accepted bob's order b1: buy 12 AAPL at 170.00; 2,040.00 of 100,000.00 " +
    "cash was reserved, 97,960.00 stay free.",
    "orders/0/3  +120.0 ms (+0.0)",
    "> trading-engine-0: Bought 10 of 12 AAPL for bob's order b1 at 160.00 in 2 fills; 2 rest at " +
    "170.00 as best bid.",
    "- 7 at 160.00 from alice's order a1 (trade AAPL-1): the best ask, and the oldest there (1 " +
    "more order waits behind it).",
    "- 3 at 160.00 from carol's order c1 (trade AAPL-2): the best ask, and the only one there.",
    "notifications/0/7  +120.0 ms (+0.0)",
    "> portfolio-manager-0: Booked for bob: bought 7 AAPL at 160.00, paid 1,120.00.",
    "> notifier-0: Open to whoever listens for bob: bob's order b1 bought 7 AAPL at 160.00, 5 open.",
    "order-commands/0/7  +120.0 ms (+0.0)",
    "> order-gateway-0: Settled trade AAPL-1 for bob: bought 7 AAPL at 160.00 for 1,120.00.",
  ]);
  const told = await toldOrder(log, "alice/a1");
  assertTells(told, [
    "Sold 7 AAPL at 160.00 in 1 trade, with bob's b1; nothing is left open.",
    "orders/0/3  +120.0 ms",
    "(Another order; it is told here for what it brought about.)",
    "notifications/0/8  +120.0 ms (+0.0)",
    "> order-gateway-0: Settled trade AAPL-1 for alice: sold 7 AAPL at 160.00 for 1,120.00.",
  ]);
  assert.ok(!told.some((line) => line.startsWith("notifications/0/7 ")), "bob's fill is bob's");
});

Deno.test("tellOrder() names the first answer that a resend gets again, and refuses another body", async () => {
  const floor = await openFloor();
  await floor.at(100).order("alice/a1", SELL_7);
  await floor.at(200).order("alice/a1", SELL_7);
  await floor.at(300).order("alice/a1", { ...SELL_7, quantity: 8 });
  await using log = await floor.run();
  assertTells(await toldOrder(log, "alice/a1"), [
    "Placed, by the answer at notifications/0/4. The same answer was given once more, to " +
    "resends: they changed nothing.",
    "order-commands/0/5  +200.0 ms (+0.0)",
    "> order-gateway-0: Answered alice's order a1 again, as at first: placed, as order no. 0.",
    "- The same id with the same body was answered before at order-commands/0/4, stamped " +
    "12:00:00.100: the first answer again, and nothing changed.",
    "notifications/0/5  +200.0 ms (+0.0)",
    "(The first answer stands at notifications/0/4.)",
    "order-commands/0/6  +300.0 ms (+0.0)",
    "> order-gateway-0: Refused alice's order a1, id-conflict: the id was used before " +
    "(order-commands/0/4) with another body.",
  ]);
});

Deno.test("tellOrder() gives the reason of a refusal", async () => {
  const floor = await openFloor({ limits: { ordersPerSecond: 1, orderBurst: 1 } });
  await floor.at(100).order("bob/b1", { side: "buy", quantity: 1, price: 10, symbol: "NOPE" });
  await floor.at(110).order("bob/b2", { side: "buy", quantity: 1, price: 10 });
  await floor.at(120).order("bob/b3", { side: "buy", quantity: 1, price: 10 });
  await floor.at(5_000).order("bob/b3", { side: "buy", quantity: 1, price: 10 });
  await using log = await floor.run();
  assertTells(await toldOrder(log, "bob/b1"), [
    'Refused as unknown-symbol ("NOPE" is not traded here), by the answer at notifications/0/4.',
    '> order-gateway-0: Refused bob\'s order b1, unknown-symbol: "NOPE" is not traded here.',
    "- What is traded: AAPL.",
  ]);
  const limited = await toldOrder(log, "bob/b3");
  assertTells(limited, [
    "Refused as rate-limited (more than 1 orders a second, 1 at once), by the answer at " +
    "notifications/0/6.",
    "- Nothing is reserved, and its id is not used: the same order may be sent again.",
    "> order-gateway-0: Accepted bob's order b3: buy 1 AAPL at 10.00; 10.00 of 99,990.00 cash was " +
    "reserved, 99,980.00 stay free.",
  ]);
  assert.ok(!limited.some((line) => line.includes("answered before")), "its id was not used");
});

Deno.test("tellOrder() says what a crash before the commit did and did not change", async () => {
  const floor = await openFloor();
  await floor.at(100).order("bob/b1", BUY_12);
  await floor.at(160).sends("alice/a1", SELL_7);
  await floor.serve("order-gateway");
  await floor.serve("trading-engine");
  await floor.at(170).dies("trading-engine", { committed: 2 });
  await using log = await floor.run();
  assertTells(await toldOrder(log, "alice/a1"), [
    "4 of its records stand in the log a second time (the first of these: notifications/0/8), " +
    "sent again after a restart and dropped by whoever received them.",
    "While it was under way trading-engine-0 died.",
    "orders/0/2  +160.0 ms (+0.0)",
    "! +170.0 ms: trading-engine-0:1 failed: a test says so.",
    "! +170.0 ms: trading-engine-0:1 is restarted after 0 ms: failure 1 of 5 within 30 s.",
    "! +170.0 ms: trading-engine-0:2 got orders/0 (generation 2).",
    "! +170.0 ms: trading-engine-0:2 came back with orders/0 from nothing, folded 2 silently " +
    "below the committed 2, and goes on from 2 aloud.",
    "= orders/0/2 was not committed, so trading-engine-0:2 folded it again and sent what follows " +
    "again, with the same ids: notifications/0/8, market-data/0/3, market-data/0/4, " +
    "order-commands/0/8 and 2 more. Whoever received it twice took it once. Nothing changed.",
    "notifications/0/8  +160.0 ms (+0.0)",
    "(The same record as notifications/0/6, sent again: whoever has had it drops it.)",
    "> portfolio-manager-0: It had come before (sequence 0 from orders/0, and 2 was next): nothing changed.",
    "> notifier-0: Passed over by alice's streams, which had it before: alice's order a1 sold 7 " +
    "AAPL at 170.00, 0 open.",
  ]);
});

Deno.test("tellOrder() tells no crash of when a record had long been committed", async () => {
  const floor = await openFloor();
  await floor.at(100).order("alice/a1", SELL_7);
  floor.at(150).happens("trading-engine", 1, { kind: "commit", partition: "orders/0", offset: 2 });
  floor.happens("order-gateway", 1, { kind: "commit", partition: "order-commands/0", offset: 5 });
  await floor.at(160).dies("trading-engine", { committed: 2 });
  await floor.at(170).order("bob/b1", BUY_12);
  await using log = await floor.run();
  const told = await toldOrder(log, "alice/a1");
  assert.deepEqual(told.filter((line) => line.includes("failed")), []);
  assertTells(told, ["Sold 7 AAPL at 160.00 in 1 trade, with bob's b1; nothing is left open."]);
});

Deno.test("tellOrder() says where an order stopped that never got an answer", async () => {
  const floor = await openFloor();
  await floor.at(100).intends("alice/a1", SELL_7);
  await floor.at(110).sends("carol/c1", SELL_7);
  await using log = await floor.run();
  assertTells(await toldOrder(log, "alice/a1"), [
    "It never got an answer.",
    "It stopped: The intent was written down at intents/0/3, and its command was never sent: " +
    "order-commands has none with its id. The run ended before that.",
  ]);
  assertTells(await toldOrder(log, "carol/c1"), [
    "It never got an answer.",
    "It stopped: What follows from order-commands/0/4 is not in the log: " +
    '"carol\'s order c1: sell 7 AAPL at 160.00", ' +
    '"carol\'s order c1 is placed: sell 7 AAPL at 160.00". order-gateway committed nothing of ' +
    "order-commands/0. The run ended before that.",
  ]);
});

Deno.test("tellOrder() says how far an actor had committed when an order stopped at it", async () => {
  const floor = await openFloor();
  floor.happens("trading-engine", 1, { kind: "commit", partition: "orders/0", offset: 1 });
  await floor.at(110).sends("carol/c1", SELL_7);
  await floor.serve("order-gateway");
  await using log = await floor.run();
  const story = await tellOrder(log, { userId: "carol", orderId: "c1" });
  assert.deepEqual(stopsIn(story.passages), [
    'What follows from orders/0/1 is not in the log: "AAPL bid none, ask 160.00 x 7". ' +
    "trading-engine had committed orders/0 up to 1, so orders/0/1 was still to be folded, or its " +
    "outputs to be acknowledged. The run ended before that.",
  ]);
});

Deno.test("tellOrder() tells a cancel with the order that it ended", async () => {
  const floor = await openFloor();
  await floor.at(100).order("alice/a1", SELL_7);
  await floor.at(200).cancels("alice/a1", "x1");
  await using log = await floor.run();
  assertTells(await toldOrder(log, "alice/a1"), [
    "It ended with 7 AAPL unfilled: its user cancelled it.",
    "intents/0/4  +200.0 ms",
    "alice asks to cancel order a1",
  ]);
});

Deno.test("tellOrder() tells the first records only, and counts the rest", async () => {
  const floor = await openFloor();
  await floor.at(100).order("bob/b1", BUY_12);
  for (const n of [1, 2, 3]) {
    await floor.at(100 + n).order(`alice/a${n}`, { ...SELL_7, quantity: 2 });
  }
  await using log = await floor.run();
  const whole = await tellOrder(log, { userId: "bob", orderId: "b1" });
  const part = await tellOrder(log, { userId: "bob", orderId: "b1" }, { limit: 4 });
  assert.equal(whole.hidden, 0);
  assert.ok(part.hidden > 5);
  assert.match(part.summary.join(" "), /Bought 6 AAPL at 170\.00 in 3 trades/);
  assert.deepEqual(part.summary.slice(0, 2), whole.summary.slice(0, 2));
  const told = await toldOrder(log, "bob/b1", { limit: 4 });
  assert.equal(told.at(-1), `... and ${part.hidden} more records: --limit tells more`);
});

Deno.test("tellOrder() tells of a command that is no message, and of its dead letter", async () => {
  const floor = await openFloor();
  await floor.at(100).order("dave\u001b/d1", { side: "buy", quantity: 1, price: 1 });
  await using log = await floor.run();
  const why = "userId: Invalid string: must match pattern /^[^\\p{Cc}\\p{Cs}]*$/u";
  assertTells(await toldOrder(log, "dave\u001b/d1"), [
    "Order d1 of user dave\\u{1b}",
    "It never got an answer.",
    `It stopped: order-gateway could not read order-commands/0/4 as a message (${why}): it was set ` +
    "aside at dead-letters/0/0, and nobody is told.",
    "intents/0/3  +100.0 ms",
    "order-commands/0/4  +100.0 ms (+0.0)",
    `bytes that are no message: ${why}`,
    "dead-letters/0/0  +100.0 ms (+0.0)",
  ]);
});
