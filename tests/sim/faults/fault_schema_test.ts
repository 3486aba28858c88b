import assert from "node:assert/strict";
import {
  checkedScenario,
  scenario,
  type ScenarioDefinition,
  ScenarioError,
} from "../../../sim/scenario.ts";

const calm: ScenarioDefinition = {
  teaches: "What can be said of faults.",
  symbols: ["AAPL"],
  actors: { "trading-engine": 2, "notifier": 0 },
  partitions: { orders: 4 },
  phases: [{ name: "trade", kind: "constant", ratePerSecond: 200, duration: "9s" }],
};

/** What is wrong with faults, which may be of any form, as a script in JavaScript is. */
function problems(...faults: readonly object[]): readonly string[] {
  try {
    // They may be faults that the type would refuse, which is what is tested.
    scenario("calm", { ...calm, faults } as ScenarioDefinition);
  } catch (error) {
    assert.ok(error instanceof ScenarioError);
    return error.problems;
  }
  return [];
}

Deno.test("scenario() takes every verb with what it must say, and every trigger", () => {
  const faults: ScenarioDefinition["faults"] = [
    { at: "1s", crash: "trading-engine-0" },
    { at: { phase: "trade" }, terminate: "trading-engine" },
    { at: { phase: "trade", plus: "200ms" }, hang: "order-gateway-0", for: "8s" },
    { at: { between: ["1s", "6s"] }, outOfMemory: "trading-engine orders/3" },
    { after: { records: 5_000, topic: "orders" }, zombie: "trading-engine-1", for: "2s" },
    { when: { event: "snapshot" }, pause: "portfolio-manager", for: 500 },
    { when: { event: "ready", actor: "trading-engine" }, slow: "orders", by: "5ms", for: "1s" },
    { when: { event: "ready", actor: "trading-engine-1", nth: 2 }, rebalance: "trading-engine" },
    { when: { call: "publish", moment: "before" }, crash: "order-gateway" },
    { when: { call: "commit", moment: "after", nth: 7 }, crash: "trading-engine orders/3" },
    { at: 0, slow: "trading-engine-0", by: "5ms", for: "1s" },
    { at: 0, duplicate: "orders/3" },
    { at: 0, duplicate: "trading-engine-0", times: 3 },
    { at: 0, redeliver: "trading-engine orders/3", records: 100 },
    { at: 0, delayAck: "log", by: "50ms", for: "1s" },
    { at: 0, loseAck: "notifications", times: 2 },
    { at: 0, cut: "log", for: "20s" },
    { at: 0, stall: "orders", for: "1m" },
    { at: 0, delay: "orders/3", by: "50ms", for: "1s" },
    { at: 0, fillDisk: "log", for: "1s" },
    { at: 0, loseSnapshot: "trading-engine" },
    { at: 0, tearSnapshot: "order-gateway order-commands/2" },
    { at: 0, poison: "market-data" },
    { at: 0, poison: "orders/3" },
    { at: 0, poisonFold: "notifications" },
    { at: 0, jumpClock: "order-command-producer-0", by: "-90s" },
    { at: 0, jumpClock: "market-data-producer", by: 1_500, for: "2s" },
  ];
  assert.deepEqual(problems(...faults), []);
  const { definition } = checkedScenario(scenario("calm", { ...calm, faults }));
  assert.deepEqual(definition.faults[2], {
    at: { phase: "trade", plus: 200 },
    hang: "order-gateway-0",
    for: 8_000,
  });
  assert.equal(definition.faults.at(-2)?.by, -90_000);
});

Deno.test("scenario() wants exactly one trigger and one verb of a fault", () => {
  assert.match(
    problems({ crash: "trading-engine-0" })[0]!,
    /^faults\[0\]: .*: must have exactly one of at, after, when; it has none$/,
  );
  assert.match(
    problems({ at: 1, when: { event: "ready" }, crash: "trading-engine-0" })[0]!,
    /; it has at and when$/,
  );
  assert.match(problems({ at: 1 })[0]!, /exactly one verb of crash, terminate, .*; it has none$/);
  assert.match(
    problems({ at: 1, crash: "trading-engine-0", pause: "trading-engine-0", for: 5 })[0]!,
    /; it has crash and pause$/,
  );
});

