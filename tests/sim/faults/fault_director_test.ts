import assert from "node:assert/strict";
import type { FaultVerb } from "../../../sim/faults/fault_verbs.ts";
import type { PlannedFault } from "../../../sim/faults/planned_fault.ts";
import { settle } from "../../support/fake_clock.ts";
import { stageOf } from "./fault_stage.ts";

const at = (atMs: number) => ({ kind: "time", atMs }) as const;
const fault = (
  verb: FaultVerb,
  target: string,
  more: Partial<PlannedFault> = {},
): PlannedFault => ({ trigger: at(100), verb, target, ...more });

Deno.test("FaultDirector lets sudden faults befall instances, groups and who serves a partition", async () => {
  const stage = stageOf([
    fault("crash", "trading-engine-0"),
    fault("terminate", "trading-engine"),
    fault("hang", "order-gateway-0", { forMs: 8_000 }),
    fault("zombie", "trading-engine orders/3", { forMs: 2_000 }),
  ], { inOneThread: true });
  stage.floor.standing("trading-engine-1").assignment = ["orders/1", "orders/3"];
  await stage.play();
  await stage.clock.advance(99);
  assert.deepEqual(stage.happened, []);
  await stage.clock.advance(1);
  await stage.end();
  assert.deepEqual(stage.happened.toSorted(), [
    "100 crash (crashed by the script) trading-engine-0:1",
    "100 disown 2000 trading-engine-1:1",
    "100 hang 8000 order-gateway-0:1",
    "100 terminate (terminated by the script) trading-engine-0:1",
    "100 terminate (terminated by the script) trading-engine-1:1",
  ]);
  assert.deepEqual(stage.outcomes(), [
    "100 trading-engine-0",
    "100 trading-engine-0, trading-engine-1",
    "100 order-gateway-0",
    "100 trading-engine-1",
  ]);
  assert.ok(stage.said.includes("100 hang order-gateway-0 for 8 s"));
  assert.deepEqual(stage.director.notes, []);
});

Deno.test("FaultDirector ends an actor by memory in one thread, and not the process of many", async () => {
  const faults = [fault("outOfMemory", "trading-engine-0")];
  const one = stageOf(faults, { inOneThread: true });
  await one.play();
  await one.clock.advance(100);
  await one.end();
  assert.deepEqual(one.happened, [
    "100 terminate (out of memory: its heap is full, by the script) trading-engine-0:1",
  ]);
  const many = stageOf(faults);
  await many.play();
  await many.clock.advance(100);
  await many.end();
  assert.deepEqual(many.happened, []);
  assert.deepEqual(many.director.notes, [
    "A fault did not take place: outOfMemory trading-engine-0 (faults[0]): " +
    "a worker whose heap is full ends the whole process.",
  ]);
});

Deno.test("FaultDirector waits a while for somebody to serve a partition", async () => {
  const stage = stageOf([
    fault("crash", "trading-engine orders/3"),
    fault("crash", "trading-engine orders/4"),
  ]);
  await stage.play();
  await stage.clock.advance(200);
  assert.deepEqual(stage.happened, []);
  stage.floor.standing("trading-engine-0").assignment = ["orders/3"];
  await stage.clock.advance(11_000);
  await stage.end();
  assert.deepEqual(stage.happened, ["220 crash (crashed by the script) trading-engine-0:1"]);
  assert.deepEqual(stage.outcomes(), ["220 trading-engine-0", "no trading-engine served orders/4"]);
});

Deno.test("FaultDirector waits for who is between two incarnations, and says who did not come back", async () => {
  const stage = stageOf([
    fault("crash", "order-gateway-0"),
    fault("terminate", "order-gateway"),
    fault("crash", "order-command-producer-0"),
    fault("crash", "notifier"),
  ]);
  stage.floor.end("order-gateway-0");
  stage.floor.end("order-command-producer-0");
  await stage.play();
  await stage.clock.advance(310);
  await stage.floor.start("order-gateway-0");
  await stage.clock.advance(10_000);
  await stage.end();
  assert.deepEqual(stage.outcomes(), [
    "320 order-gateway-0",
    "320 order-gateway-0",
    "order-command-producer-0 was not running",
    "no notifier was running",
  ]);
});

Deno.test("FaultDirector lets a stranger poison, damage snapshots and rebalance", async () => {
  const stage = stageOf([
    fault("poison", "orders/3"),
    fault("poisonFold", "notifications/1"),
    fault("rebalance", "trading-engine"),
    fault("loseSnapshot", "trading-engine"),
    fault("tearSnapshot", "order-gateway order-commands/4"),
    fault("tearSnapshot", "trading-engine-1"),
  ]);
  stage.floor.standing("trading-engine-1").assignment = ["orders/5"];
  await stage.play();
  await stage.clock.advance(100);
  await stage.end();
  assert.deepEqual(stage.happened.toSorted(), [
    "100 loseSnapshot trading-engine orders/0",
    "100 loseSnapshot trading-engine orders/1",
    "100 poison orders/3",
    "100 poisonFold notifications/1",
    "100 rebalance trading-engine",
    "100 tearSnapshot order-gateway order-commands/4",
    "100 tearSnapshot trading-engine orders/5",
  ]);
  assert.deepEqual(stage.outcomes(), [
    "100 orders/3",
    "100 notifications/1",
    "100 trading-engine",
    "100 trading-engine",
    "100 order-gateway order-commands/4",
    "100 trading-engine-1",
  ]);
});

