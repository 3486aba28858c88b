/**
 * One number for a whole run: every record of every topic, and the final state of every actor that has
 * one. What it may be compared with is told in `docs/determinism.md`.
 *
 * @module
 */

import { SnapshotStore } from "../../actors/fold/snapshot_store.ts";
import { readRange } from "../../actors/log_access/read_range.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import { CONSUMER_ROLES, TOPOLOGY } from "../../actors/topology.ts";
import type { EventLog, TopicDescription } from "../../kafka/event_log.ts";
import { RecordHash } from "./record_hash.ts";

/** Records asked for at once. */
const RECORDS_AT_ONCE = 10_000;

/** SHA-256 in hexadecimal, of the whole and of its parts: two runs that differ are told where. */
export interface LogDigest {
  /** Over {@link topics} and {@link states}. */
  readonly digest: string;
  /** By topic: its records, with offset, timestamp, key, headers and bytes, partition by partition. */
  readonly topics: Readonly<Record<string, string>>;
  /**
   * By role and partition, such as `trading-engine orders/3`: the newest whole snapshot. A fold saves
   * one when it stops, so once a floor has stopped this is its final state.
   */
  readonly states: Readonly<Record<string, string>>;
  /** How many records were read. */
  readonly records: number;
}

/** Digests of two runs that should be the same, compared: the first part that differs, or null. */
export function firstDifference(one: LogDigest, other: LogDigest): string | null {
  for (const kind of ["topics", "states"] as const) {
    const names = [...new Set([...Object.keys(one[kind]), ...Object.keys(other[kind])])].sort();
    const differs = names.find((name) => one[kind][name] !== other[kind][name]);
    if (differs !== undefined) return kind === "topics" ? `topic ${differs}` : differs;
  }
  return one.digest === other.digest ? null : "digest";
}

/** Digests a log that nobody writes to. @throws {EventLogError} when it cannot be read */
export async function digestLog(log: EventLog): Promise<LogDigest> {
  const described = byName(await log.describeTopics());
  const topics: Record<string, string> = {};
  let records = 0;
  for (const topic of described) {
    const { hex, count } = await digestTopic(log, topic);
    topics[topic.name] = hex;
    records += count;
  }
  const states = await digestStates(log, described);
  const whole = new RecordHash();
  for (const [name, hex] of [...Object.entries(topics), ...Object.entries(states)]) {
    whole.addText(name);
    whole.addText(hex);
  }
  return { digest: whole.hex(), topics, states, records };
}

async function digestTopic(
  log: EventLog,
  { name: topic, offsets }: TopicDescription,
): Promise<{ readonly hex: string; readonly count: number }> {
  const hash = new RecordHash();
  let count = 0;
  for (const [partition, { start, end }] of offsets.entries()) {
    hash.addText(`${topic}/${partition} ${start} ${end}`);
    for await (
      const record of readRange(log, { topic, partition }, { maxRecords: RECORDS_AT_ONCE })
    ) {
      hash.add(record);
      count++;
    }
  }
  return { hex: hash.hex(), count };
}

async function digestStates(
  log: EventLog,
  topics: readonly TopicDescription[],
): Promise<Readonly<Record<string, string>>> {
  const partitionsOf = new Map(topics.map(({ name, partitions }) => [name, partitions]));
  const partitions = partitionsOf.get("snapshots");
  const states: Record<string, string> = {};
  if (partitions === undefined) return states;
  for (const role of CONSUMER_ROLES.filter((role) => TOPOLOGY[role].stateful)) {
    for (const topic of TOPOLOGY[role].reads) {
      for (let partition = 0; partition < (partitionsOf.get(topic) ?? 0); partition++) {
        const source = { topic, partition };
        // Only ever read from, so its clock is never asked.
        const store = new SnapshotStore({ log, clock: systemClock, role, source, partitions });
        const { snapshot } = await store.read();
        if (snapshot === null) continue;
        const hash = new RecordHash();
        hash.addText(String(snapshot.offset));
        hash.addBytes(snapshot.bytes);
        states[`${role} ${topic}/${partition}`] = hash.hex();
      }
    }
  }
  return states;
}

/** By code units, which no locale changes. */
function byName<T extends { readonly name: string }>(topics: readonly T[]): readonly T[] {
  return [...topics].sort((a, b) => (a.name < b.name ? -1 : 1));
}
