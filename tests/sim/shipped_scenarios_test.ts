import assert from "node:assert/strict";
import { checkMarketDataOptions } from "../../actors/market_data_producer/options.ts";
import { checkPhases } from "../../actors/order_command_producer/arrivals.ts";
import { checkOrderCommandOptions } from "../../actors/order_command_producer/options.ts";
import { loadScenario, scenarioFiles } from "../../sim/command_line/load_scenario.ts";
import { compileScenario, type Overrides } from "../../sim/compile_scenario.ts";
import { marketProducerOptions, orderProducerOptions } from "../../sim/producer_options.ts";

const SHIPPED = [
  "broker_outage.ts",
  "burst.ts",
  "chaos.ts",
  "duplicate_orders.ts",
  "invalid_symbols.ts",
  "opening_bell.ts",
  "rate_limit.ts",
  "real_prices.ts",
  "rebalance.ts",
  "replay_trades.ts",
  "worker_crash.ts",
];

Deno.test("scenarios/ has all that are promised", async () => {
  const found = await scenarioFiles("scenarios");
  for (const name of SHIPPED) assert.ok(found.includes(name), name);
});

/** `--duration` and `--rate` as users may give them. */
const PACES: readonly Overrides[] = [
  {},
  { durationMs: 4_000 },
  { durationMs: 1 },
  { durationMs: 777, ratePerSecond: 3 },
  { durationMs: 7 * 60_000 + 1, ratePerSecond: 1_000 / 3 },
  { ratePerSecond: 1_000_000 },
  { ratePerSecond: 0.01 },
];

for (const name of SHIPPED.filter((name) => name !== "replay_trades.ts")) {
  Deno.test(`scenarios/${name} compiles to what its producers take, at any pace`, async () => {
    const { scenario, resolveFile } = await loadScenario(`scenarios/${name}`);
    assert.equal(`${scenario.name}.ts`, name);
    for (const overrides of PACES) {
      const plan = await compileScenario(scenario, { resolveFile, overrides });
      assert.ok(plan.thresholds.length > 0);
      assert.equal(plan.durationMs, overrides.durationMs ?? plan.durationMs);
      checkPhases(plan.phases);
      const session = { startAt: 0, elapsedBefore: 17 };
      for (const options of orderProducerOptions(plan, session)) checkOrderCommandOptions(options);
      for (const options of marketProducerOptions(plan, session)) checkMarketDataOptions(options);
    }
  });
}

Deno.test("scenarios/replay_trades.ts asks for a file", async () => {
  const { scenario, resolveFile } = await loadScenario("scenarios/replay_trades.ts");
  await assert.rejects(compileScenario(scenario, { resolveFile }), /give --prices FILE/);
});

Deno.test("scenarios/ say what they teach in a comment and import mod.ts only", async () => {
  for (const name of SHIPPED) {
    const text = await Deno.readTextFile(`scenarios/${name}`);
    assert.match(text, /^\/\/ /, name);
    const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, from]) => from);
    assert.deepEqual(imports, ["../mod.ts"], name);
  }
});
