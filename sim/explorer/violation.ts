/**
 * What the explorer looks for, and what it says of one that it found.
 *
 * @module
 */

import { RULES } from "../auditor/verdict.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { readRange } from "../../actors/log_access/read_range.ts";

/** A broken invariant: a rule of the auditor, or one of the explorer's own. */
export interface Violation {
  /** Its lasting name. */
  readonly invariant: string;
  /** What was found, in a sentence. */
  readonly text: string;
  /** The records that show it, cause first: place and text. */
  readonly chain: readonly string[];
}

/** What the explorer judges besides the auditor's rules. */
export const OWN_INVARIANTS = {
  "state-equals-fold":
    "snapshots and outputs are those of the fold of the log from zero, without a crash",
  "liveness":
    "healed, the floor comes to rest within a bound: caught up, no source, zombie or publish left",
  "goes-on": "no fault that the policy provides for makes a floor fail or a play break off",
  "determinism": "a world that is played twice leaves the same log and the same states",
} as const;

/** What an invariant claims; null for a name that is none. */
export function statementOf(invariant: string): string | null {
  const statements: Readonly<Record<string, string>> = { ...RULES, ...OWN_INVARIANTS };
  return Object.hasOwn(statements, invariant) ? statements[invariant] ?? null : null;
}

/** A record's text is told up to so many characters. */
const MAX_TEXT = 500;

/** A record as a line: its place, then its key and text. */
export async function describePlace(
  log: EventLog,
  { topic, partition, offset }: {
    readonly topic: string;
    readonly partition: number;
    readonly offset: number;
  },
): Promise<string> {
  const place = `${topic}/${partition}/${offset}`;
  const range = { from: offset, to: offset + 1 };
  for await (const record of readRange(log, { topic, partition }, range)) {
    const text = record.text ?? (record.value === null ? "(tombstone)" : "(no text)");
    const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
    return `${place}  ${record.key ?? "(no key)"}  ${cut}`;
  }
  return `${place}  (not there)`;
}

/** {@link describePlace} of a place written as `topic/partition/offset`. */
export async function describePlaceName(log: EventLog, name: string): Promise<string> {
  const match = /^([a-z-]+)\/(\d+)\/(\d+)$/.exec(name);
  if (match === null) return name;
  const [, topic = "", partition, offset] = match;
  return await describePlace(log, { topic, partition: Number(partition), offset: Number(offset) });
}
