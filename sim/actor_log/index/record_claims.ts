/**
 * What a record says of where it came from and what it is about: all that the order and the lookups go
 * by. Read from its bytes where they are as our encoders write them, else from the decoded message.
 *
 * Of every record that is a message of its topic it is what the message says, with one exception: in
 * topics that only actors write, bytes that end as an output of a fold does are taken at their word,
 * whatever stands before. They can say no more than a forged message could.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import { spanOf, type ValueSpan } from "../../../kafka/value_span.ts";
import {
  channelOf,
  decodeText,
  idSchema,
  MAX_ID_LENGTH,
  parseOrigin,
} from "../../../kafka/messages/mod.ts";
import { readRecordOf } from "../record_reader.ts";
import { subjectOf } from "../subject.ts";
import {
  ASCII,
  asciiBytes,
  asciiText,
  digitsStart,
  isToken,
  isWholeNumber,
  wholeNumber,
} from "./ascii.ts";
import { ByteRow } from "./byte_row.ts";
import { ClaimedNames } from "./claimed_names.ts";
import { fingerprintOf, fingerprintOfAscii } from "./correlation_fingerprint.ts";
import { DerivedTail } from "./derived_tail.ts";
import { FIELD, FlatObject, KIND } from "./flat_object.ts";
import { type Lane, LANE_TOPICS, type LaneTable, type LaneTopic } from "./lanes.ts";
import {
  isPrice,
  isSureAcknowledgement,
  isSureCommand,
  isSureIntent,
  isSureSettlement,
  MAX_MESSAGE_ID_LENGTH,
} from "./sure_messages.ts";

const TOPIC_TOKENS = LANE_TOPICS.map(asciiBytes);

/** Where a type's first letter stands in `{"type":"…`. */
const TYPE_AT = 9;

/** What a record says: one object for many, read into again and again. */
export class RecordClaims {
  /** Of the correlation id; -1 without a message. */
  fingerprint = -1;
  /** The lane of the record whose fold gave it; -1 when the log has no such record. */
  originLane = -1;
  originOffset = 0;
  /** The lane by whose channel it came, with {@link sequence}; -1 when it is not derived. */
  channel = -1;
  sequence = 0;
  /** Of an intent or a client's command with an id `producer/number`; null for others. */
  producer: string | null = null;
  number = 0;
  /** Whom a client's command, or an intent's, names. */
  readonly names = new ClaimedNames();
  readonly #table: LaneTable;
  readonly #firstLane: readonly number[];
  readonly #counts: readonly number[];
  #row = new ByteRow(new Uint8Array());
  readonly #tail = new DerivedTail();
  readonly #inner = new FlatObject({ isQuoted: true });
  readonly #outer = new FlatObject({ inner: this.#inner });
  #lastProducer = "";
  #lastProducerBytes = new Uint8Array();

