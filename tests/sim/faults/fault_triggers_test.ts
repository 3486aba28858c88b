import assert from "node:assert/strict";
import type { RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import type { PlannedFault, PlannedTrigger } from "../../../sim/faults/planned_fault.ts";
import { settle } from "../../support/fake_clock.ts";
import { stageOf } from "./fault_stage.ts";

const crashWhen = (trigger: PlannedTrigger): PlannedFault => ({
  trigger,
  verb: "crash",
  target: "trading-engine-0",
});
const CRASHED = "crash (crashed by the script) trading-engine-0:1";

Deno.test("a fault after so many records comes when the topic has them, however the log is doing", async () => {
  const stage = stageOf([crashWhen({ kind: "count", topic: "orders", records: 50 })]);
  await stage.play();
  stage.log.records = 49;
  await stage.clock.advance(1_000);
  assert.deepEqual(stage.happened, []);
  stage.log.records = null;
  await stage.clock.advance(1_000);
  stage.log.records = 50;
  await stage.clock.advance(20);
  assert.deepEqual(stage.happened, [`2020 ${CRASHED}`]);
  await stage.end();
  assert.deepEqual(stage.clock.pending, []);
});

Deno.test("a fault after so many records is given up when no more come", async () => {
  const stage = stageOf([crashWhen({ kind: "count", topic: "orders", records: 50 })]);
  stage.log.records = 7;
  await stage.play();
  await stage.end();
  assert.deepEqual(stage.outcomes(), ["orders had 7 of 50 records in the end"]);
  const gone = stageOf([crashWhen({ kind: "count", topic: "orders", records: 50 })]);
  gone.log.records = 50;
  await gone.play({ from: 1_000 });
  await gone.end();
  assert.deepEqual(gone.outcomes(), ["orders had 50 records before the run was gone on with"]);
});

Deno.test("a fault at a runtime event comes at the nth of those whom it means", async () => {
  const stage = stageOf([
    crashWhen({ kind: "event", event: "stopping", actor: "order-gateway", nth: 2 }),
    crashWhen({ kind: "event", event: "stopping", actor: "order-gateway-1", nth: 1 }),
    crashWhen({ kind: "event", event: "zombie", nth: 1 }),
    crashWhen({ kind: "event", event: "stopping", actor: "notifier", nth: 3 }),
  ]);
  await stage.play();
  const tell = async (actor: string, body: RuntimeEventBody) => {
    stage.floor.runtime.events.append({ actor, incarnation: 1 }, body);
    await settle();
  };
  await tell("order-gateway-0", { kind: "starting" });
  await tell("trading-engine-0", { kind: "stopping" });
  await tell("order-gateway-0", { kind: "stopping" });
  assert.deepEqual(stage.happened, []);
  await stage.clock.advance(5);
  await tell("order-gateway-1", { kind: "stopping" });
  assert.deepEqual(stage.happened, [`5 ${CRASHED}`, `5 ${CRASHED}`]);
  await stage.clock.advance(5);
  await tell("notifier-0", { kind: "zombie", alive: 1, maxZombies: 3 });
  await tell("order-gateway-1", { kind: "stopping" });
  await tell("notifier-0", { kind: "stopping" });
  assert.deepEqual(stage.happened.slice(2), [`10 ${CRASHED}`]);
  await stage.end();
  assert.deepEqual(stage.outcomes(), [
    "5 trading-engine-0",
    "5 trading-engine-0",
    "10 trading-engine-0",
    `1 of 3 events "stopping" of notifier came`,
  ]);
});

Deno.test("a crash at a call lies in wait from the session's start on, until it has come", async () => {
  const point = { kind: "call", call: "publish", moment: "after", nth: 7 } as const;
  const stage = stageOf([crashWhen(point), { ...crashWhen(point), target: "order-gateway" }]);
  await stage.play();
  assert.deepEqual(stage.happened, [
    "0 inject faults[0] crash trading-engine-0:1",
    "0 inject faults[1] crash order-gateway-0:1",
  ]);
  // One that ended otherwise has it before it still; one that ended by it has not.
  await stage.floor.start("order-gateway-0");
  await stage.clock.advance(30);
  await stage.floor.effect("faults[0]", "trading-engine-0", "crash");
  await stage.floor.start("trading-engine-0");
  assert.deepEqual(stage.happened.slice(2), ["0 inject faults[1] crash order-gateway-0:2"]);
  await stage.end();
  assert.deepEqual(stage.outcomes(), [
    "30 trading-engine-0",
    "it lay in wait for order-gateway, and no call met it",
  ]);
  assert.deepEqual(stage.happened.slice(3), [
    "30 heal faults[0] trading-engine-0:2",
    "30 heal faults[1] order-gateway-0:2",
  ]);
});

Deno.test("faults that wait for something wait until those with a time are over", async () => {
  const stage = stageOf([
    crashWhen({ kind: "event", event: "zombie", nth: 1 }),
    { trigger: { kind: "time", atMs: 500 }, verb: "pause", target: "order-gateway-0", forMs: 200 },
  ]);
  await stage.play();
  const ending = stage.end();
  await stage.clock.advance(600);
  const actor = { actor: "order-gateway-0", incarnation: 1 };
  stage.floor.runtime.events.append(actor, { kind: "zombie", alive: 1, maxZombies: 3 });
  await stage.clock.advance(100);
  await ending;
  assert.deepEqual(stage.outcomes(), ["600 trading-engine-0", "500 order-gateway-0"]);
});

Deno.test("faults that wait for something wait while the floor works off what is left, and not for ever", async () => {
  const faults = [
    crashWhen({ kind: "event", event: "zombie", nth: 1 }),
    crashWhen({ kind: "call", call: "publish", moment: "after", nth: 7 }),
    crashWhen({ kind: "event", event: "give-up", nth: 1 }),
  ];
  const stage = stageOf(faults);
  stage.floor.lag = 5;
  await stage.play();
  const ending = stage.end();
  await stage.clock.advance(3_000);
  const actor = { actor: "order-gateway-0", incarnation: 1 };
  stage.floor.runtime.events.append(actor, { kind: "zombie", alive: 1, maxZombies: 3 });
  await stage.floor.effect("faults[1]", "trading-engine-0", "crash");
  await stage.clock.advance(1_000);
  stage.floor.lag = 0;
  await stage.clock.advance(100);
  await ending;
  assert.deepEqual(stage.outcomes(), [
    "3000 trading-engine-0",
    "3000 trading-engine-0",
    `0 of 1 events "give-up" came`,
  ]);
  const stuck = stageOf(faults);
  stuck.floor.lag = 5;
  await stuck.play();
  const given = stuck.end();
  await stuck.clock.advance(10_000);
  await given;
  assert.equal(stuck.director.outcomes.filter(({ missed }) => missed !== null).length, 3);
});

Deno.test("faults wait for the session's start, and events before it count for none", async () => {
  const stage = stageOf([
    crashWhen({ kind: "event", event: "ready", nth: 1 }),
    crashWhen({ kind: "time", atMs: 0 }),
    crashWhen({ kind: "call", call: "publish", moment: "before", nth: 1 }),
  ]);
  await stage.play({ leadMs: 500 });
  await stage.clock.advance(499);
  await stage.floor.start("order-gateway-0");
  assert.deepEqual(stage.happened, []);
  await stage.clock.advance(1);
  assert.deepEqual(stage.happened, [
    `500 ${CRASHED}`,
    "500 inject faults[2] crash trading-engine-0:1",
  ]);
  await stage.floor.start("order-gateway-0");
  assert.equal(stage.happened.length, 3);
  await stage.end();
});
