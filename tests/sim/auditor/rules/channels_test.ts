import assert from "node:assert/strict";
import { findRecord } from "../support/array_log.ts";
import { HandFloor } from "../support/hand_floor.ts";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { change, fits, rewrite } from "../support/tampering.ts";

Deno.test("sequences-dense finds a record that was lost", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "notifications", fits({ type: "order-filled" }));
  log.records("notifications", partition).splice(offset, 1);
  const verdict = assertViolated(
    await judge(log),
    "sequences-dense",
    /notifications\/\d\/\d+ from orders\/\d has sequence \d+, but \d+ comes next/,
  );
  assert.ok(verdict.counterexample!.chain.every(({ topic }) => topic === "notifications"));
});

Deno.test("sequences-dense finds a repeat with other content", async () => {
  const { log } = playSession();
  const { partition, record } = findRecord(log, "market-data", fits({ type: "trade" }));
  const value = JSON.stringify({ ...JSON.parse(String(record.value)), quantityLots: 6 });
  log.append("market-data", partition, { ...record, value });
  assertViolated(await judge(log), "sequences-dense", /repeats sequence \d+ with other content/);
});

Deno.test("sequences-dense finds one message under two sequences", async () => {
  const { log } = playSession();
  const { partition, record } = findRecord(log, "market-data", fits({ type: "trade" }));
  const message = JSON.parse(String(record.value));
  const [, origin] = String(message.id).split("/");
  const sequence =
    log.records("market-data", partition).filter(({ value }) =>
      String(value).includes(`"id":"orders/${origin}/`)
    ).length;
  const value = JSON.stringify({ ...message, sequence });
  log.append("market-data", partition, { ...record, value });
  assertViolated(await judge(log), "sequences-dense", /has origin \d+\/\d+, after/);
});

Deno.test("sequences-dense watches the dead letters of each role", async () => {
  const floor = new HandFloor();
  floor.malformed("dave", "one");
  floor.malformed("dave", "two");
  assert.equal(verdictOn(await judge(floor.log), "sequences-dense").status, "held");
  rewrite(floor.log, "dead-letters", { sequence: 1 }, { sequence: 2 });
  assertViolated(await judge(floor.log), "sequences-dense", /dead-letters.* has sequence 2, but 1/);
});

Deno.test("causality-closed finds a cause that is not in the log", async () => {
  const { log } = playSession(
    change("market-data", { type: "trade" }, { id: "orders/0/4711/0" }),
  );
  assertViolated(
    await judge(log),
    "causality-closed",
    /follows from orders\/0\/4711, which is not/,
  );
});

Deno.test("causality-closed finds a cause that is another record", async () => {
  const { log } = playSession(
    change("market-data", { type: "trade" }, { causationId: "elsewhere" }),
  );
  assertViolated(
    await judge(log),
    "causality-closed",
    /names elsewhere as its cause, which is not/,
  );
});

Deno.test("causality-closed finds an answer that names another command", async () => {
  const { log } = playSession(
    change("notifications", { type: "deposit-accepted" }, { causationId: "elsewhere" }),
  );
  const verdict = assertViolated(
    await judge(log),
    "causality-closed",
    /follows from order-commands.* names another cause than its id producer-0/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "order-commands",
    "notifications",
  ]);
});

Deno.test("causality-closed finds effects of one command that name different causes", async () => {
  const { log } = playSession(change("orders", { orderId: "a1" }, { causationId: "elsewhere" }));
  assertViolated(
    await judge(log),
    "causality-closed",
    /names .* as its cause, another effect another/,
  );
});

Deno.test("causality-closed finds an answer to something that is no command", async () => {
  const { log } = playSession();
  const { partition, offset } = findRecord(log, "order-commands", fits({ type: "settle-fill" }));
  rewrite(log, "notifications", { type: "deposit-accepted" }, {
    id: `order-commands/${partition}/${offset}/0`,
  });
  assertViolated(await judge(log), "causality-closed", /but that is a settle-fill/);
});

Deno.test("causality-closed finds a settlement before its order was sent", async () => {
  const { log } = playSession();
  const { partition, record } = findRecord(log, "order-commands", fits({ type: "settle-fill" }));
  // In the place of the first record, from which nothing follows.
  log.records("order-commands", partition)[0] = { ...record };
  assertViolated(
    await judge(log),
    "causality-closed",
    /settles order \d+, which was not sent before/,
  );
});
