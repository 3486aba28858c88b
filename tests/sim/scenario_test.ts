import assert from "node:assert/strict";
import {
  checkedScenario,
  isScenario,
  scenario,
  type ScenarioDefinition,
  ScenarioError,
} from "../../sim/scenario.ts";

const calm: ScenarioDefinition = {
  teaches: "What a quiet market looks like.",
  symbols: ["AAPL", { symbol: "GOOGL", tickSize: 0.05, price: 142.3 }],
  phases: [
    { name: "open", kind: "ramp", fromPerSecond: 0, toPerSecond: 200, duration: "1s" },
    { name: "trade", kind: "constant", ratePerSecond: 200, duration: 2_000 },
  ],
};

/** What is wrong with a definition, which may be of any form, as a script in JavaScript is. */
function problems(change: Readonly<Record<string, unknown>>): readonly string[] {
  try {
    // The change makes it a definition that the type would refuse, which is what is tested.
    scenario("calm", { ...calm, ...change } as ScenarioDefinition);
  } catch (error) {
    assert.ok(error instanceof ScenarioError);
    return error.problems;
  }
  return [];
}

Deno.test("scenario() fills in what is not said", () => {
  const { definition } = checkedScenario(scenario("calm", calm));
  assert.deepEqual(definition.symbols, [
    { symbol: "AAPL", tickSize: 0.01, lotSize: 1, price: 100, weight: 1 },
    { symbol: "GOOGL", tickSize: 0.05, lotSize: 1, price: 142.3, weight: 1 },
  ]);
  assert.deepEqual(definition.accounts, { count: 10, cash: 1_000_000, holdings: 10_000 });
  assert.equal(definition.actors["trading-engine"], 1);
  assert.equal(definition.invariants, "all");
  assert.equal(definition.phases[1]?.duration, 2_000);
  assert.equal(definition.market.model.kind, "gbm");
});

Deno.test("scenario() freezes all of it", () => {
  const checked = scenario("calm", calm);
  assert.ok(isScenario(checked));
  assert.ok(Object.isFrozen(checked));
  assert.ok(Object.isFrozen(checked.definition.phases[0]));
  assert.ok(!isScenario({ ...calm }));
  assert.ok(!isScenario(null));
});

Deno.test("scenario() names the path, what was found and what would be right", () => {
  const phases = [
    { name: "a", kind: "constant", ratePerSecond: 5, duration: "1s" },
    { name: "b", kind: "constant", ratePerSecond: -5, duration: "3 sec" },
  ];
  assert.deepEqual(problems({ phases }), [
    "phases[1].ratePerSecond: -5: must be a positive number",
    `phases[1].duration: "3 sec": must be milliseconds, or a text such as "500ms", "3s" or "2m"`,
  ]);
});

Deno.test("scenario() says of a key too many which keys there are", () => {
  const [line] = problems({ thresold: {} });
  assert.match(
    line!,
    /^definition: must not have "thresold"; did you mean "thresholds"\? \(there are: teaches, seed,/,
  );
});

Deno.test("scenario() refuses phases of an unknown kind", () => {
  assert.deepEqual(problems({ phases: [{ name: "a", kind: "constnt" }] }), [
    `phases[0].kind: "constnt": must have a kind: one of "constant", "ramp", "burst", "silence"`,
  ]);
});

Deno.test("scenario() refuses what is missing", () => {
  assert.deepEqual(problems({ symbols: undefined, phases: [] }), [
    "symbols: missing: must be a list of symbols",
    "phases: a list of 0: must have at least one phase",
  ]);
});

Deno.test("scenario() refuses names that point nowhere", () => {
  assert.deepEqual(
    problems({
      accounts: { count: 2, holdings: { MSFT: 3 } },
      events: [
        { at: { phase: "close" }, leave: "trading-engine-0" },
        { at: "1s", leave: "trading-engine-4" },
      ],
      market: { models: { IBM: { kind: "gbm" } } },
      symbols: ["AAPL", "AAPL"],
    }),
    [
      `symbols[1]: "AAPL": must be named once only`,
      `market.models.IBM: "IBM": must be one of symbols: AAPL, AAPL`,
      `accounts.holdings.MSFT: "MSFT": must be one of symbols: AAPL, AAPL`,
      `events[0].at.phase: "close": must be one of phases: open, trade`,
      `events[1].leave: "trading-engine-4": must be one of the 1 instances of trading-engine, from 0`,
    ],
  );
});

Deno.test("scenario() takes happenings to instances that have joined by a script", () => {
  const events = [{ at: "1s", join: "trading-engine" }, { at: "2s", leave: "trading-engine-1" }];
  assert.deepEqual(problems({ events }), []);
});

Deno.test("scenario() wants one verb of a happening", () => {
  assert.match(problems({ events: [{ at: 1 }] })[0]!, /exactly one of join, leave; it says none$/);
  const both = [{ at: 1, join: "notifier", leave: "notifier-0" }];
  assert.match(problems({ events: both })[0]!, /it says join and leave$/);
  assert.match(
    problems({ events: [{ at: "x", join: "notifier" }] })[0]!,
    /^events\[0\]\.at: "x": /,
  );
});

Deno.test("scenario() says of a fault among the happenings where it belongs", () => {
  assert.deepEqual(problems({ events: [{ at: 1, crash: "trading-engine-0" }] }), [
    `events[0]: must not have "crash": what goes wrong belongs under faults, as in ` +
    `faults: [{ at: "3s", crash: "trading-engine-0" }]`,
  ]);
  assert.deepEqual(
    problems({ events: [{ at: 1, jion: "notifier" }] })[0],
    [
      `events[0]: must not have "jion"; did you mean "join"? (there are: at, join, leave)`,
    ][0],
  );
});

Deno.test("scenario() wants to know who floods", () => {
  assert.deepEqual(problems({ flow: { mix: { flood: 1 } } }), [
    "flow.floodingUser: missing: must name who sends the flood",
  ]);
  assert.deepEqual(problems({ flow: { mix: { flood: 1 }, floodingUser: "user-11" } }), [
    `flow.floodingUser: "user-11": must be one of user-1 to user-10`,
  ]);
  assert.deepEqual(problems({ flow: { mix: { flood: 1 }, floodingUser: "user-10" } }), []);
});

Deno.test("scenario() refuses unknown metrics and rules", () => {
  assert.match(
    problems({ thresholds: { "answer.p98": "<5ms" } })[0]!,
    /^thresholds\["answer\.p98"\]: no such metric/,
  );
  assert.match(
    problems({ invariants: ["no-lost-orders"] })[0]!,
    /^invariants\[0\]: "no-lost-orders": must be one of .*did you mean "no-lost-order"\?$/,
  );
});

Deno.test("scenario() refuses a name that is no folder's", () => {
  assert.throws(() => scenario("../up", calm), /Cannot read scenario "\.\.\/up": 1 problem/);
});
