/**
 * One partition of one role, folded: pure, without I/O. It adds to a role's own logic what every fold
 * needs so that its effects happen exactly once: offsets, time, sequences in and out, skip marks, and
 * dead letters for bytes that are no message.
 *
 * @module
 */

import { recordOf } from "../../kafka/carried_message.ts";
import type { LogRecord, RecordBatch, RecordToPublish } from "../../kafka/event_log.ts";
import {
  channelOf,
  type DeadLetter,
  decodeRecord,
  encodeMessage,
  type Envelope,
  type MessageTopic,
  type TopicMessages,
} from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import { KeyPartitioner } from "../../kafka/partitioner.ts";
import { type TopicName, TOPICS } from "../../kafka/topics.ts";
import { channelsInto } from "./channels.ts";
import { deadLetterBody } from "./dead_letter.ts";
import { derivedMessage } from "./derived_message.ts";
import type { Body, Fold, FoldContext, Outbox, OutputTopic } from "./fold.ts";
import type { RecordTrace } from "./record_trace.ts";
import { packOwnedState, viewState } from "./state_bytes.ts";

/** Partition counts by topic, as the floor was opened with. */
export type PartitionCounts = Readonly<Record<TopicName, number>>;

/** A record was lost on its way here: the fault that sequences exist to notice. Never skipped. */
export class SequenceGapError extends Error {
  /** `where` is `topic/partition/offset`; `channel` the origin's `topic/partition`. */
  constructor(where: string, channel: string, expected: number, found: number) {
    super(
      `Cannot fold ${where}: a message from ${channel} has sequence ${found}, but ${expected} comes next`,
    );
    this.name = "SequenceGapError";
  }
}

/** What a partition has gone through since it was made. */
export interface FoldCounters {
  /** Records folded, whatever they were. */
  records: number;
  /** Messages emitted, dead letters among them. */
  outputs: number;
  /** Derived messages that had come before. */
  repeats: number;
  /** Records whose bytes are no message of the topic. */
  malformed: number;
  /** Derived messages that fit nothing here, or come from nowhere on this floor. */
  refused: number;
  /** Records passed over by a skip mark. */
  skipped: number;
}

/** What a fold's counters start from. */
export function zeroCounters(): FoldCounters {
  return { records: 0, outputs: 0, repeats: 0, malformed: 0, refused: 0, skipped: 0 };
}

/** What a {@link PartitionFold} is made from. */
export interface PartitionFoldOptions<State, T extends MessageTopic> {
  /** The role's own logic. */
  readonly fold: Fold<State, T>;
  /** Which partition it is. */
  readonly context: FoldContext;
  /** Of all topics: outputs are partitioned by them. */
  readonly partitions: PartitionCounts;
  /** Offsets of poison, from the durable marks. */
  readonly skip?: ReadonlySet<number>;
  /** Bytes of {@link PartitionFold.snapshot}. */
  readonly snapshot?: Uint8Array;
  /** Counted on, so that several partitions may share them. */
  readonly counters?: FoldCounters;
  /** Whether outputs go to a log that carries messages beside their texts. Default false. */
  readonly carriesMessages?: boolean;
}

interface SnapshotHead {
  readonly version: number;
  readonly nextOffset: number;
  readonly now: number;
  readonly received: readonly (readonly [string, number])[];
  readonly sent: readonly (readonly [string, number])[];
}

type Destination = OutputTopic | "dead-letters";

/** Destinations of one topic: where the next output goes, and what waits to be published. */
interface Outlet {
  readonly topic: Destination;
  readonly partitioner: KeyPartitioner;
  readonly sequences: number[];
  readonly waiting: (RecordToPublish[] | undefined)[];
}

/** Folds the records of one partition, in order. After a throw it must be thrown away. */
export class PartitionFold<State, T extends MessageTopic> implements Outbox {
  /** What happened since it was made; what is folded silently is not counted. */
  readonly counters: FoldCounters;
  readonly #fold: Fold<State, T>;
  readonly #context: FoldContext;
  readonly #skip: ReadonlySet<number>;
  readonly #state: State;
  /** The next sequence by channel: only of those in {@link #channels}, so its size is bounded. */
  readonly #received = new Map<string, number>();
  readonly #channels: ReadonlySet<string>;
  readonly #outlets: Readonly<Record<Destination, Outlet>>;
  readonly #origin: string;
  readonly #carries: boolean;
  #nextOffset = 0;
  #now = 0;
  #publishing = false;
  #trace: RecordTrace | undefined = undefined;
  #index = 0;
  /** By which a message came last: most come by the same one as the message before. */
  #channel = "";
  #causationId = "";
  #offset = 0;

