import assert from "node:assert/strict";
import { tellUser } from "../../../sim/explain/tell_user.ts";
import { StagedFloor } from "./staged_floor.ts";
import { assertTells, toldRecord } from "./told.ts";

/** Bob's order rests, Alice's trades with it, and the engine dies before it has committed that. */
async function openRun() {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(100).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(110).order("bob/b2", { side: "buy", quantity: 1, price: 1, symbol: "NOPE" });
  await floor.at(120).order("alice/a1", { side: "sell", quantity: 5, price: 150 });
  await floor.at(130).dies("trading-engine", { committed: 2 });
  return await floor.run();
}

Deno.test("tellRecord() tells what led to a record, back to the intent, and nothing beside it", async () => {
  await using log = await openRun();
  const told = await toldRecord(log, "notifications/0/7");
  assertTells(told, [
    "Record notifications/0/7",
    "notifications/0/7: bob's order b1 bought 3 AAPL at 160.00, 0 open.",
    "Before it in its chain: 3 records; what followed from it: nothing.",
    "intents/0/4  +120.0 ms",
    "order-commands/0/5  +120.0 ms (+0.0)",
    "orders/0/2  +120.0 ms (+0.0)",
    "notifications/0/7  +120.0 ms (+0.0)  <- asked for",
  ]);
  assert.ok(!told.some((line) => line.startsWith("market-data/")), "the trade did not lead to it");
  // What was sent again is known although the copies are not of this story.
  assert.ok(told.some((line) => line.includes("folded it again and sent what follows again")));
});

Deno.test("tellRecord() tells what followed from a record, to the end, within a limit", async () => {
  await using log = await openRun();
  assertTells(await toldRecord(log, "order-commands/0/5"), [
    "Before it in its chain: 1 record; what followed from it: 8 records.",
    "order-commands/0/5  +120.0 ms (+0.0)  <- asked for",
    "orders/0/2  +120.0 ms (+0.0)",
    "bob's order b1 bought 3 AAPL at 160.00, 0 open",
    "> order-gateway-0: Settled trade AAPL-1 for bob: bought 3 AAPL at 160.00 for 480.00.",
  ]);
  assertTells(await toldRecord(log, "order-commands/0/5", { limit: 4 }), [
    "Before it in its chain: 1 record; what followed from it: at least 8 records.",
    "... and 5 more records: --limit tells more",
  ]);
});

Deno.test("tellUser() gives a user's newest commands with what came of them, and counts all", async () => {
  await using log = await openRun();
  const { commands, count } = await tellUser(log, "bob");
  assert.deepEqual(commands.map(({ line, outcome }) => `${line} -> ${outcome}`), [
    "bob's order b2: buy 1 NOPE at 1 -> refused: unknown-symbol",
    "bob's order b1: buy 3 AAPL at 160.00 -> filled",
    "bob asks for an account with 100000 cash -> bob has an account with 100,000.00 cash",
  ]);
  assert.deepEqual(count, { commands: 3, exactly: true });
  assert.deepEqual(commands.map(({ told }) => told.map(({ line }) => line)), [
    ["bob's order b2 is refused: unknown-symbol"],
    [
      "bob's order b1 is placed: buy 3 AAPL at 160.00",
      "bob's order b1 bought 3 AAPL at 160.00, 0 open",
    ],
    ["bob has an account with 100,000.00 cash"],
  ]);
  const newest = await tellUser(log, "bob", { limit: 1 });
  assert.deepEqual(newest.commands.map(({ orderId }) => orderId), ["b2"]);
  assert.deepEqual(newest.count, { commands: 3, exactly: true });
});
