/**
 * A producer's ledger: every command is durable as an intent before it is sent for the first time, and
 * whoever comes back sends what may not have arrived again, unchanged.
 *
 * Per batch: publish the intents, wait for the acknowledgement; publish the commands, wait for theirs.
 * How far it has got is told with the next batch, so it costs no write of its own.
 *
 * @module
 */

import { recordOf } from "../../kafka/carried_message.ts";
import type {
  EventLog,
  PublishedBatch,
  RecordBatch,
  RecordToPublish,
} from "../../kafka/event_log.ts";
import {
  type ClientCommand,
  encodeMessage,
  type Intent,
  type IntentsAcknowledged,
} from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import { KeyPartitioner } from "../../kafka/partitioner.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";
import { WORK_BETWEEN_TURNS } from "../runtime/turns.ts";
import { isTracing } from "../telemetry/is_tracing.ts";
import type { SendContext, SendSpans } from "../telemetry/send_spans.ts";
import { recoverIntents } from "./intent_recovery.ts";

/** Unacknowledged commands are sent again in batches of so many. */
const RESENT_PER_PUBLISH = 1_000;

/**
 * How far back a write looks for another incarnation's records, so that a client that was silent for
 * long beside busy producers does not read all of theirs.
 */
const FENCE_REACH_RECORDS = 5_000;

/** A command on its way. Its message id is {@link IntentLedger.messageId} of its number. */
export interface OutgoingCommand {
  readonly correlationId: string;
  /** Milliseconds since the epoch. */
  readonly intendedAt: number;
  /** The record's key: the user. */
  readonly key: string;
  /** Text, or bytes that are meant to be no UTF-8. */
  readonly value: string | Uint8Array;
  /** What the text says, where the sender knows: it is not changed from now on. */
  readonly command?: ClientCommand | undefined;
  /** What the command is traced as a child of, from {@link IntentLedger.present}. */
  readonly sentIn?: SendContext | null;
}

/** Another incarnation of the same producer is writing intents: this one must send nothing more. */
export class ProducerFencedError extends Error {
  constructor(producer: string, offset: number) {
    super(`Cannot send for ${producer}: another incarnation wrote intents at offset ${offset}`);
    this.name = "ProducerFencedError";
  }
}

/** How a ledger is opened. */
export interface IntentLedgerOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Lasting name; its ledger has one writer at a time. */
  readonly producer: string;
  /** Which of the producers it is: `intents` partition `instance % partitions` is its. */
  readonly instance: number;
  /** How many of its last intents to hand back. Default 0. */
  readonly keep?: number;
  readonly signal?: AbortSignal;
}

/** One producer's intents. Not for use by two callers at a time. */
export class IntentLedger {
  readonly producer: string;
  /** The last intents of earlier incarnations, oldest first. */
  readonly recovered: readonly Intent[];
  /** How many commands were sent again when it was opened. */
  readonly resent: number;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #partition: number;
  readonly #partitioner: KeyPartitioner;
  #nextNumber: number;
  #acknowledgedBefore: number;
  #markedBefore: number;
  /** Where the partition ended after this ledger's last write. */
  #endOffset: number;
  #lastWritten: readonly RecordToPublish[] = [];
  #failure: unknown = null;
  /** Null while nothing is traced. */
  readonly #spans: SendSpans | null;

  private constructor(options: IntentLedgerOptions, found: Recovered) {
    this.#spans = found.spans;
    this.producer = options.producer;
    const { keep = 0 } = options;
    this.recovered = keep === 0 ? [] : found.past.intents.slice(-keep);
    this.resent = found.resent;
    this.#log = options.log;
    this.#clock = options.clock;
    this.#partition = found.partition;
    this.#partitioner = found.partitioner;
    this.#nextNumber = found.past.nextNumber;
    this.#acknowledgedBefore = found.past.nextNumber;
    this.#markedBefore = found.past.acknowledgedBefore;
    this.#endOffset = found.past.endOffset;
  }

