/**
 * A topic as a receiver with another notion of what is new sees it: records get the sequences that make
 * the real fold take and drop what the notion says. What it says depends on the log alone.
 *
 * @module
 */

import { readRange } from "../../../actors/log_access/read_range.ts";
import type { EventLog, LogRecord, TopicPartition } from "../../../kafka/event_log.ts";
import { channelOf } from "../../../kafka/messages/mod.ts";
import { withText } from "./changed_record.ts";
import { withRecords } from "./with_records.ts";

/** Whether a record is new, where `mark` is what would come next: 0, or one more than the highest taken. */
export type IsNew = (sequence: number, mark: number) => boolean;

interface Channel {
  mark: number;
  taken: number;
}

/** The log, but that records of `topic` are numbered as `isNew` takes them. */
export function resequenced(log: EventLog, topic: string, isNew: IsNew): EventLog {
  const partitions = new Map<number, Numbering>();
  return withRecords(log, async (records) => {
    const renumbered: LogRecord[] = [];
    for (const record of records) {
      if (record.topic !== topic) {
        renumbered.push(record);
        continue;
      }
      const { partition } = record;
      const numbering = partitions.get(partition) ??
        new Numbering(log, { topic, partition }, isNew);
      partitions.set(partition, numbering);
      renumbered.push(await numbering.renumber(record));
    }
    return renumbered;
  });
}

/** The numbering of one partition, from its first record on. */
class Numbering {
  readonly #log: EventLog;
  readonly #place: TopicPartition;
  readonly #isNew: IsNew;
  readonly #channels = new Map<string, Channel>();
  /** By offset; null for a record without a sequence. */
  readonly #sequences: (number | null)[] = [];

  constructor(log: EventLog, place: TopicPartition, isNew: IsNew) {
    this.#log = log;
    this.#place = place;
    this.#isNew = isNew;
  }

  async renumber(record: LogRecord): Promise<LogRecord> {
    if (record.offset > this.#sequences.length) {
      const range = { from: this.#sequences.length, to: record.offset };
      for await (const before of readRange(this.#log, this.#place, range)) this.#number(before);
    }
    this.#number(record);
    const sequence = this.#sequences[record.offset] ?? null;
    const message = messageOf(record);
    if (sequence === null || message === null || message.sequence === sequence) return record;
    return withText(record, JSON.stringify({ ...message, sequence }));
  }

  #number(record: LogRecord): void {
    if (record.offset !== this.#sequences.length) return;
    const message = messageOf(record);
    const name = message === null ? null : channelOf(message.id);
    if (message === null || name === null) {
      this.#sequences.push(null);
      return;
    }
    const channel = this.#channels.get(name) ?? { mark: 0, taken: 0 };
    this.#channels.set(name, channel);
    if (!this.#isNew(message.sequence, channel.mark)) {
      // Something was taken before: 0 is below what the fold expects next.
      this.#sequences.push(0);
      return;
    }
    channel.mark = Math.max(channel.mark, message.sequence + 1);
    this.#sequences.push(channel.taken++);
  }
}

interface Derived {
  readonly id: string;
  readonly sequence: number;
}

/** The record's message when it is a derived one. */
function messageOf({ text }: LogRecord): Derived | null {
  if (text === null || !text.includes('"sequence":')) return null;
  const message: unknown = JSON.parse(text);
  const isDerived = typeof message === "object" && message !== null &&
    "sequence" in message && typeof message.sequence === "number" &&
    "id" in message && typeof message.id === "string";
  return isDerived ? message as Derived : null; // Both fields were looked at just now.
}
