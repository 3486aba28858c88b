/**
 * A floor of workers on an embedded log in a run's folder, that can be attached to.
 *
 * @module
 */

import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { type Floor, type RuntimeEvent, scenario, startFloor } from "../../../mod.ts";
import { compileScenario } from "../../../sim/compile_scenario.ts";
import { type LiveStepping, serveLive } from "../../../sim/live/live_server.ts";
import { createRunFolder, type RunFolder } from "../../../sim/run_folder.ts";
import { assertEqualsFoldFromZero } from "../../actors/floor/recovery_evidence.ts";

const trading = scenario("trading", {
  teaches: "How a floor is stepped.",
  symbols: ["AAPL"],
  phases: [{ name: "a", kind: "constant", ratePerSecond: 1, duration: "1s" }],
});

/** What a test has in hand. */
export interface LiveStage {
  readonly floor: Floor;
  readonly folder: RunFolder;
  readonly live: LiveStepping;
  readonly events: readonly RuntimeEvent[];
}

/** Makes a run's folder, locked as that of one that is being played. */
export async function withRunFolder(
  use: (folder: RunFolder, runs: string) => Promise<void>,
  options: { readonly virtual?: boolean } = {},
): Promise<void> {
  const runs = await Deno.makeTempDir();
  try {
    using folder = await createRunFolder(runs, {
      version: 1,
      runId: "trading-1",
      plan: await compileScenario(trading),
      sessionStartsAt: null,
      elapsedBefore: 0,
      durability: "process",
      ...(options.virtual === true ? { virtual: { startsAt: "2026-03-01T09:30:00.000Z" } } : {}),
      versions: { outcry: "0.1.0", deno: "2.9.6" },
      started: { at: "2026-03-01T09:30:00.000Z", argv: ["scenarios/trading.ts"] },
      resumed: [],
    });
    await use(folder, runs);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

/** Alice has shares, Bob has cash. In the end the floor's log must be what its folds give from zero. */
export async function onLiveStage(use: (stage: LiveStage) => Promise<void>): Promise<void> {
  await withRunFolder(async (folder) => {
    const { directory } = folder.paths;
    const events: RuntimeEvent[] = [];
    const floor = await startFloor({
      log: "embedded",
      directory,
      symbols: ["AAPL"],
      accounts: [
        { userId: "alice", cash: 0, holdings: { AAPL: 100 } },
        { userId: "bob", cash: 100_000 },
      ],
      instances: { "audit-logger": 0, "notifier": 0 },
      partitions: { orders: 1, notifications: 1, "order-commands": 1 },
      onEvent: (event) => void events.push(event),
    });
    try {
      const say = (text: string) => assert.fail(text);
      const live = await serveLive(floor, { directory, run: folder.runId, process: null, say });
      assert.ok(live !== null);
      try {
        await use({ floor, folder, live, events });
      } finally {
        await live.close("the session has ended");
      }
      await floor.idle();
    } finally {
      await floor.stop();
    }
    const log = await openEventLog({ kind: "embedded", path: folder.paths.log });
    try {
      const { outputs, repeats } = await assertEqualsFoldFromZero(log);
      assert.deepEqual([outputs > 0, repeats], [true, 0]);
    } finally {
      await log.close();
    }
  });
}
