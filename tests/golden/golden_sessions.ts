/**
 * The sessions whose digests are in `digests.json`: every shipped scenario at its own seed, in virtual
 * time, shortened where it is long.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { Overrides } from "../../sim/compile_scenario.ts";
import { digestLog, type LogDigest } from "../../sim/digest/digest_log.ts";
import { playVirtually } from "../support/played_run.ts";

const TRADES = new URL("./trades.csv", import.meta.url).pathname;

/** By scenario, with what is said beside it: nothing that decides may come from the machine. */
export const GOLDEN_SESSIONS: Readonly<Record<string, Overrides>> = {
  broker_outage: { ratePerSecond: 50 },
  burst: { durationMs: 1_000 },
  chaos: {},
  crash_before_commit: {},
  duplicate_orders: { durationMs: 2_000 },
  invalid_symbols: { durationMs: 2_000 },
  opening_bell: { durationMs: 2_000 },
  rate_limit: { durationMs: 2_000 },
  real_prices: { durationMs: 2_000 },
  rebalance: { ratePerSecond: 100 },
  replay_trades: { durationMs: 2_000, prices: { file: TRADES, format: "binance-trades" } },
  worker_crash: { ratePerSecond: 100 },
};

/** Where the digests are. */
export const DIGESTS = new URL("./digests.json", import.meta.url);

/** What is kept of a digest: states are part of the whole, and too many to be listed. */
export type GoldenDigest = Pick<LogDigest, "digest" | "records" | "topics">;

/** Plays a session in a folder that is removed, and digests its log. */
export async function playGolden(
  name: string,
  { seed, runId = `golden-${name}`, inspect }: {
    readonly seed?: number;
    readonly runId?: string;
    /** Looks at the log that is digested. */
    readonly inspect?: (log: EventLog) => Promise<void>;
  } = {},
): Promise<LogDigest> {
  const overrides = { ...GOLDEN_SESSIONS[name], ...(seed === undefined ? {} : { seed }) };
  const runs = await Deno.makeTempDir({ prefix: "outcry-golden-" });
  try {
    return await playVirtually({ scenario: name, overrides, runs, runId }, async (ground) => {
      const log = await ground.openAgain();
      await inspect?.(log);
      return await digestLog(log);
    });
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}
