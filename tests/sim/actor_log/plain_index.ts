/**
 * The index of a run, slow and obvious: everything in memory, every question answered by looking at all
 * of it. The reference for the index on disk, and what tests of others stand on.
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import type { EventLog, LogRecord, TopicPartition } from "../../../kafka/event_log.ts";
import { channelOf, decodeRecord, type Envelope } from "../../../kafka/messages/mod.ts";
import type { TopicName } from "../../../kafka/topics.ts";
import type {
  EntriesWanted,
  EventsWanted,
  IndexedOrder,
  IndexEntry,
  RunIndex,
} from "../../../sim/actor_log/index/run_index.ts";
import { originOf } from "../../../sim/actor_log/outputs_in_log.ts";
import {
  formatPartition,
  formatPlace,
  type RecordPlace,
} from "../../../sim/actor_log/record_place.ts";
import { readRecordOf } from "../../../sim/actor_log/record_reader.ts";
import { subjectOf } from "../../../sim/actor_log/subject.ts";
import { editDistance } from "../../../sim/nearest.ts";

/** As they come one after another at equal times. */
const TOPICS_IN_ORDER = [
  "intents",
  "orders",
  "notifications",
  "market-data",
  "order-commands",
  "dead-letters",
] as const;

interface Item {
  /** The running maximum of the stamps in its stream. */
  readonly time: number;
  /** What must have been taken before it, any of these: `[stream, count]`. None: nothing. */
  readonly after: readonly (readonly [number, number])[];
  /** 0: follows from something; 1: begins something; 2: a runtime event. */
  readonly kind: 0 | 1 | 2;
  readonly record?: LogRecord;
  readonly message?: Envelope;
  readonly event?: RuntimeEvent;
}

type Entry = IndexEntry & { readonly item: Item };

/** Reads the whole run and puts it in order. */
export async function plainIndex(
  log: EventLog,
  events: readonly RuntimeEvent[],
): Promise<RunIndex> {
  const streams: LogRecord[][] = [];
  const streamOf = new Map<string, number>();
  for (const topic of TOPICS_IN_ORDER) {
    const [description] = await log.describeTopics([topic]);
    for (let partition = 0; partition < (description?.partitions ?? 0); partition++) {
      const records: LogRecord[] = [];
      for await (const record of readRange(log, { topic, partition })) records.push(record);
      streamOf.set(`${topic}/${partition}`, streams.length);
      streams.push(records);
    }
  }
  const items = itemsOf(streams, streamOf);
  items.push(eventItems(events, streams, streamOf));
  return new PlainIndex(inOrder(items));
}

function itemsOf(streams: readonly LogRecord[][], streamOf: ReadonlyMap<string, number>): Item[][] {
  const intents: { readonly stream: number; readonly offset: number; readonly id: Numbered }[] = [];
  const decoded = streams.map((records, stream) =>
    records.map((record, offset) => {
      const result = decodeRecord(record.topic as TopicName & "orders", record);
      if (!result.ok) return undefined;
      const message: Envelope & { readonly type: string } = result.message;
      const id = message.type === "intent" ? numberedOf(message.id) : null;
      if (id !== null) intents.push({ stream, offset, id });
      return message;
    })
  );
  const intentsOf = ({ id, type }: Envelope & { readonly type: string }) => {
    const wanted = CLIENT_COMMANDS.includes(type) ? numberedOf(id) : null;
    return intents.filter((intent) =>
      intent.id.producer === wanted?.producer && intent.id.number >= wanted.number
    ).map(({ stream, offset }) => [stream, offset + 1] as const);
  };
  return streams.map((records, stream) => {
    let time = 0;
    return records.map((record, offset): Item => {
      time = Math.max(time, record.timestamp);
      const message = decoded[stream]![offset];
      const origin = message === undefined ? null : originOf(message);
      const from = origin === null ? undefined : streamOf.get(formatPartition(origin));
      const common = { time, record, ...(message === undefined ? {} : { message }) };
      if (origin !== null && from !== undefined && origin.offset < streams[from]!.length) {
        const isForged = from === stream && origin.offset >= offset;
        return { ...common, kind: 0, after: isForged ? [] : [[from, origin.offset + 1]] };
      }
      const after = record.topic === "order-commands" && message !== undefined
        ? intentsOf(message)
        : [];
      return { ...common, kind: 1, after };
    });
  });
}

const CLIENT_COMMANDS = ["place-order", "cancel-order", "deposit", "open-account"];

interface Numbered {
  readonly producer: string;
  readonly number: number;
}

/** The producer and the number that an id is made of. */
function numberedOf(id: string): Numbered | null {
  const slash = id.lastIndexOf("/");
  const digits = id.slice(slash + 1);
  if (slash < 1 || !/^(0|[1-9][0-9]{0,14})$/.test(digits)) return null;
  return { producer: id.slice(0, slash), number: Number(digits) };
}

function eventItems(
  events: readonly RuntimeEvent[],
  streams: readonly LogRecord[][],
  streamOf: ReadonlyMap<string, number>,
): Item[] {
  let time = 0;
  return events.map((event) => {
    time = Math.max(time, event.at);
    const named = namedBy(event);
    const stream = named === null ? undefined : streamOf.get(named.partition);
    if (named === null || stream === undefined) return { time, event, kind: 2, after: [] };
    return {
      time,
      event,
      kind: 2,
      after: [[stream, Math.min(named.taken, streams[stream]!.length)]],
    };
  });
}

