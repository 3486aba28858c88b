import assert from "node:assert/strict";
import type { FaultVerb } from "../../../sim/faults/fault_verbs.ts";
import type { PlannedFault } from "../../../sim/faults/planned_fault.ts";
import { stageOf } from "./fault_stage.ts";

const fault = (
  verb: FaultVerb,
  target: string,
  more: Partial<PlannedFault> = {},
): PlannedFault => ({ trigger: { kind: "time", atMs: 100 }, verb, target, ...more });

Deno.test("FaultDirector begins a lasting fault in new incarnations too, and ends it in time", async () => {
  const stage = stageOf([fault("slow", "trading-engine", { byMs: 5, forMs: 500 })]);
  await stage.play();
  await stage.clock.advance(200);
  stage.floor.end("trading-engine-0");
  await stage.floor.effect("faults[0]", "trading-engine-1", "slow");
  await stage.floor.start("trading-engine-0");
  await stage.floor.start("trading-engine-2");
  await stage.floor.start("order-gateway-0");
  await stage.clock.advance(1_000);
  await stage.floor.start("trading-engine-1");
  await stage.end();
  assert.deepEqual(stage.happened, [
    "100 inject faults[0] slow trading-engine-0:1",
    "100 inject faults[0] slow trading-engine-1:1",
    "200 inject faults[0] slow trading-engine-0:2",
    "200 inject faults[0] slow trading-engine-2:1",
    "600 heal faults[0] trading-engine-0:2",
    "600 heal faults[0] trading-engine-1:1",
    "600 heal faults[0] trading-engine-2:1",
  ]);
  assert.deepEqual(stage.said, [
    "100 slow trading-engine by 5 ms for 500 ms",
    "600 slow trading-engine by 5 ms for 500 ms is over",
  ]);
  assert.deepEqual(stage.outcomes(), ["200 trading-engine-1"]);
});

Deno.test("FaultDirector begins a fault that is done once where it has not been done yet", async () => {
  const stage = stageOf([fault("loseAck", "trading-engine", { times: 1 })]);
  await stage.play();
  await stage.clock.advance(100);
  await stage.floor.effect("faults[0]", "trading-engine-0", "lost-acknowledgement");
  await stage.floor.start("trading-engine-0");
  await stage.floor.start("trading-engine-1");
  assert.deepEqual(stage.happened, [
    "100 inject faults[0] lost-acknowledgement trading-engine-0:1",
    "100 inject faults[0] lost-acknowledgement trading-engine-1:1",
    "100 inject faults[0] lost-acknowledgement trading-engine-1:2",
  ]);
  await stage.end();
  assert.deepEqual(stage.happened.slice(3), [
    "100 heal faults[0] trading-engine-0:2",
    "100 heal faults[0] trading-engine-1:2",
  ]);
});

Deno.test("FaultDirector lets faults of a place reach every actor of the floor and nobody else", async () => {
  const stage = stageOf([fault("duplicate", "orders/3"), fault("duplicate", "trading-engine-1")]);
  await stage.play();
  await stage.clock.advance(100);
  assert.deepEqual(stage.happened, [
    "100 inject faults[0] duplicate-delivery order-gateway-0:1",
    "100 inject faults[0] duplicate-delivery trading-engine-0:1",
    "100 inject faults[0] duplicate-delivery trading-engine-1:1",
    "100 inject faults[0] duplicate-delivery order-command-producer-0:1",
    "100 inject faults[1] duplicate-delivery trading-engine-1:1",
  ]);
  await stage.floor.effect("faults[1]", "trading-engine-1", "duplicate-delivery");
  await stage.end();
  assert.deepEqual(stage.outcomes(), [
    "it lay in wait for orders/3, and no call met it",
    "100 trading-engine-1",
  ]);
});

Deno.test("FaultDirector does not wait for an actor that is deaf", async () => {
  const stage = stageOf([fault("cut", "log", { forMs: 500 })]);
  stage.floor.standing("trading-engine-0").isDeaf = true;
  await stage.play();
  await stage.clock.advance(100);
  assert.deepEqual(stage.said, ["100 cut log for 500 ms"]);
  stage.floor.standing("trading-engine-0").isDeaf = false;
  await stage.clock.advance(500);
  await stage.end();
  assert.ok(stage.happened.includes("600 heal faults[0] trading-engine-0:1"));
});

Deno.test("FaultDirector says that actors which take no faults were spared", async () => {
  const stage = stageOf([fault("cut", "log", { forMs: 500 })]);
  stage.floor.takesFaults = false;
  await stage.play();
  await stage.clock.advance(100);
  await stage.end();
  assert.deepEqual(stage.outcomes(), ["its log takes no faults"]);
});

Deno.test("FaultDirector pauses actors, their successors too, and lets them go on", async () => {
  const stage = stageOf([fault("pause", "order-gateway", { forMs: 300 })]);
  await stage.play();
  await stage.clock.advance(200);
  await stage.floor.start("order-gateway-0");
  await stage.clock.advance(200);
  await stage.end();
  assert.deepEqual(stage.happened, [
    "100 suspend order-gateway-0:1",
    "200 suspend order-gateway-0:2",
    "400 resume order-gateway-0:2",
  ]);
  assert.deepEqual(stage.outcomes(), ["100 order-gateway-0"]);
});