Deno.test("FaultDirector counts a snapshot that was not there as missed", async () => {
  const stage = stageOf([fault("tearSnapshot", "trading-engine")]);
  stage.log.snapshots = false;
  await stage.play();
  await stage.clock.advance(100);
  await stage.end();
  assert.deepEqual(stage.outcomes(), ["there was no whole snapshot of trading-engine there yet"]);
});

Deno.test("FaultDirector cuts connections where there are some, and actors' logs where not", async () => {
  const faults = [
    fault("cut", "log", { forMs: 500 }),
    fault("delay", "log", { trigger: at(200), byMs: 50, forMs: 100 }),
  ];
  const onNetwork = stageOf(faults, { onNetwork: true });
  await onNetwork.play();
  await onNetwork.clock.advance(1_000);
  await onNetwork.end();
  assert.deepEqual(onNetwork.happened, [
    "100 begin cut",
    "200 begin delay 50",
    "300 end delay",
    "600 end cut",
  ]);
  assert.deepEqual(onNetwork.outcomes(), ["100 log", "200 log"]);
  const inLogs = stageOf(faults);
  await inLogs.play();
  await inLogs.clock.advance(1_000);
  await inLogs.end();
  const ofEngine = inLogs.happened.filter((text) => text.endsWith("trading-engine-0:1"));
  assert.deepEqual(ofEngine, [
    "100 inject faults[0] unavailable trading-engine-0:1",
    "200 inject faults[1] slow trading-engine-0:1",
    "300 heal faults[1] trading-engine-0:1",
    "600 heal faults[0] trading-engine-0:1",
  ]);
});

Deno.test("FaultDirector tells one outage of the log from the first call that met it to the last end", async () => {
  const stage = stageOf([
    fault("cut", "log", { forMs: 500 }),
    fault("stall", "log", { trigger: at(200), forMs: 600 }),
    fault("cut", "orders", { trigger: at(900), forMs: 50 }),
  ]);
  const told: string[] = [];
  stage.floor.runtime.events.addSink((event) => {
    if (event.kind === "log-unavailable") told.push(`${event.at} ${event.actor}: ${event.why}`);
    if (event.kind === "log-available") told.push(`${event.at} back after ${event.afterMs}`);
  });
  await stage.play();
  await stage.clock.advance(150);
  assert.deepEqual(told, []);
  await stage.floor.effect("faults[0]", "trading-engine-0", "unavailable");
  await stage.floor.effect("faults[0]", "trading-engine-1", "unavailable");
  await stage.clock.advance(100);
  await stage.floor.effect("faults[1]", "trading-engine-1", "slow");
  await stage.clock.advance(670);
  await stage.floor.effect("faults[2]", "trading-engine-1", "unavailable");
  await stage.clock.advance(500);
  await stage.end();
  assert.deepEqual(told, ["150 floor: cut log for 500 ms, by the script", "800 back after 650"]);
});

Deno.test("FaultDirector ends what lasts and gives up what is to come when a session is ended early", async () => {
  for (const onNetwork of [true, false]) {
    const stage = stageOf([
      fault("cut", "log", { forMs: 5_000 }),
      fault("pause", "order-gateway-0", { forMs: 5_000 }),
      fault("jumpClock", "order-command-producer-0", { byMs: -50 }),
      fault("crash", "trading-engine-0", { trigger: at(3_000) }),
    ], { onNetwork });
    await stage.play();
    await stage.clock.advance(250);
    stage.abort();
    await stage.end();
    const ended = stage.happened.filter((text) => text.startsWith("250"));
    assert.ok(ended.includes("250 resume order-gateway-0:1"));
    assert.ok(ended.includes("250 heal faults[2] order-command-producer-0:1"));
    assert.ok(ended.includes(onNetwork ? "250 end cut" : "250 heal faults[0] trading-engine-0:1"));
    assert.equal(stage.outcomes().at(-1), "the session was over before");
    assert.deepEqual(stage.clock.pending, []);
  }
});

Deno.test("FaultDirector of a session that goes on repeats no fault", async () => {
  const stage = stageOf([
    fault("crash", "trading-engine-0"),
    fault("crash", "trading-engine-1", { trigger: at(200) }),
    fault("hang", "order-gateway-0", { trigger: at(900), forMs: 5 }),
    fault("crash", "trading-engine-0", { trigger: at(1_500) }),
  ]);
  await stage.play({ from: 1_000, firedBefore: new Set(["faults[1]", "faults[2]"]) });
  await stage.clock.advance(1_000);
  await stage.end();
  assert.deepEqual(stage.happened, ["500 crash (crashed by the script) trading-engine-0:1"]);
  assert.deepEqual(stage.director.outcomes.map(({ firedAtMs, missed }) => [firedAtMs, missed]), [
    [null, "its time had passed when the run was gone on with"],
    [null, null],
    [null, null],
    [1_500, null],
  ]);
});

Deno.test("FaultDirector without faults listens to nothing", async () => {
  const stage = stageOf([]);
  await stage.play();
  await settle();
  assert.deepEqual(stage.outcomes(), []);
  assert.deepEqual(stage.clock.pending, []);
});
