import assert from "node:assert/strict";
import { startFloor } from "../../../mod.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { compileScenario } from "../../../sim/compile_scenario.ts";
import { loadScenario } from "../../../sim/command_line/load_scenario.ts";
import { FloorWatch } from "../../../sim/session/floor_watch.ts";
import { Sources } from "../../../sim/session/sources.ts";
import { TIRED } from "../../actors/floor/recovery_floor.ts";
import { intendedIn, openRun, scriptedOrders, SHORT_BURST } from "./sim_process.ts";

Deno.test("Sources are not finished when they are stopped to start again with the consumers", async () => {
  const directory = await Deno.makeTempDir({ prefix: "outcry-sources-" });
  try {
    const { scenario, resolveFile } = await loadScenario(SHORT_BURST);
    const plan = await compileScenario(scenario, { resolveFile });
    const watch = new FloorWatch();
    let bounced = 0;
    const { symbols, accounts, limits, partitions } = plan;
    const floor = await startFloor({
      log: "embedded",
      directory,
      symbols: symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
      accounts,
      limits,
      partitions,
      // The first failure of any consumer is the root's, which starts everything again.
      restarts: { ...TIRED, pools: { ...TIRED.pools, maxRestarts: 0 } },
      onEvent: (event) => {
        watch.observe(event);
        if (event.kind === "stopping" && event.actor.startsWith("order-command")) bounced++;
      },
    });
    try {
      const sources = new Sources(floor, watch);
      // The engine fails before the first order is due, so that however slow the machine, no trader
      // has sent all it has to send by then.
      await sources.start(plan, { startAt: Math.ceil(systemClock.now()) + 1_500 });
      await floor.actor("trading-engine-0").crash();
      await sources.finished;
      await floor.idle();
      assert.equal(bounced, 2, "both traders were stopped");
    } finally {
      await floor.stop();
    }
    await using log = await openRun(directory);
    assert.equal(await intendedIn(log), scriptedOrders(plan));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
