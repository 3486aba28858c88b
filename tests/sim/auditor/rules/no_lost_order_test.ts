import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { forge, lose, poison } from "../support/tampering.ts";
import { findRecord } from "../support/array_log.ts";
import { HandFloor } from "../support/hand_floor.ts";

Deno.test("no-lost-order finds a command without an answer", async () => {
  const { log } = playSession(lose("notifications", { type: "order-placed", orderId: "b1" }));
  const verdict = assertViolated(
    await judge(log),
    "no-lost-order",
    /place-order of bob .* has no answer/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "intents",
    "order-commands",
  ]);
});

Deno.test("no-lost-order leaves a missing answer open when the run did not drain", async () => {
  const { log } = playSession(lose("notifications", { type: "order-placed", orderId: "c3" }));
  const verdict = verdictOn(await judge(log, { drained: false }), "no-lost-order");
  assert.equal(verdict.status, "unknown");
  assert.match(verdict.reason!, /did not drain: place-order of carol/);
});

Deno.test("no-lost-order finds a second answer", async () => {
  const { log } = playSession();
  forge(log, "notifications", { type: "deposit-accepted" });
  const verdict = assertViolated(await judge(log), "no-lost-order", /answered twice/);
  assert.equal(verdict.counterexample!.chain.length, 3);
});

Deno.test("no-lost-order finds an order that was placed but never reached the engine", async () => {
  const { log } = playSession(lose("orders", { type: "order-accepted", orderId: "c3" }));
  assertViolated(await judge(log), "no-lost-order", /order-placed, but never reached the engine/);
});

Deno.test("no-lost-order finds a cancel that was accepted but never reached the engine", async () => {
  const { log } = playSession(lose("orders", { type: "cancel-requested", cancelId: "x2" }));
  assertViolated(
    await judge(log),
    "no-lost-order",
    /cancel-accepted, but never reached the engine/,
  );
});

Deno.test("no-lost-order finds an acknowledged intent without a command", async () => {
  const floor = playSession();
  floor.intend("gone", '{"type":"gone"}');
  floor.acknowledge();
  const verdict = assertViolated(
    await judge(floor.log, { drained: false }),
    "no-lost-order",
    /intent 21 was acknowledged, but its command is not in order-commands/,
  );
  assert.equal(verdict.counterexample!.chain[0]!.topic, "intents");
});

Deno.test("no-lost-order counts intents that were never sent, and does not call them lost", async () => {
  const floor = playSession();
  floor.intend("unsent", '{"type":"unsent"}');
  const report = await judge(floor.log);
  assert.equal(verdictOn(report, "no-lost-order").status, "held");
  assert.equal(report.counts.unsentIntents, 1);
});

Deno.test("no-lost-order takes a command changed on its way for lost", async () => {
  const { log } = playSession();
  const { record } = findRecord(log, "order-commands", ({ orderId }) => orderId === "c3");
  record.value = String(record.value).replace('"price":1550', '"price":1551');
  assertViolated(await judge(log), "no-lost-order", /was acknowledged, but its command is not/);
});

Deno.test("no-lost-order finds bytes that were neither answered nor set aside", async () => {
  const floor = new HandFloor();
  floor.malformed("dave", "}{", { letter: false });
  assertViolated(await judge(floor.log), "no-lost-order", /is no command \(not JSON.*\)/);
  assert.equal(
    verdictOn(await judge(floor.log, { drained: false }), "no-lost-order").status,
    "unknown",
  );
});

Deno.test("no-lost-order counts equal intents: one of two lost is lost", async () => {
  const floor = new HandFloor();
  floor.malformed("dave", "same");
  floor.malformed("dave", "same");
  floor.acknowledge();
  assert.equal(verdictOn(await judge(floor.log), "no-lost-order").status, "held");
  const partition = findRecord(floor.log, "dead-letters", () => true).record;
  const { partition: at, offset } = JSON.parse(String(partition.value));
  floor.log.records("order-commands", at)[offset + 1]!.value = "other";
  assertViolated(await judge(floor.log), "no-lost-order", /intent 1 was acknowledged/);
});

for (
  const [topic, type, fields, role] of [
    ["orders", "order-accepted", { orderId: "c3" }, "trading-engine"],
    ["orders", "cancel-requested", { cancelId: "x2" }, "trading-engine"],
    ["order-commands", "settle-fill", { userId: "bob" }, "order-gateway"],
    ["order-commands", "release-order", { userId: "bob" }, "order-gateway"],
    ["order-commands", "place-order", { orderId: "c3" }, "order-gateway"],
    ["order-commands", "cancel-order", { cancelId: "x2" }, "order-gateway"],
    ["order-commands", "deposit", { depositId: "dep-1" }, "order-gateway"],
    ["notifications", "order-filled", { orderId: "b1" }, "portfolio-manager"],
  ] as const
) {
  Deno.test(`no-lost-order finds a ${type} that the ${role} skipped as poison`, async () => {
    const { log } = playSession();
    const { partition, offset, letter } = poison(log, topic, { type, ...fields }, role);
    const verdict = assertViolated(
      await judge(log, { drained: false }),
      "no-lost-order",
      new RegExp(`the ${type} at ${topic}/${partition}/${offset} was skipped by the ${role}`),
    );
    assert.deepEqual(verdict.counterexample!.chain, [
      { topic, partition, offset },
      { topic: "dead-letters", partition: 0, offset: letter },
    ]);
  });
}

Deno.test("no-lost-order finds a skipped order of which every trace is gone", async () => {
  // As it is really left: nothing follows from what was skipped.
  const { log } = playSession(lose("notifications", { type: "order-placed", orderId: "c3" }));
  poison(log, "order-commands", { type: "place-order", orderId: "c3" }, "order-gateway");
  poison(log, "order-commands", { type: "place-order", orderId: "c3" }, "order-gateway");
  const verdict = assertViolated(await judge(log), "no-lost-order", /skipped by the order-gateway/);
  assert.equal(verdict.violations, 1, "a mark that is written twice is one skip");
});
