import assert from "node:assert/strict";
import fc from "fast-check";
import { compileScenario, type Overrides } from "../../sim/compile_scenario.ts";
import { marketProducerOptions, orderProducerOptions } from "../../sim/producer_options.ts";
import { scenario, type ScenarioDefinition, ScenarioError } from "../../sim/scenario.ts";
import { peakRateOf } from "../../sim/session_pace.ts";
import { sessionPlanSchema } from "../../sim/session_plan.ts";

const definition: ScenarioDefinition = {
  teaches: "Three phases.",
  symbols: ["AAPL", "MSFT"],
  accounts: 3,
  actors: { "order-command-producer": 2, "market-data-producer": 2 },
  phases: [
    { name: "up", kind: "ramp", fromPerSecond: 0, toPerSecond: 400, duration: "1s" },
    { name: "rest", kind: "silence", duration: "500ms" },
    { name: "rush", kind: "burst", ratePerSecond: 1_000, duration: "2500ms" },
  ],
  events: [
    { at: { phase: "rush", plus: "500ms" }, leave: "trading-engine-0" },
    { at: "1s", join: "order-gateway" },
  ],
};
const session = scenario("session", definition);

async function refusal(overrides: Overrides, from = session): Promise<readonly string[]> {
  const error: unknown = await compileScenario(from, { overrides }).then(() => null, (e) => e);
  assert.ok(error instanceof ScenarioError);
  return error.problems;
}

Deno.test("compileScenario() gives a plan that its own schema takes back", async () => {
  const plan = await compileScenario(session);
  assert.deepEqual(sessionPlanSchema.parse(JSON.parse(JSON.stringify(plan))), plan);
  assert.deepEqual(structuredClone(plan), plan);
});

Deno.test("compileScenario() puts phases one after the other and happenings in order", async () => {
  const plan = await compileScenario(session);
  assert.deepEqual(plan.phases.map(({ startsAtMs }) => startsAtMs), [0, 1_000, 1_500]);
  assert.equal(plan.durationMs, 4_000);
  assert.deepEqual(plan.events, [
    { atMs: 1_000, verb: "join", whom: "order-gateway" },
    { atMs: 2_000, verb: "leave", whom: "trading-engine-0" },
  ]);
});

Deno.test("compileScenario() makes accounts of a count", async () => {
  const plan = await compileScenario(session);
  assert.deepEqual(plan.accounts[2], {
    userId: "user-3",
    cash: 1_000_000,
    holdings: { AAPL: 10_000, MSFT: 10_000 },
  });
});

Deno.test("compileScenario() scales rate and time and keeps all proportions", async () => {
  const base = await compileScenario(session);
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0.1, max: 1e5, noNaN: true }),
      fc.integer({ min: 1, max: 1e7 }),
      async (ratePerSecond, durationMs) => {
        const plan = await compileScenario(session, { overrides: { ratePerSecond, durationMs } });
        const close = (a: number, b: number) =>
          assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(b)), `${a} is not ${b}`);
        close(Math.max(...plan.phases.map(peakRateOf)), ratePerSecond);
        assert.equal(plan.durationMs, durationMs);
        const factor = durationMs / base.durationMs;
        /** Boundaries are rounded to whole milliseconds. */
        const near = (a: number, b: number) => assert.ok(Math.abs(a - b) <= 0.500_001);
        let endsAtMs = 0;
        for (const [i, phase] of plan.phases.entries()) {
          const before = base.phases[i]!;
          assert.ok(Number.isSafeInteger(phase.durationMs) && phase.durationMs >= 0);
          assert.equal(phase.startsAtMs, endsAtMs);
          endsAtMs += phase.durationMs;
          near(endsAtMs, (before.startsAtMs + before.durationMs) * factor);
          close(peakRateOf(phase) / ratePerSecond, peakRateOf(before) / 1_000);
        }
        assert.equal(endsAtMs, durationMs);
        for (const [i, event] of plan.events.entries()) {
          near(event.atMs, base.events[i]!.atMs * factor);
        }
      },
    ),
    { numRuns: 50 },
  );
});

Deno.test("compileScenario() takes seed, partitions and instances from the overrides", async () => {
  const overrides = { seed: 9, partitions: 2, instances: { "trading-engine": 3 } } as const;
  const plan = await compileScenario(session, { overrides });
  assert.equal(plan.seed, 9);
  assert.equal(plan.partitions.orders, 2);
  assert.equal(plan.instances["trading-engine"], 3);
  assert.equal(plan.instances["order-command-producer"], 2);
});