  /** Reads how far earlier incarnations got, and sends again what they left open. */
  static async open(options: IntentLedgerOptions): Promise<IntentLedger> {
    const { log, producer, instance, keep = 0 } = options;
    const partitioner = new KeyPartitioner(await log.partitionCount("order-commands"));
    const partition = instance % await log.partitionCount("intents");
    const past = await recoverIntents(log, { producer, partition, keep });
    const open = past.intents.filter(({ number }) => number >= past.acknowledgedBefore);
    for (let at = 0; at < open.length; at += RESENT_PER_PUBLISH) {
      const records = open.slice(at, at + RESENT_PER_PUBLISH).map((intent) => ({
        partition: intent.partition,
        record: resentRecord(intent, past.headers.get(intent.number)),
      }));
      await publishUntilAcknowledged(log, commandBatches(records), options);
    }
    const spans = isTracing ? await openSpans(options) : null;
    return new IntentLedger(options, { partition, partitioner, past, resent: open.length, spans });
  }

  /** The number of the next command. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  /** Commands with a lower number are in `order-commands`. */
  get acknowledgedBefore(): number {
    return this.#acknowledgedBefore;
  }

  /** What is traced now, for {@link OutgoingCommand.sentIn}; null while nothing is. */
  get present(): SendContext | null {
    return this.#spans?.present() ?? null;
  }

  /** The message id of the command with this number. */
  messageId(number: number): string {
    return joinedId([this.producer, number]);
  }

  /**
   * Sends commands, numbered from {@link nextNumber} on, in this order. Resolves when all of them are
   * durable. After a failure the ledger sends nothing more; a new one makes good what was left open.
   *
   * @returns where intents and commands stand
   * @throws {ProducerFencedError} when another incarnation is at work; nothing of the call was sent
   * @throws {PublishError} when the log refuses, or is out of reach for too long
   */
  async send(
    commands: readonly OutgoingCommand[],
    signal?: AbortSignal,
  ): Promise<readonly PublishedBatch[]> {
    if (commands.length === 0) return [];
    return await this.#guarded(async () => {
      const outgoing: DoubleEntry[] = [];
      for (const command of commands) {
        outgoing.push(this.#outgoing(command, this.#nextNumber + outgoing.length));
        if (outgoing.length % WORK_BETWEEN_TURNS === 0) await this.#clock.turn?.();
      }
      const intents = outgoing.map(({ intent }) => intent);
      const written = await this.#write(intents, commands[0]!.intendedAt, signal);
      this.#nextNumber += commands.length;
      const batches = commandBatches(outgoing);
      const sent = await publishUntilAcknowledged(this.#log, batches, this.#waiting(signal));
      this.#acknowledgedBefore = this.#nextNumber;
      this.#spans?.endAll();
      return [...written, ...sent];
    });
  }

