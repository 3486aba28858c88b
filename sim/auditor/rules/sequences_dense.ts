/**
 * `sequences-dense`: every channel, from an origin partition to a destination partition, is complete
 * and in order. It also decides what the other rules never see: repeats.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type { Origin } from "../../../kafka/messages/mod.ts";
import type { Column, Table } from "../memory/columns.ts";
import { Fingerprinter } from "../fingerprint.ts";
import { formatRef } from "../findings.ts";
import { ByteCursor, NOWHERE } from "../reading/byte_cursor.ts";
import type { RuleContext } from "../rule.ts";

const RULE = "sequences-dense";

interface Channel {
  next: number;
  lastOffset: number;
  lastIndex: number;
  lastRecordOffset: number;
  /** Fingerprint of each message, by sequence, so that a repeat can be compared. */
  readonly contents: Column;
  readonly table: Table;
  /** Otherwise it is only followed, to tell repeats. */
  readonly isJudged: boolean;
}

/** Something sent over a channel. */
export interface Sent {
  readonly record: LogRecord;
  readonly origin: Origin;
  readonly sequence: number;
  /** Told apart from others that send from the same partition; "" where only one does. */
  readonly sender: string;
}

/** The rule, for one destination partition after the other. */
export class SequencesDense {
  readonly #context: RuleContext;
  readonly #judges: (channel: { readonly topic: string; readonly originTopic: string }) => boolean;
  readonly #channels = new Map<string, Channel>();
  /** The channel asked for last, by what it was asked for with. */
  #last: { readonly sender: string; readonly topic: string; readonly partition: number } | null =
    null;
  #lastChannel: Channel | null = null;
  readonly #print = new Fingerprinter();
  readonly #cursor = new ByteCursor();

  /** `judges` tells the channels that it judges; of others it only tells repeats. */
  constructor(
    context: RuleContext,
    judges: (
      channel: { readonly topic: string; readonly originTopic: string },
    ) => boolean = () => true,
  ) {
    this.#context = context;
    this.#judges = judges;
  }

  /** Forgets the channels of the partition before. */
  startPartition(): void {
    for (const { table } of this.#channels.values()) table.clear();
    this.#channels.clear();
    this.#lastChannel = null;
  }

  /** Whether a message is seen for the first time. */
  admit(sent: Sent): boolean {
    const { findings, evidence } = this.#context;
    const { record, origin, sequence } = sent;
    const channel = this.#channelOf(sent);
    if (!channel.isJudged) {
      if (sequence < channel.next) return false;
      channel.next = sequence + 1;
      return true;
    }
    findings.check(RULE);
    const content = this.#contentOf(record);
    if (sequence < channel.next) {
      evidence.counts.repeats++;
      if (channel.contents.get(sequence) !== content) {
        this.#violate(sent, channel, `repeats sequence ${sequence} with other content`);
      }
      return false;
    }
    if (sequence > channel.next) {
      this.#violate(sent, channel, `has sequence ${sequence}, but ${channel.next} comes next`);
    }
    const { offset, index } = origin;
    if (
      offset < channel.lastOffset || (offset === channel.lastOffset && index <= channel.lastIndex)
    ) {
      this.#violate(
        sent,
        channel,
        `has origin ${offset}/${index}, after ${channel.lastOffset}/${channel.lastIndex}`,
      );
    }
    channel.contents.set(sequence, content);
    channel.next = sequence + 1;
    channel.lastOffset = offset;
    channel.lastIndex = index;
    channel.lastRecordOffset = record.offset;
    return true;
  }

  #contentOf(record: LogRecord): number {
    const start = this.#cursor.turnToValue(record);
    const { view, end } = this.#cursor;
    return start === NOWHERE ? 0 : this.#print.ofBytesIn(view, start, end).low;
  }

  #channelOf({ record, origin, sender }: Sent): Channel {
    const { topic, partition } = origin;
    const last = this.#last;
    if (
      this.#lastChannel !== null && last?.partition === partition && last.topic === topic &&
      last.sender === sender
    ) return this.#lastChannel;
    const key = `${sender} ${topic}/${partition}`;
    const known = this.#channels.get(key);
    const channel = known ?? this.#newChannel(record.topic, topic);
    if (known === undefined) this.#channels.set(key, channel);
    this.#last = { sender, topic, partition };
    this.#lastChannel = channel;
    return channel;
  }

  #newChannel(topic: string, originTopic: string): Channel {
    const table = this.#context.evidence.memory.table();
    return {
      next: 0,
      lastOffset: -1,
      lastIndex: -1,
      lastRecordOffset: -1,
      contents: table.words(),
      table,
      isJudged: this.#judges({ topic, originTopic }),
    };
  }

  #violate(sent: Sent, channel: Channel, what: string): void {
    const { record, origin } = sent;
    const before = channel.lastRecordOffset;
    const text = `${formatRef(record)} from ${origin.topic}/${origin.partition} ${what}`;
    this.#context.findings.violate(RULE, text, [
      before < 0 ? null : { topic: record.topic, partition: record.partition, offset: before },
      record,
    ]);
  }
}