  /** Begins with the snapshot's state, else with none. @throws {Error} for one of another version */
  constructor(options: PartitionFoldOptions<State, T>) {
    const { fold, context, partitions, snapshot } = options;
    this.#fold = fold;
    this.#context = context;
    this.#skip = options.skip ?? new Set();
    this.counters = options.counters ?? zeroCounters();
    this.#origin = `${context.topic}/${context.partition}`;
    this.#carries = options.carriesMessages ?? false;
    this.#channels = channelsInto(context.topic, partitions);
    this.#outlets = {
      "orders": outlet("orders", partitions),
      "notifications": outlet("notifications", partitions),
      "order-commands": outlet("order-commands", partitions),
      "market-data": outlet("market-data", partitions),
      "dead-letters": outlet("dead-letters", partitions),
    };
    this.#state = snapshot === undefined ? fold.create(context) : this.#restore(snapshot);
  }

  /** The offset of the next record to fold. */
  get nextOffset(): number {
    return this.#nextOffset;
  }

  /** The role's own state, to be looked at and not changed. */
  get state(): State {
    return this.#state;
  }

  /** The sequence that is taken next from a channel (`topic/partition`); null for one of nobody here. */
  nextSequenceFrom(channel: string): number | null {
    return this.#nextOf(channel);
  }

  /**
   * Folds a record; one below {@link nextOffset} is passed over, whatever delivered it. With
   * `publishing: false` the outputs are counted but not made: they are in the log already. A `trace`
   * sees what becomes of the record; its headers go with the outputs, and nothing depends on it.
   *
   * @throws {SequenceGapError} when a record sent to this partition never came
   * @throws whatever the role's logic throws: the record may be poison
   */
  apply(
    record: LogRecord,
    options: { readonly publishing: boolean; readonly trace?: RecordTrace | undefined },
  ): void {
    if (record.offset < this.#nextOffset) return;
    this.#publishing = options.publishing;
    this.#trace = options.trace;
    this.#index = 0;
    this.#offset = record.offset;
    if (record.timestamp > this.#now) this.#now = record.timestamp;
    this.#count("records");
    if (this.#skip.has(record.offset)) this.#passOver(record);
    else this.#applyUnmarked(record);
    this.#nextOffset = record.offset + 1;
  }

  /** Takes what waits to be published: one batch for each partition that got something. */
  takeOutputs(): RecordBatch[] {
    const batches: RecordBatch[] = [];
    for (const { topic, waiting } of Object.values(this.#outlets)) {
      waiting.forEach((records, partition) => {
        if (records === undefined || records.length === 0) return;
        batches.push({ topic, partition, records });
        waiting[partition] = undefined;
      });
    }
    return batches;
  }

  /** The whole partition's state as canonical bytes: the role's, and what this class adds. */
  snapshot(): Uint8Array {
    const head: SnapshotHead = {
      version: this.#fold.version,
      nextOffset: this.#nextOffset,
      now: this.#now,
      received: [...this.#received].sort(([a], [b]) => (a < b ? -1 : 1)),
      sent: Object.values(this.#outlets).flatMap(({ topic, sequences }) =>
        sequences.map((sequence, partition) => [`${topic}/${partition}`, sequence] as const)
      ),
    };
    return packOwnedState(head, [this.#fold.encode(this.#state)]);
  }

  /** What the role's logic emits to, for the record at hand. */
  emit<D extends OutputTopic>(
    topic: D,
    key: string,
    body: Body<TopicMessages[D]>,
    correlationId: string,
  ): void {
    this.#emit(topic, key, body, correlationId);
  }

  /** What is folded silently was counted by whoever folded it first. */
  #count(what: keyof FoldCounters): void {
    if (!this.#publishing) return;
    this.counters[what]++;
    this.#trace?.counted(what);
  }

  /** Skips poison; its place in its channel is used up, or what follows would look like a gap. */
  #passOver(record: LogRecord): void {
    this.#count("skipped");
    const decoded = decodeRecord(this.#fold.topic, record);
    if (!decoded.ok) return;
    const { id, sequence }: Envelope = decoded.message;
    const channel = channelOf(id);
    const next = channel === null ? null : this.#nextOf(channel);
    if (channel === null || next === null || sequence !== next) return;
    this.#received.set(channel, next + 1);
  }

  #applyUnmarked(record: LogRecord): void {
    const decoded = decodeRecord(this.#fold.topic, record);
    if (!decoded.ok) {
      this.#count("malformed");
      this.#deadLetter(record, decoded.error, `${this.#origin}/${record.offset}`);
      return;
    }
    const { message } = decoded;
    this.#trace?.decoded(message);
    const { sequence }: Envelope = message;
    if (sequence !== undefined && !this.#receive(record, message, sequence)) return;
    this.#causationId = message.id;
    this.#fold.apply(
      this.#state,
      { message, key: record.key, offset: record.offset, now: this.#now },
      this,
    );
  }

  /** The next sequence of a channel; null for one that no actor of the floor writes by. */
  #nextOf(channel: string): number | null {
    return this.#received.get(channel) ?? (this.#channels.has(channel) ? 0 : null);
  }

  /** Whether a derived message is the next of its channel, and admitted. */
  #receive(record: LogRecord, message: TopicMessages[T], sequence: number): boolean {
    const { key } = record;
    const channel = channelOf(message.id, this.#channel);
    const next = channel === null ? null : this.#nextOf(channel);
    if (channel === null || next === null) {
      return this.#refuse(record, message, `${message.type} is from nowhere on this floor`);
    }
    this.#channel = channel;
    if (sequence < next) {
      this.#count("repeats");
      return false;
    }
    if (this.#fold.admits?.(this.#state, { message, key }) === false) {
      return this.#refuse(record, message, `${message.type} fits nothing known here`);
    }
    if (sequence > next) {
      throw new SequenceGapError(`${this.#origin}/${record.offset}`, channel, next, sequence);
    }
    this.#received.set(channel, next + 1);
    return true;
  }

  #refuse(record: LogRecord, message: Envelope, error: string): false {
    this.#count("refused");
    this.#deadLetter(record, error, message.id);
    return false;
  }

  #deadLetter(record: LogRecord, error: string, causationId: string): void {
    this.#causationId = causationId;
    const body = deadLetterBody(record, { role: this.#fold.role, kind: "malformed", error });
    this.#emit("dead-letters", this.#origin, body, causationId);
  }

  #emit(topic: Destination, key: string, body: object, correlationId: string): void {
    const { partitioner, sequences, waiting } = this.#outlets[topic];
    const partition = partitioner.partitionOf(key);
    const sequence = sequences[partition]!;
    sequences[partition] = sequence + 1;
    const index = this.#index++;
    if (!this.#publishing) return;
    this.counters.outputs++;
    const id = joinedId([this.#origin, this.#offset, index]);
    const message = derivedMessage(
      body,
      id,
      correlationId,
      this.#causationId,
      sequence,
      this.#now,
    );
    const headers = this.#trace?.headers;
    const carries = this.#carries;
    (waiting[partition] ??= []).push(
      recordOf(key, message, { timestamp: this.#now, carries, headers }),
    );
    this.#trace?.emitted(topic, body);
  }

  #restore(bytes: Uint8Array): State {
    const { head, parts } = viewState(bytes);
    // The bytes are this class's own, and their digest has been checked by whoever loaded them.
    const { version, nextOffset, now, received, sent } = head as SnapshotHead;
    if (version !== this.#fold.version) {
      throw new Error(
        `Cannot restore ${this.#fold.role} ${this.#origin}: the snapshot is of fold version ` +
          `${version}, this is version ${this.#fold.version}`,
      );
    }
    this.#nextOffset = nextOffset;
    this.#now = now;
    for (const [channel, next] of received) this.#received.set(channel, next);
    for (const [destination, next] of sent) {
      const cut = destination.lastIndexOf("/");
      // Written by snapshot() from the outlets' own names.
      const topic = destination.slice(0, cut) as Destination;
      this.#outlets[topic].sequences[Number(destination.slice(cut + 1))] = next;
    }
    return this.#fold.decode(parts[0]!, this.#context);
  }
}

function outlet(topic: Destination, partitions: PartitionCounts): Outlet {
  const count = partitions[topic];
  return {
    topic,
    partitioner: new KeyPartitioner(count),
    sequences: new Array<number>(count).fill(0),
    waiting: new Array<RecordToPublish[] | undefined>(count).fill(undefined),
  };
}

/** Partition counts of the topic table, for floors that choose none. */
export const DEFAULT_PARTITION_COUNTS: PartitionCounts = Object.fromEntries(
  Object.entries(TOPICS).map(([name, { partitions }]) => [name, partitions]),
  // Object.fromEntries forgets which keys it was given.
) as Record<TopicName, number>;

/** A poison record's letter, which is also its skip mark: a source message with an id of its own. */
export function poisonMark(
  record: LogRecord,
  options: { readonly role: string; readonly error: string },
): RecordToPublish {
  const { topic, partition, offset, timestamp } = record;
  const id = `poison/${options.role}/${topic}/${partition}/${offset}`;
  const letter: DeadLetter = {
    ...deadLetterBody(record, { ...options, kind: "poison" }),
    id,
    correlationId: `${topic}/${partition}/${offset}`,
    timestamp,
  };
  return { key: `${topic}/${partition}`, value: encodeMessage(letter), timestamp };
}