  /** Tells how far it has got, when that is not told yet. */
  async finish(): Promise<void> {
    if (this.#markedBefore === this.#acknowledgedBefore) return;
    await this.#guarded(() => this.#write([], Math.floor(this.#clock.now())));
  }

  #outgoing(command: OutgoingCommand, number: number): DoubleEntry {
    const { key, value, intendedAt, command: message } = command;
    const partition = this.#partitioner.partitionOf(key);
    // The intent keeps the trace, so that a command that is sent again is the same record again.
    const headers = this.#spans === null
      ? undefined
      : this.#beginSpan(this.#spans, command, { number, partition });
    const options = { timestamp: intendedAt, carries: this.#log.carriesMessages ?? false, headers };
    const intent: Intent = {
      type: "intent",
      id: this.messageId(number),
      correlationId: command.correlationId,
      timestamp: intendedAt,
      producer: this.producer,
      number,
      intendedAt,
      partition,
      key,
      value: typeof value === "string" ? value : value.toBase64(),
      encoding: typeof value === "string" ? "text" : "base64",
    };
    return {
      intent: recordOf(this.producer, intent, options),
      partition,
      record: message !== undefined && typeof value === "string"
        ? recordOf(key, message, { ...options, written: value })
        : { key, value, timestamp: intendedAt, ...(headers === undefined ? {} : { headers }) },
    };
  }

  #beginSpan(spans: SendSpans, command: OutgoingCommand, { number, partition }: {
    readonly number: number;
    readonly partition: number;
  }) {
    const { correlationId, key, sentIn = null } = command;
    return spans.begin({ id: this.messageId(number), correlationId, key, partition, sentIn });
  }

  async #write(
    intents: readonly RecordToPublish[],
    timestamp: number,
    signal?: AbortSignal,
  ): Promise<readonly PublishedBatch[]> {
    const before = this.#acknowledgedBefore;
    const marks = this.#markedBefore === before ? [] : [this.#mark(before, timestamp)];
    const records = [...marks, ...intents];
    const batch = { topic: "intents", partition: this.#partition, records };
    const published = await publishUntilAcknowledged(this.#log, [batch], this.#waiting(signal));
    const baseOffset = published.at(-1)?.baseOffset ?? this.#endOffset;
    await this.#demandAlone(baseOffset, records);
    this.#lastWritten = records;
    this.#endOffset = baseOffset + records.length;
    this.#markedBefore = before;
    return published;
  }

  #mark(before: number, timestamp: number): RecordToPublish {
    const id = `${this.producer}/acknowledged/${before}`;
    const mark: IntentsAcknowledged = {
      type: "intents-acknowledged",
      id,
      correlationId: id,
      timestamp,
      producer: this.producer,
      before,
    };
    return { key: this.producer, value: encodeMessage(mark), timestamp };
  }

  /**
   * Refuses to go on when records of this producer that it did not write itself stand between its last
   * write and this one. A hung incarnation that wakes up beside its successor is found so, whichever of
   * them writes second, before it sends a command; the log's order decides between the two. (One that
   * has been silent for {@link FENCE_REACH_RECORDS} of its neighbours' records may be overlooked: its
   * orders' ids are then taken, and the gateway refuses other orders under them.)
   */
  async #demandAlone(baseOffset: number, written: readonly RecordToPublish[]): Promise<void> {
    if (baseOffset <= this.#endOffset) return;
    // A publish that was acknowledged only at the second try may stand there twice.
    const own = new Set([...this.#lastWritten, ...written].map(({ value }) => value));
    const at = { topic: "intents", partition: this.#partition };
    const from = Math.max(this.#endOffset, baseOffset - FENCE_REACH_RECORDS);
    const range = { from, to: baseOffset };
    for await (const record of readRange(this.#log, at, range)) {
      if (record.key !== this.producer || own.has(record.text)) continue;
      throw new ProducerFencedError(this.producer, record.offset);
    }
  }

  #waiting(signal?: AbortSignal): { clock: Clock; signal?: AbortSignal } {
    return { clock: this.#clock, ...(signal === undefined ? {} : { signal }) };
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    if (this.#failure !== null) {
      throw new Error(`Cannot send for ${this.producer}: an earlier batch failed`, {
        cause: this.#failure,
      });
    }
    try {
      return await work();
    } catch (error) {
      this.#failure = error;
      this.#spans?.failAll(error);
      throw error;
    }
  }
}

/** A command's two records: what it is meant to be, and what is sent. */
interface DoubleEntry {
  readonly intent: RecordToPublish;
  readonly partition: number;
  readonly record: RecordToPublish;
}

interface Recovered {
  readonly partition: number;
  readonly partitioner: KeyPartitioner;
  readonly past: Awaited<ReturnType<typeof recoverIntents>>;
  readonly resent: number;
  readonly spans: SendSpans | null;
}

async function openSpans({ producer, log }: IntentLedgerOptions): Promise<SendSpans> {
  const { SendSpans } = await import("../telemetry/send_spans.ts");
  return new SendSpans({ producer, system: log.system });
}

/** The record exactly as it was meant to be sent. */
function resentRecord(intent: Intent, headers: RecordToPublish["headers"]): RecordToPublish {
  const record = { key: intent.key, value: sentValue(intent), timestamp: intent.intendedAt };
  return headers === undefined ? record : { ...record, headers };
}

/** The value exactly as it is sent. */
function sentValue(intent: Intent): string | Uint8Array {
  return intent.encoding === "text" ? intent.value : Uint8Array.fromBase64(intent.value);
}

function commandBatches(
  commands: readonly { readonly partition: number; readonly record: RecordToPublish }[],
): readonly RecordBatch[] {
  const batches = new Map<number, RecordToPublish[]>();
  for (const { partition, record } of commands) {
    const records = batches.get(partition);
    if (records === undefined) batches.set(partition, [record]);
    else records.push(record);
  }
  return [...batches].map(([partition, records]) => ({
    topic: "order-commands",
    partition,
    records,
  }));
}