function namedBy(
  event: RuntimeEvent,
): { readonly partition: string; readonly taken: number } | null {
  switch (event.kind) {
    case "commit":
    case "snapshot":
      return { partition: event.partition, taken: event.offset };
    case "recovered":
      return { partition: event.partition, taken: event.committedOffset };
    case "dead-letter":
    case "fold-failed":
      return { partition: event.partition, taken: event.offset + 1 };
    default:
      return null;
  }
}

/** Again and again the smallest of the heads that nothing holds back. */
function inOrder(streams: readonly (readonly Item[])[]): readonly Entry[] {
  const taken = streams.map(() => 0);
  const entries: Entry[] = [];
  const total = streams.reduce((sum, items) => sum + items.length, 0);
  while (entries.length < total) {
    const heads = streams.flatMap((items, stream) => {
      const item = items[taken[stream]!];
      return item === undefined ? [] : [{ item, stream }];
    });
    const free = heads.filter(({ item }) =>
      item.after.length === 0 || item.after.some(([stream, count]) => taken[stream]! >= count)
    );
    const [next] = (free.length > 0 ? free : heads).sort((a, b) =>
      a.item.time - b.item.time || a.item.kind - b.item.kind || a.stream - b.stream
    );
    taken[next!.stream]!++;
    entries.push(entryOf(next!.item, entries.length));
  }
  return entries;
}

function entryOf(item: Item, rank: number): Entry {
  if (item.event !== undefined) return { kind: "event", rank, event: item.event, item };
  const { topic, partition, offset } = item.record!;
  // Read from the topics of the table.
  return { kind: "record", rank, place: { topic: topic as TopicName, partition, offset }, item };
}

class PlainIndex implements RunIndex {
  readonly bytes = 0;
  readonly #entries: readonly Entry[];

  constructor(entries: readonly Entry[]) {
    this.#entries = entries;
  }

  get length(): number {
    return this.#entries.length;
  }

  get records(): number {
    return this.#entries.filter(({ kind }) => kind === "record").length;
  }

  entryAt(rank: number): IndexEntry {
    const entry = this.#entries[rank];
    if (entry === undefined) throw new RangeError(`Cannot show entry ${rank}: there is none`);
    const { item: _, ...plain } = entry;
    return plain;
  }

  rankOf(place: RecordPlace): number | null {
    const name = formatPlace(place);
    return this.#first((entry) => entry.kind === "record" && formatPlace(entry.place) === name);
  }

  rankOfEvent(number: number): number | null {
    return this.#first((entry) => entry.kind === "event" && entry.event.number === number);
  }

  rankAtTime(time: number): number {
    let latest = 0;
    return this.#first(({ item }) => (latest = Math.max(latest, item.time)) >= time) ?? this.length;
  }

  *entries({ from, direction, partitions, events = true }: EntriesWanted): Iterable<IndexEntry> {
    const names = partitions?.map(formatPartition);
    for (const entry of this.#from(from, direction)) {
      if (
        entry.kind === "event" ? !events : names?.includes(formatPartition(entry.place)) === false
      ) {
        continue;
      }
      yield this.entryAt(entry.rank);
    }
  }

  *events({ from, direction, kinds, actor }: EventsWanted) {
    for (const entry of this.#from(from, direction)) {
      if (entry.kind !== "event") continue;
      const { rank, event } = entry;
      if (kinds?.includes(event.kind) === false) continue;
      if (actor === undefined || event.actor === actor) yield { rank, event };
    }
  }

  searchFrom(into: TopicPartition, channel: string, sequence: number): number | null {
    const found = this.#entries.find(({ item: { record, message } }) =>
      record?.topic === into.topic && record.partition === into.partition &&
      message?.sequence === sequence && channelOf(message.id) === channel
    );
    return found?.item.record?.offset ?? null;
  }

  *about(correlationId: string, from = 0): Iterable<number> {
    for (const { rank, item } of this.#entries) {
      if (rank >= from && item.message?.correlationId === correlationId) yield rank;
    }
  }

  ordersWith(orderId: string): readonly IndexedOrder[] {
    return this.#orders().filter((order) => order.orderId === orderId);
  }

  nearestOrderIds(orderId: string): readonly string[] {
    return nearest(orderId, this.#orders().map((order) => order.orderId));
  }

  userNear(userId: string): { readonly found: boolean; readonly nearest: readonly string[] } {
    const users = this.#orders().map((order) => order.userId);
    return { found: users.includes(userId), nearest: nearest(userId, users) };
  }

  [Symbol.dispose](): void {}

  #orders(): readonly IndexedOrder[] {
    const orders = new Map<string, IndexedOrder>();
    for (const { item: { record } } of this.#entries) {
      if (record === undefined) continue;
      if (record.topic !== "order-commands" && record.topic !== "intents") continue;
      const { offset, partition } = record;
      const place = { topic: record.topic, partition, offset } as const;
      const { userId, orderId } = subjectOf(readRecordOf(record, place));
      if (userId === null || orderId === null) continue;
      const name = JSON.stringify([userId, orderId]);
      if (!orders.has(name)) orders.set(name, { userId, orderId, place });
    }
    return [...orders.values()];
  }

  *#from(from: number, direction: "forward" | "backward"): Iterable<Entry> {
    const step = direction === "forward" ? 1 : -1;
    for (let rank = from; rank >= 0 && rank < this.length; rank += step) yield this.#entries[rank]!;
  }

  #first(isWanted: (entry: Entry) => boolean): number | null {
    const rank = this.#entries.findIndex(isWanted);
    return rank === -1 ? null : rank;
  }
}

function nearest(word: string, words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort((a, b) => editDistance(word, a) - editDistance(word, b)).slice(
    0,
    5,
  );
}
