/**
 * `deno task sim` as a process of its own, to be killed, and what its run must hold in the end.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  ArrivalSchedule,
  NO_MORE_ARRIVALS,
} from "../../../actors/order_command_producer/arrivals.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { type EventLog, EventLogError } from "../../../kafka/event_log.ts";
import { decodeRecord } from "../../../kafka/messages/mod.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { RULE_IDS } from "../../../sim/auditor/verdict.ts";
import type { RunReport } from "../../../sim/report/run_report.ts";
import { readManifest } from "../../../sim/run_manifest.ts";
import type { RuntimeEvent } from "../../../mod.ts";
import type { SessionPlan } from "../../../sim/session_plan.ts";
import { assertEqualsFoldFromZero, type Compared } from "../../actors/floor/recovery_evidence.ts";

const ROOT = new URL("../../../", import.meta.url);

/** What the task itself is allowed, so that whatever is missing there is missing here. */
const PERMISSIONS = await permissionsOf("sim");

async function permissionsOf(task: string): Promise<readonly string[]> {
  const config: unknown = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const { tasks } = config as { tasks: Record<string, { command: string }> }; // as the file has it
  return tasks[task]!.command.split(" ").filter((word) => word.startsWith("--"));
}

/** The scenario that is played. */
export const SHORT_BURST = new URL("./short_burst.ts", import.meta.url).pathname;

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly out: string;
  readonly err: string;
}

/** A process that plays a run. */
export interface SimProcess {
  kill(signal: Deno.Signal): void;
  readonly ended: Promise<Ended>;
}

/** Starts the command with these arguments. */
export function startSim(...args: readonly string[]): SimProcess {
  return startSimOn({}, ...args);
}

/** The same on what passes for another machine: with these variables, and V8 told these flags. */
export function startSimOn(
  { env = {}, v8Flags = [] }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly v8Flags?: readonly string[];
  },
  ...args: readonly string[]
): SimProcess {
  const flags = v8Flags.length === 0 ? [] : [`--v8-flags=${v8Flags.join(",")}`];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", ...flags, ...PERMISSIONS, "sim/main.ts", ...args],
    env,
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const decoder = new TextDecoder();
  return {
    kill: (signal) => child.kill(signal),
    ended: child.output().then(({ code, signal, stdout, stderr }) => ({
      code,
      signal,
      out: decoder.decode(stdout),
      err: decoder.decode(stderr),
    })),
  };
}

/** How many records a topic of a run with an embedded log has; 0 while there is none. */
export async function recordsIn(directory: string, topic: string): Promise<number> {
  const path = join(directory, "log.sqlite");
  try {
    await using log = await openEventLog({ kind: "embedded", path }, { create: false });
    const [description] = await log.describeTopics([topic]);
    return description?.offsets.reduce((sum, { end }) => sum + end, 0) ?? 0;
  } catch (error) {
    // Its process has not got so far.
    if (error instanceof EventLogError) return 0;
    throw error;
  }
}

/** Opens the log of a run: on the cluster that its manifest names, or in its folder. */
export async function openRun(directory: string): Promise<EventLog> {
  const manifest = await readManifest(join(directory, "manifest.json")).catch(() => null);
  const path = join(directory, "log.sqlite");
  return await openEventLog(manifest?.log ?? { kind: "embedded", path }, { create: false });
}

/** The report that a run was left with. */
export async function reportOf(directory: string): Promise<RunReport> {
  return JSON.parse(await Deno.readTextFile(join(directory, "report.json"))) as RunReport; // its own
}

/** A run played to its end: every invariant held, every order of the script was intended, once. */
export async function assertWholeRun(directory: string): Promise<Compared> {
  const report = await reportOf(directory);
  assert.deepEqual(report.invariants.filter(({ status }) => status !== "held"), []);
  // The same again is only to be had in virtual time.
  const expected = RULE_IDS.filter((rule) => rule !== "determinism");
  assert.deepEqual(report.invariants.map(({ rule }) => rule), expected);
  assert.equal(report.floor.lag, 0);
  await using log = await openRun(directory);
  const { plan } = await readManifest(join(directory, "manifest.json"));
  assert.equal(await intendedIn(log), scriptedOrders(plan));
  await assertEventsNumbered(join(directory, "events.ndjson"));
  return await assertEqualsFoldFromZero(log);
}

/** Every runtime event is a line, numbered through all the processes that played the run. */
async function assertEventsNumbered(path: string): Promise<void> {
  const lines = (await Deno.readTextFile(path)).trimEnd().split("\n");
  const numbers = lines.map((line) => (JSON.parse(line) as RuntimeEvent).number); // its own
  // Commits wait in memory for the next event: a kill may take their numbers with it.
  assert.ok(numbers.every((number, i) => i === 0 || number > numbers[i - 1]!));
}

/** How many commands the plan's load has. */
export function scriptedOrders(plan: SessionPlan): number {
  const schedule = new ArrivalSchedule(plan.phases, plan.seed);
  let count = 0;
  while (schedule.next() !== NO_MORE_ARRIVALS) count++;
  return count;
}

/**
 * How many commands the traders intended; their numbers must be dense. One may stand there again where an
 * acknowledgement was lost on its way, and must then be the same to the byte.
 */
export async function intendedIn(log: EventLog): Promise<number> {
  const intents = new Map<string, Map<number, string>>();
  for (let partition = 0; partition < await log.partitionCount("intents"); partition++) {
    for await (const record of readRange(log, { topic: "intents", partition })) {
      const decoded = decodeRecord("intents", record);
      assert.ok(decoded.ok);
      if (decoded.message.type !== "intent") continue;
      const { producer, number } = decoded.message;
      if (!producer.startsWith("order-command-producer-")) continue;
      const seen = intents.get(producer) ?? new Map<number, string>();
      intents.set(producer, seen);
      const before = seen.get(number);
      if (before !== undefined) assert.equal(record.text, before, `${producer}/${number} changed`);
      seen.set(number, record.text ?? "");
    }
  }
  let count = 0;
  for (const [producer, seen] of intents) {
    assert.equal(Math.max(...seen.keys()) + 1, seen.size, `${producer}'s numbers are dense`);
    count += seen.size;
  }
  return count;
}
