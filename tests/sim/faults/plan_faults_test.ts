import assert from "node:assert/strict";
import { compileScenario, type Overrides } from "../../../sim/compile_scenario.ts";
import { checkFaults } from "../../../sim/run_on_cluster.ts";
import {
  type Scenario,
  scenario,
  type ScenarioDefinition,
  ScenarioError,
} from "../../../sim/scenario.ts";
import { PLAN_VERSION, sessionPlanSchema } from "../../../sim/session_plan.ts";

function withFaults(faults: NonNullable<ScenarioDefinition["faults"]>): Scenario {
  return scenario("faulty", {
    teaches: "How faults are planned.",
    seed: 5,
    symbols: ["AAPL"],
    actors: { "trading-engine": 3 },
    phases: [
      { name: "calm", kind: "constant", ratePerSecond: 10, duration: "1s" },
      { name: "rush", kind: "burst", ratePerSecond: 100, duration: "3s" },
    ],
    faults,
  });
}

async function plan(made: Scenario, overrides: Overrides = {}) {
  return await compileScenario(made, { overrides });
}

async function refusal(made: Scenario, overrides: Overrides): Promise<readonly string[]> {
  const error: unknown = await plan(made, overrides).then(() => null, (e) => e);
  assert.ok(error instanceof ScenarioError);
  return error.problems;
}

Deno.test("compileScenario() keeps faults in the script's order, with times from the session's start", async () => {
  const made = withFaults([
    { at: { phase: "rush", plus: "500ms" }, crash: "trading-engine-0" },
    { at: 0.4, cut: "log", for: "2s" },
    { after: { records: 50, topic: "orders" }, hang: "order-gateway", for: "8s" },
    { when: { event: "ready", actor: "trading-engine" }, rebalance: "trading-engine" },
    { when: { call: "publish", moment: "after", nth: 3 }, crash: "trading-engine orders/1" },
  ]);
  assert.deepEqual((await plan(made)).faults, [
    { trigger: { kind: "time", atMs: 1_500 }, verb: "crash", target: "trading-engine-0" },
    { trigger: { kind: "time", atMs: 0 }, verb: "cut", target: "log", forMs: 2_000 },
    {
      trigger: { kind: "count", topic: "orders", records: 50 },
      verb: "hang",
      target: "order-gateway",
      forMs: 8_000,
    },
    {
      trigger: { kind: "event", event: "ready", actor: "trading-engine", nth: 1 },
      verb: "rebalance",
      target: "trading-engine",
    },
    {
      trigger: { kind: "call", call: "publish", moment: "after", nth: 3 },
      verb: "crash",
      target: "trading-engine orders/1",
    },
  ]);
});

Deno.test("compileScenario() scales when a fault comes and how long it lasts, and not by how much", async () => {
  const made = withFaults([
    { at: "1s", delay: "log", by: "50ms", for: "2s" },
    { at: { phase: "rush", plus: "1s" }, pause: "trading-engine", for: "1ms" },
    { at: { between: ["2s", "2s"] }, jumpClock: "order-command-producer", by: "-0.2ms" },
  ]);
  const { faults } = await plan(made, { durationMs: 1_000 });
  assert.deepEqual(faults, [
    { trigger: { kind: "time", atMs: 250 }, verb: "delay", target: "log", byMs: 50, forMs: 500 },
    { trigger: { kind: "time", atMs: 500 }, verb: "pause", target: "trading-engine", forMs: 1 },
    {
      trigger: { kind: "time", atMs: 500 },
      verb: "jumpClock",
      target: "order-command-producer",
      byMs: -1,
    },
  ]);
});

Deno.test("compileScenario() draws times and partitions from the seed, each fault for itself", async () => {
  const drawn = { at: { between: ["1s", "4s"] as [string, string] }, poison: "orders" };
  const made = withFaults([drawn, drawn, { at: "1s", poison: "orders/5" }]);
  const { faults } = await plan(made);
  assert.deepEqual((await plan(made)).faults, faults);
  const times = faults.slice(0, 2).map(({ trigger }) =>
    trigger.kind === "time" ? trigger.atMs : -1
  );
  for (const atMs of times) assert.ok(Number.isInteger(atMs) && atMs >= 1_000 && atMs <= 4_000);
  assert.notEqual(times[0], times[1]);
  assert.match(faults[0]!.target, /^orders\/[0-5]$/);
  assert.equal(faults[2]!.target, "orders/5");
  assert.notDeepEqual((await plan(made, { seed: 6 })).faults, faults);
  const alone = withFaults([drawn]);
  assert.deepEqual((await plan(alone)).faults[0], faults[0]);
  // Of another number of partitions another one may be drawn, and never one that is not there.
  const few = await plan(alone, { partitions: 1 });
  assert.equal(few.faults[0]!.target, "orders/0");
});

Deno.test("compileScenario() refuses overrides that leave a fault without its target", async () => {
  const made = withFaults([
    { at: 1, crash: "trading-engine-2" },
    { at: 1, hang: "trading-engine orders/5", for: 1 },
    { at: 1, crash: "notifier" },
  ]);
  assert.deepEqual(
    await refusal(made, { instances: { "trading-engine": 2, notifier: 0 }, partitions: 4 }),
    [
      "--instances: faults[0] is for trading-engine-2, so trading-engine must be at least 3",
      "--partitions: faults[1] is for trading-engine orders/5, so orders must be at least 6",
      "--instances: faults[2] is for notifier, so notifier must be at least 1",
    ],
  );
});

Deno.test("checkFaults() lets nobody's heap be full in real time", async () => {
  const made = withFaults([{ at: 1, cut: "log", for: 5 }, { at: 1, outOfMemory: "notifier-0" }]);
  const planned = await plan(made);
  checkFaults(planned, { isVirtual: true });
  assert.throws(() => checkFaults(planned, { isVirtual: false }), (error: unknown) => {
    assert.ok(error instanceof ScenarioError);
    assert.deepEqual(error.problems, [
      `faults[1].outOfMemory: "notifier-0": a worker whose heap is full ends the whole process; ` +
      `needs virtual time: --virtual`,
    ]);
    return true;
  });
});

Deno.test("sessionPlanSchema reads a plan of version 1, whose happenings held the faults", async () => {
  const { faults: _, ...today } = await plan(withFaults([]));
  const before = {
    ...today,
    version: 1,
    events: [
      { atMs: 10.4, verb: "crash", whom: "trading-engine-0" },
      { atMs: 20, verb: "join", whom: "notifier" },
      { atMs: 30, verb: "hang", whom: "order-gateway-0" },
      { atMs: 40, verb: "delay", whom: "log", forMs: 7.5, byMs: 50 },
    ],
  };
  const read = sessionPlanSchema.parse(before);
  assert.equal(read.version, PLAN_VERSION);
  assert.deepEqual(read.events, [{ atMs: 20, verb: "join", whom: "notifier" }]);
  assert.deepEqual(read.faults, [
    { trigger: { kind: "time", atMs: 10 }, verb: "crash", target: "trading-engine-0" },
    { trigger: { kind: "time", atMs: 30 }, verb: "hang", target: "order-gateway-0", forMs: 12_000 },
    { trigger: { kind: "time", atMs: 40 }, verb: "delay", target: "log", forMs: 8, byMs: 50 },
  ]);
  const newer = sessionPlanSchema.safeParse({ ...before, version: 3 });
  assert.match(newer.error!.issues[0]!.message, /^must be 1 to 2, which can be read here$/);
});
