/**
 * Bad input against a floor of workers on the embedded log, and what good orders notice of it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../mod.ts";
import { BadCommands, type BadRecord, randomBytes } from "../bad_input/bad_commands.ts";
import {
  accountFor,
  quantile,
  sendAll,
  tradeWell,
  withFloor,
} from "../bad_input/bad_input_floor.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { auditRun } from "../../sim/auditor/audit_run.ts";
import { TIRELESS } from "../actors/floor/recovery_floor.ts";

const ROUNDS = 10;
const ORDERS_PER_ROUND = 100;
const PARTITIONS = 6;

/** Bad records between two good orders: of each kind. */
const BAD_PER_ORDER = 10;

/** What came of it. Latencies in milliseconds. */
export interface BadInputLoad {
  readonly bad: number;
  readonly answered: number;
  readonly laidOff: number;
  readonly asRepeats: number;
  readonly quiet: Latencies;
  readonly flooded: Latencies;
  /** Of the medians, and of the 99th percentiles. */
  readonly ratio: Latencies;
}

interface Latencies {
  readonly p50: number;
  readonly p99: number;
}

/** Trades in quiet and among bad input. @throws {assert.AssertionError} */
export async function soakBadInput({ seed, directory, say }: {
  readonly seed: number;
  readonly directory: string;
  readonly say: (text: string) => void;
}): Promise<BadInputLoad> {
  const random = seededRandom(seed, "bad input");
  const bad = new BadCommands({ random, seed, partitions: PARTITIONS });
  const sent = new Map<string, BadRecord>();
  const outcomes = { answered: 0, laidOff: 0, asRepeats: 0 };
  const latencies = { quiet: [] as number[], flooded: [] as number[] };
  await onWorkers(directory, async ({ floor, events }) => {
    await tradeWell(floor, ORDERS_PER_ROUND, () => Promise.resolve(), "warm-up");
    // In turns, so that whatever else the machine does meets both.
    for (let round = 0; round < ROUNDS; round++) {
      await floor.idle();
      const quiet = await tradeWell(floor, ORDERS_PER_ROUND, () => Promise.resolve(), `q${round}`);
      const flooded = await tradeWell(floor, ORDERS_PER_ROUND, async () => {
        const records = Array.from({ length: BAD_PER_ORDER }, () => [
          bad.next(),
          randomBytes(random, PARTITIONS),
        ]).flat();
        for (const [place, record] of await sendAll(floor.log, records)) sent.set(place, record);
      }, `f${round}`);
      latencies.quiet.push(...quiet.latencies);
      latencies.flooded.push(...flooded.latencies);
    }
    await floor.idle();
    const { answers, letters } = await accountFor(floor.log);
    for (const [place, record] of sent) {
      const [answered, laidOff] = [answers.get(place) ?? 0, letters.get(place) ?? 0];
      if (answered > 0) outcomes.answered++;
      else if (laidOff > 0) outcomes.laidOff++;
      else outcomes.asRepeats++;
      const accounted = answered + laidOff === 1 || record.what === "forged settlement";
      assert.ok(accounted, `${place}: ${JSON.stringify(record)}`);
    }
    const failed = events.filter(({ kind }) => ["fold-failed", "restart"].includes(kind));
    assert.deepEqual(failed, []);
  });
  await assertJudged(directory, outcomes.asRepeats);
  const figures = {
    bad: sent.size,
    ...outcomes,
    quiet: latenciesOf(latencies.quiet),
    flooded: latenciesOf(latencies.flooded),
  };
  const ratio = {
    p50: rounded(figures.flooded.p50 / figures.quiet.p50),
    p99: rounded(figures.flooded.p99 / figures.quiet.p99),
  };
  say(
    `good orders among bad input take ${ratio.p50} times as long (p50), ${ratio.p99} times (p99)`,
  );
  return { ...figures, ratio };
}

/** What passed for a repeat on the floor, the auditor knows for a forgery; and nothing else is wrong. */
async function assertJudged(directory: string, forgeries: number): Promise<void> {
  const path = join(directory, "log.sqlite");
  await using log = await openEventLog({ kind: "embedded", path }, { create: false });
  const { verdicts } = await auditRun(log, {
    auditFolder: join(directory, "audit"),
    openFloor: true,
  });
  const violated = verdicts.filter(({ status }) => status === "violated");
  assert.deepEqual(violated.map(({ rule, violations }) => [rule, violations]), [
    ["sequences-dense", forgeries],
  ]);
}

async function onWorkers(
  directory: string,
  work: Parameters<typeof withFloor<void>>[1],
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  const options = { log: "embedded", directory, runId: "bad-input", restarts: TIRELESS } as const;
  await withFloor(options, work);
}

function latenciesOf(latencies: readonly number[]): Latencies {
  const sorted = latencies.toSorted((a, b) => a - b);
  return { p50: rounded(quantile(sorted, 0.5)), p99: rounded(quantile(sorted, 0.99)) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