Deno.test("scenario() names the nearest target of those that a verb may befall", () => {
  const cases = [
    [
      { at: 1, crash: "trading-engin-1" },
      /^faults\[0\]\.crash: "trading-engin-1": must be an instance as in .*; did you mean "trading-engine-1"\?$/,
    ],
    [{ at: 1, hang: "order-gatway", for: 1 }, /did you mean "order-gateway"\?$/],
    [
      { at: 1, poison: "order" },
      /^faults\[0\]\.poison: "order": must be a topic \(.*; did you mean "orders"\?$/,
    ],
    [
      { at: 1, pause: "trading-engine order/3", for: 1 },
      /did you mean "trading-engine orders\/3"\?$/,
    ],
    [{ at: 1, crash: "orders" }, /^faults\[0\]\.crash: "orders": must be an instance/],
    [{ at: 1, crash: "notifier orders/3" }, /^faults\[0\]\.crash: "notifier orders\/3": must be/],
    [{ at: 1, cut: "trading-engine-0", for: 1 }, /\.cut: .*: must be "log", a topic \(/],
    [{ at: 1, fillDisk: "orders", for: 1 }, /\.fillDisk: "orders": must be "log"/],
    [{ at: 1, poison: "snapshots" }, /\.poison: "snapshots": must be a topic/],
    [
      { at: 1, poisonFold: "intents" },
      /\.poisonFold: "intents": must be a topic \(order-commands, orders, notifications\)/,
    ],
    [
      { at: 1, rebalance: "trading-engine-0" },
      /\.rebalance: .*: must be a group that shares partitions: .*did you mean "trading-engine"\?$/,
    ],
    [{ at: 1, rebalance: "order-command-producer" }, /must be a group that shares partitions/],
    [{ at: 1, tearSnapshot: "notifier" }, /\.tearSnapshot: "notifier": must be an instance/],
    [
      { at: 1, jumpClock: "trading-engine-0", by: 5 },
      /\.jumpClock: .*: must be an instance as in "order-command-producer-0"/,
    ],
  ] as const;
  for (const [fault, message] of cases) assert.match(problems(fault)[0]!, message);
});

Deno.test("scenario() wants what a verb must say, and nothing that it must not", () => {
  const cases = [
    [{ at: 1, hang: "notifier-0" }, /must say how long, as in for: "20s", with hang$/],
    [{ at: 1, cut: "log" }, /must say how long, as in for: "20s", with cut$/],
    [{ at: 1, cut: "log", for: 0 }, /\.for: 0: must be above 0 and at most an hour$/],
    [{ at: 1, stall: "log", for: "2h" }, /\.for: "2h": must be above 0 and at most an hour$/],
    [{ at: 1, delay: "log", for: 1 }, /must say by how much, as in by: "50ms", with delay$/],
    [
      { at: 1, delay: "log", for: 1, by: "2m" },
      /\.by: "2m": must be above 0 and at most a minute$/,
    ],
    [{ at: 1, delay: "log", for: 1, by: -5 }, /\.by: -5: must be above 0 and at most a minute$/],
    [{ at: 1, delay: "log", for: 1, by: "soon" }, /\.by: "soon": must be milliseconds, or a text/],
    [{ at: 1, redeliver: "orders" }, /must say how many records back, as in records: 100/],
    [{ at: 1, redeliver: "orders", records: 0 }, /\.records: 0: must be a whole number from 1/],
    [
      { at: 1, crash: "order-gateway-0", for: 5 },
      /must not say "for" with crash: it goes with hang, zombie, /,
    ],
    [
      { at: 1, cut: "log", for: 1, by: 5 },
      /must not say "by" with cut: it goes with slow, delayAck, delay, jumpClock$/,
    ],
    [
      { at: 1, crash: "order-gateway-0", times: 2 },
      /must not say "times" with crash: it goes with duplicate, loseAck$/,
    ],
    [{ at: 1, jumpClock: "order-command-producer" }, /must say by how much/],
    [{ at: 1, jumpClock: "order-command-producer", by: 0 }, /\.by: 0: must not be 0/],
    [
      { at: 1, jumpClock: "order-command-producer", by: "-25h" },
      /\.by: "-25h": must not be 0, and at most a day either way$/,
    ],
    [
      { at: 1, crash: "order-gateway-0", tiems: 5 },
      /must not have "tiems"; did you mean "times"\?/,
    ],
  ] as const;
  for (const [fault, message] of cases) assert.match(problems(fault)[0]!, message);
});

Deno.test("scenario() refuses triggers that do not fit or are none", () => {
  const cases = [
    [
      { when: { call: "publish", moment: "after" }, pause: "trading-engine", for: 1 },
      /^faults\[0\]\.when: \{ call, moment \}: must not be a call with pause: only crash takes place at a call/,
    ],
    [
      { when: { call: "publsh", moment: "after" }, crash: "trading-engine" },
      /must be one of publish, .*did you mean "publish"\?$/,
    ],
    [
      { when: { call: "publish" }, crash: "trading-engine" },
      /\.when\.moment: missing: must be "before" or "after"$/,
    ],
    [
      { when: { event: "snapshots" }, crash: "trading-engine" },
      /\.when\.event: "snapshots": must be one of .*did you mean "snapshot"\?$/,
    ],
    [
      { when: { event: "ready", actor: "trading-engin" }, crash: "trading-engine" },
      /\.when\.actor: "trading-engin": .*did you mean "trading-engine"\?$/,
    ],
    [
      { after: { records: 5, topic: "order" }, crash: "trading-engine" },
      /\.after\.topic: "order": must be one of .*did you mean "orders"\?$/,
    ],
    [
      { after: { topic: "orders" }, crash: "trading-engine" },
      /\.after\.records: missing: must be a whole number from 1/,
    ],
    [
      { at: { between: ["6s", "1s"] }, crash: "trading-engine" },
      /\.at\.between: a list of 2: must be two times, the earlier one first$/,
    ],
    [{ at: "soon", crash: "trading-engine" }, /^faults\[0\]\.at: "soon": must be a duration/],
    [
      { at: { phase: "close" }, crash: "trading-engine" },
      /^faults\[0\]\.at\.phase: "close": must be one of phases: trade$/,
    ],
  ] as const;
  for (const [fault, message] of cases) assert.match(problems(fault)[0] ?? "none", message);
});

Deno.test("scenario() refuses faults whose target the session does not have", () => {
  assert.deepEqual(
    problems(
      { at: 1, crash: "trading-engine-2" },
      { at: 1, poison: "orders/4" },
      { at: 1, hang: "trading-engine orders/9", for: 5 },
      { at: 1, crash: "notifier" },
      { when: { event: "ready", actor: "order-gateway-1" }, crash: "trading-engine" },
    ),
    [
      `faults[0].crash: "trading-engine-2": must be one of the 2 instances of trading-engine, from 0`,
      `faults[1].poison: "orders/4": must be one of the 4 partitions of orders, from 0`,
      `faults[2].hang: "trading-engine orders/9": must be one of the 4 partitions of orders, from 0`,
      `faults[3].crash: "notifier": must not be of notifier, which has no instances`,
      `faults[4].when.actor: "order-gateway-1": must be one of the 1 instances of order-gateway, from 0`,
    ],
  );
  const events = [{ at: "1s", join: "trading-engine" as const }];
  const joined = scenario("calm", {
    ...calm,
    events,
    faults: [{ at: "2s", crash: "trading-engine-2" }],
  });
  assert.equal(joined.definition.faults?.length, 1);
});
