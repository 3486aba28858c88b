/**
 * Ways to tamper with what stands in a log.
 *
 * @module
 */

import type { TopicName } from "../../../kafka/topics.ts";
import type { SampleLog } from "./sample_log.ts";
import { findRecord } from "./sample_log.ts";

type Fields = Record<string, unknown>;

/** A message that has all of these fields. */
export function fits(wanted: Fields): (message: Fields) => boolean {
  return (message) => Object.entries(wanted).every(([name, value]) => message[name] === value);
}

/** Changes a record that is in the log. */
export function rewrite(log: SampleLog, topic: TopicName, wanted: Fields, changes: Fields): void {
  const { record } = findRecord(log, topic, fits(wanted));
  record.value = JSON.stringify({ ...JSON.parse(String(record.value)), ...changes });
}

/**
 * Appends a message that claims to be the next of its channel: like the first one with the wanted
 * fields, but for the changes.
 */
export function forge(log: SampleLog, topic: TopicName, wanted: Fields, changes: Fields = {}) {
  const { partition, record } = findRecord(log, topic, fits(wanted));
  const message: Fields = JSON.parse(String(record.value));
  const id = String(changes.id ?? message.id).split("/");
  const channel = `${id[0]}/${id[1]}/`;
  const sequence =
    log.records(topic, partition).filter(({ value }) =>
      typeof value === "string" && value.includes(`"id":"${channel}`)
    ).length;
  // Within its record's outputs it comes after all others.
  const forged = {
    ...message,
    id: [...id.slice(0, 3), 90 + sequence].join("/"),
    sequence,
    ...changes,
  };
  return log.append(topic, partition, { key: record.key, value: JSON.stringify(forged) });
}

/** Skips the first message with the wanted fields as poison, as a role does whose fold throws on it. */
export function poison(
  log: SampleLog,
  topic: TopicName,
  wanted: Fields,
  role: string,
): { readonly partition: number; readonly offset: number; readonly letter: number } {
  const { partition, record } = findRecord(log, topic, fits(wanted));
  const offset = log.records(topic, partition).indexOf(record);
  const letter = log.append("dead-letters", 0, {
    key: `${topic}/${partition}`,
    value: JSON.stringify({
      type: "dead-letter",
      id: `${role}/${topic}/${partition}/${offset}`,
      correlationId: `${topic}/${partition}`,
      timestamp: 5,
      role,
      topic,
      partition,
      offset,
      kind: "poison",
      error: "Cannot fold: somebody says so",
      key: record.key ?? null,
      valueBase64: btoa(String(record.value)),
      valueBytes: String(record.value).length,
    }),
  });
  return { partition, offset, letter };
}
