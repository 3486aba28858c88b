/**
 * Bad input against a floor of workers on the embedded log, and what good orders notice of it.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Floor, seededRandom } from "../../mod.ts";
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

/** Bad commands and random bytes, half and half, come beside good orders at some 1,600 a second. */
const BAD_PER_ROUND = 2_000;
const BAD_AT_ONCE = 20;
const FLOOD_PAUSE_MS = 12;

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

/** Trades in quiet and among bad input, in turns. @throws {assert.AssertionError} */
export async function soakBadInput({ seed, directory, say }: {
  readonly seed: number;
  readonly directory: string;
  readonly say: (text: string) => void;
}): Promise<BadInputLoad> {
  const flood = new Flood(seed);
  const latencies = { quiet: [] as number[], flooded: [] as number[] };
  let outcomes = { answered: 0, laidOff: 0, asRepeats: 0 };
  await onWorkers(directory, async ({ floor, events }) => {
    await tradeWell(floor, ORDERS_PER_ROUND, () => Promise.resolve(), "warm-up");
    // In turns, so that whatever else the machine does meets both.
    for (let round = 0; round < ROUNDS; round++) {
      await floor.idle();
      const quiet = await tradeWell(floor, ORDERS_PER_ROUND, () => Promise.resolve(), `q${round}`);
      latencies.quiet.push(...quiet.latencies);
      latencies.flooded.push(...await flood.tradeWithin(floor, `f${round}`));
    }
    await floor.idle();
    outcomes = await outcomesOf(floor, flood.sent);
    const failed = events.filter(({ kind }) => ["fold-failed", "restart"].includes(kind));
    assert.deepEqual(failed, []);
  });
  await assertJudged(directory, outcomes.asRepeats);
  const quiet = latenciesOf(latencies.quiet);
  const flooded = latenciesOf(latencies.flooded);
  const ratio = { p50: rounded(flooded.p50 / quiet.p50), p99: rounded(flooded.p99 / quiet.p99) };
  say(
    `good orders among bad input take ${ratio.p50} times as long (p50), ${ratio.p99} times (p99)`,
  );
  return { bad: flood.sent.size, ...outcomes, quiet, flooded, ratio };
}

/** Sends bad input at a steady pace. */
class Flood {
  /** By `partition/offset`. */
  readonly sent = new Map<string, BadRecord>();
  readonly #random: () => number;
  readonly #commands: BadCommands;

  constructor(seed: number) {
    this.#random = seededRandom(seed, "bad input");
    this.#commands = new BadCommands({ random: this.#random, seed, partitions: PARTITIONS });
  }

  /** Sends good orders for as long as a round of bad input takes. @returns their latencies */
  async tradeWithin(floor: Floor, name: string): Promise<readonly number[]> {
    let over = false;
    const sending = this.#send(floor).finally(() => over = true);
    sending.catch(() => {}); // Told below, where it is awaited.
    const latencies: number[] = [];
    for (let n = 0; !over; n++) {
      const trading = await tradeWell(floor, 10, () => Promise.resolve(), `${name}-${n}`);
      latencies.push(...trading.latencies);
    }
    await sending;
    return latencies;
  }

  async #send(floor: Floor): Promise<void> {
    for (let n = 0; n < BAD_PER_ROUND; n += BAD_AT_ONCE) {
      const records = Array.from({ length: BAD_AT_ONCE / 2 }, () => [
        this.#commands.next(),
        randomBytes(this.#random, PARTITIONS),
      ]).flat();
      for (const [place, record] of await sendAll(floor.log, records)) this.sent.set(place, record);
      await floor.runtime.clock.sleep(FLOOD_PAUSE_MS);
    }
  }
}

async function outcomesOf(floor: Floor, sent: ReadonlyMap<string, BadRecord>) {
  const outcomes = { answered: 0, laidOff: 0, asRepeats: 0 };
  const { answers, letters } = await accountFor(floor.log);
  for (const [place, record] of sent) {
    const [answered, laidOff] = [answers.get(place) ?? 0, letters.get(place) ?? 0];
    if (answered > 0) outcomes.answered++;
    else if (laidOff > 0) outcomes.laidOff++;
    else outcomes.asRepeats++;
    const accounted = answered + laidOff === 1 || record.what === "forged settlement";
    assert.ok(accounted, `${place}: ${JSON.stringify(record)}`);
  }
  return outcomes;
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