  constructor(table: LaneTable) {
    this.#table = table;
    this.#firstLane = LANE_TOPICS.map((topic) => table.find({ topic, partition: 0 }));
    this.#counts = LANE_TOPICS.map((topic) =>
      table.lanes.filter((lane) => lane.topic === topic).length
    );
  }

  /** Reads a record of a topic. */
  read(record: LogRecord, topic: LaneTopic): void {
    this.#reset();
    const span = spanOf(record);
    if (span === null) return;
    if (!this.#readBytes(span, topic)) {
      this.#reset();
      this.#readMessage(record, topic);
    }
  }

  #reset(): void {
    this.fingerprint = -1;
    this.originLane = -1;
    this.channel = -1;
    this.producer = null;
    this.number = 0;
    this.names.setTexts(null, null);
  }

  /** Whether the bytes are as our encoders write them, and have been read. */
  #readBytes({ bytes, start, end }: ValueSpan, topic: LaneTopic): boolean {
    // Neighbours mostly stand among the same bytes.
    const row = this.#row.bytes === bytes ? this.#row : this.#row = new ByteRow(bytes);
    const first = bytes[start + TYPE_AT];
    switch (topic) {
      case "intents":
        return this.#readIntent(row, start, end);
      case "order-commands":
        // Settlements and releases come from folds, but anybody may write here.
        return first === ASCII.s || first === ASCII.r
          ? this.#readSettlement(row, start, end)
          : this.#readCommand(row, start, end);
      case "market-data":
        return first === ASCII.p
          ? this.#readPrice(row, start, end)
          : this.#readDerived(row, start, end);
      default:
        return this.#readDerived(row, start, end);
    }
  }

  #readDerived(row: ByteRow, from: number, to: number): boolean {
    const tail = this.#tail;
    const { bytes } = row;
    if (!tail.read(row, from, to) || tail.idEnd - tail.idStart > MAX_MESSAGE_ID_LENGTH) {
      return false;
    }
    if (!this.#readOrigin(bytes, tail.idStart, tail.idEnd)) return false;
    this.sequence = tail.sequence;
    this.fingerprint = fingerprintOfAscii(bytes, tail.correlationStart, tail.correlationEnd);
    return true;
  }

  #readSettlement(row: ByteRow, from: number, to: number): boolean {
    const object = this.#outer;
    const { bytes } = row;
    if (!object.read(row, from, to) || !isSureSettlement(object)) return false;
    if (!this.#readEnvelope(object, bytes)) return false;
    if (!this.#readOrigin(bytes, object.start(FIELD.id), object.end(FIELD.id))) return false;
    this.sequence = wholeNumber(bytes, object.start(FIELD.sequence), object.end(FIELD.sequence));
    return true;
  }

  /** `topic/partition/offset/index`, as our encoder writes it, of a lane of this log. */
  #readOrigin(bytes: Uint8Array, from: number, to: number): boolean {
    const indexAt = digitsStart(bytes, to);
    const offsetEnd = indexAt - 1;
    if (!isWholeNumber(bytes, indexAt, to) || bytes[offsetEnd] !== ASCII.slash) return false;
    const offsetAt = digitsStart(bytes, offsetEnd);
    const offset = wholeNumber(bytes, offsetAt, offsetEnd);
    const partitionEnd = offsetAt - 1;
    if (offset < 0 || bytes[partitionEnd] !== ASCII.slash) return false;
    const partitionAt = digitsStart(bytes, partitionEnd);
    const partition = wholeNumber(bytes, partitionAt, partitionEnd);
    const topicEnd = partitionAt - 1;
    if (partition < 0 || bytes[topicEnd] !== ASCII.slash) return false;
    for (let topic = 0; topic < TOPIC_TOKENS.length; topic++) {
      if (!isToken(bytes, from, topicEnd, TOPIC_TOKENS[topic]!)) continue;
      if (partition >= this.#counts[topic]!) return false;
      this.channel = this.#firstLane[topic]! + partition;
      this.#setOrigin(this.channel, offset);
      return true;
    }
    return false;
  }

  #setOrigin(laneNumber: number, offset: number): void {
    const lane: Lane | undefined = this.#table.lanes[laneNumber];
    if (lane === undefined || offset >= lane.end) return;
    this.originLane = laneNumber;
    this.originOffset = offset;
  }

  #readPrice(row: ByteRow, from: number, to: number): boolean {
    const object = this.#outer;
    const { bytes } = row;
    if (!object.read(row, from, to) || !isPrice(object)) return false;
    return this.#readEnvelope(object, bytes);
  }

  #readCommand(row: ByteRow, from: number, to: number): boolean {
    const object = this.#outer;
    const { bytes } = row;
    if (!object.read(row, from, to) || !isSureCommand(object)) return false;
    if (!this.#readEnvelope(object, bytes)) return false;
    this.#readProducer(object, bytes);
    this.#readNames(object, bytes);
    return true;
  }

  #readIntent(row: ByteRow, from: number, to: number): boolean {
    const object = this.#outer;
    const { bytes } = row;
    if (!object.read(row, from, to)) return false;
    if (!this.#readEnvelope(object, bytes)) return false;
    if (isSureAcknowledgement(object)) return true;
    if (!isSureIntent(object)) return false;
    const inner = this.#inner;
    // What names nobody, or somebody in another way, is looked at with care.
    if (inner.kinds[FIELD.userId] !== KIND.text) return false;
    this.#readProducer(object, bytes);
    this.#readNames(inner, bytes);
    return true;
  }

  /** What all envelopes have; false when it is not surely right. */
  #readEnvelope(object: FlatObject, bytes: Uint8Array): boolean {
    if (!object.isText(FIELD.id, MAX_MESSAGE_ID_LENGTH)) return false;
    if (!object.isText(FIELD.correlationId, MAX_MESSAGE_ID_LENGTH)) return false;
    if (object.kinds[FIELD.timestamp] !== KIND.whole) return false;
    const [start, end] = [object.start(FIELD.correlationId), object.end(FIELD.correlationId)];
    this.fingerprint = fingerprintOfAscii(bytes, start, end);
    return true;
  }

  #readProducer(object: FlatObject, bytes: Uint8Array): void {
    const [start, end] = [object.start(FIELD.id), object.end(FIELD.id)];
    const numberAt = digitsStart(bytes, end);
    const number = wholeNumber(bytes, numberAt, end);
    const slash = numberAt - 1;
    if (number < 0 || slash <= start || bytes[slash] !== ASCII.slash) return;
    this.producer = this.#producerAt(bytes, start, slash);
    this.number = number;
  }

  /** Neighbours mostly are of one producer, whose name is made once. */
  #producerAt(bytes: Uint8Array, from: number, to: number): string {
    if (!isToken(bytes, from, to, this.#lastProducerBytes)) {
      this.#lastProducerBytes = bytes.slice(from, to);
      this.#lastProducer = asciiText(bytes, from, to);
    }
    return this.#lastProducer;
  }

  #readNames(object: FlatObject, bytes: Uint8Array): void {
    const { names } = this;
    const hasUser = object.isText(FIELD.userId, MAX_ID_LENGTH);
    const hasOrder = object.isText(FIELD.orderId, MAX_ID_LENGTH);
    names.bytes = bytes;
    names.userStart = hasUser ? object.start(FIELD.userId) : 0;
    names.userEnd = hasUser ? object.end(FIELD.userId) : 0;
    names.orderStart = hasOrder ? object.start(FIELD.orderId) : 0;
    names.orderEnd = hasOrder ? object.end(FIELD.orderId) : 0;
  }

  /** The careful way: everything by the message. */
  #readMessage(record: LogRecord, topic: LaneTopic): void {
    const decoded = decodeText(topic, record.text);
    if (!decoded.ok) return;
    const { message } = decoded;
    this.fingerprint = fingerprintOf(message.correlationId);
    const isDerived = "sequence" in message && message.sequence !== undefined;
    if (isDerived) this.#takeOrigin(message.id, message.sequence);
    if (isDerived || (topic !== "intents" && topic !== "order-commands")) return;
    if (!UNSENT.has(message.type)) this.#takeProducer(message.id);
    const { partition, offset } = record;
    const { userId, orderId } = subjectOf(readRecordOf(record, { topic, partition, offset }));
    // An intent's command may be meant to be wrong: what could be no id is none.
    this.names.setTexts(idOf(userId), idOf(orderId));
  }

  #takeOrigin(id: string, sequence: number): void {
    this.channel = this.#table.named(channelOf(id) ?? "");
    this.sequence = sequence;
    const origin = parseOrigin(id);
    if (origin !== null) this.#setOrigin(this.#table.find(origin), origin.offset);
  }

  #takeProducer(id: string): void {
    const match = PRODUCED.exec(id);
    if (match === null) return;
    this.producer = match[1]!;
    this.number = Number(match[2]);
  }
}

function idOf(text: string | null): string | null {
  return idSchema.safeParse(text).success ? text : null;
}

/** Types of these topics that are neither an intent nor a client's command. */
const UNSENT: ReadonlySet<string> = new Set(["intents-acknowledged", "floor-opened"]);

const PRODUCED = /^(.+)\/(0|[1-9]\d{0,14})$/s;