Deno.test("compileScenario() refuses instances that leave a happening without anyone", async () => {
  const late = scenario("late", { ...definition, events: [{ at: "1s", leave: "notifier-0" }] });
  assert.deepEqual(await refusal({ instances: { notifier: 0 } }, late), [
    "--instances: the script lets notifier-0 leave, so notifier must be at least 1",
  ]);
  assert.match(
    (await refusal({ instances: { "market-data-producer": 3 } }))[0]!,
    /3 instances: must be at most one a symbol, of which there are 2$/,
  );
});

Deno.test("compileScenario() refuses a floor on which no order can be answered", async () => {
  for (const group of ["order-gateway", "trading-engine", "order-command-producer"] as const) {
    const problems = await refusal({ instances: { [group]: 0 } });
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, new RegExp(`^${group}: 0 instances: must be at least 1: nobody `));
  }
  const others = { "portfolio-manager": 0, notifier: 0, "market-data-producer": 0 };
  assert.equal(
    (await compileScenario(session, { overrides: { instances: others } })).instances.notifier,
    0,
  );
});

Deno.test("compileScenario() refuses to judge an audit log that nobody writes", async () => {
  const instances = { "audit-logger": 0 };
  const named = scenario("named", { ...definition, invariants: ["audit-log-complete"] });
  assert.match(
    (await refusal({ instances }, named))[0]!,
    /^audit-logger: 0 instances: invariants /,
  );
  assert.equal((await compileScenario(session, { overrides: { instances } })).invariants, "all");
});

Deno.test("compileScenario() refuses to scale silence", async () => {
  const silent = scenario("silent", {
    ...definition,
    events: [],
    phases: [{ name: "rest", kind: "silence", duration: "1s" }],
  });
  assert.match((await refusal({ ratePerSecond: 5 }, silent))[0]!, /every phase is silent$/);
});

const TRADES = [
  "3728261111,55026.00000000,0.00036000,19.80936000,1723075200018,True,True",
  "3728261112,55027.50000000,0.00100000,55.02750000,1723075200419,False,True",
].join("\n");

Deno.test("compileScenario() replays a file of prices in a symbol's place", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(file, TRADES);
    const prices = { file, format: "binance-trades", symbol: "MSFT", speed: 4 } as const;
    const plan = await compileScenario(session, { overrides: { prices } });
    const msft = plan.symbols.find(({ symbol }) => symbol === "MSFT")!;
    assert.deepEqual(msft.prices, {
      model: "replay",
      path: file,
      format: "binance-trades",
      speed: 4,
    });
    assert.equal(msft.referencePrice, 55_026);
    assert.ok(plan.notes.includes("Prices are real trades, replayed at 4 times their pace."));
    assert.match(
      (await refusal({ prices: { file, format: "binance-trades" } }))[0]!,
      /^--symbol: missing/,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("compileScenario() lets a lone symbol take the file's name", async () => {
  const file = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(file, TRADES);
    const lone = scenario("lone", {
      ...definition,
      symbols: ["BTCUSDT"],
      actors: {},
      market: { models: { BTCUSDT: { kind: "replay" } } },
    });
    const prices = { file, format: "binance-trades", symbol: "ETHUSDT" } as const;
    const plan = await compileScenario(lone, { overrides: { prices } });
    assert.deepEqual(plan.symbols.map(({ symbol }) => symbol), ["ETHUSDT"]);
    assert.deepEqual(Object.keys(plan.accounts[0]!.holdings), ["ETHUSDT"]);
    assert.match((await refusal({}, lone))[0]!, /give --prices FILE/);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("compileScenario() says what is wrong with a file of closes", async () => {
  const closes = scenario("closes", {
    ...definition,
    market: { model: { kind: "closes", file: "nowhere.csv" } },
  });
  assert.match((await refusal({}, closes))[0]!, /^market: AAPL: .*there is no such file$/);
});

Deno.test("producer options share users and symbols among the instances", async () => {
  const plan = await compileScenario(session);
  const orders = orderProducerOptions(plan, { startAt: 5_000 });
  assert.deepEqual(orders.map(({ instance, instances }) => [instance, instances]), [[0, 2], [
    1,
    2,
  ]]);
  assert.equal(orders[0]?.producer, "order-command-producer-0");
  assert.equal(orders[0]?.flow.users.length, 3);
  const market = marketProducerOptions(plan, { startAt: 5_000, elapsedBefore: 100 });
  assert.deepEqual(market.map(({ symbols }) => symbols.map(({ symbol }) => symbol)), [
    ["AAPL"],
    ["MSFT"],
  ]);
  assert.equal(market[1]?.until?.sessionMs, 4_000);
  assert.equal(market[1]?.elapsedBefore, 100);
});
