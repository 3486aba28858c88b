/**
 * A row of the file, read back as records that decode only what is asked of them.
 *
 * @module
 */

import { EventLogError, type LogRecord } from "../event_log.ts";
import { SPAN, type SpannedRecord, type ValueSpan } from "../value_span.ts";
import {
  BATCH_VERSION,
  CHECKSUM_BYTES,
  FLAG,
  HEADER_BYTES,
  NULL_LENGTH,
  rowChecksum,
  UNCHECKED_BATCH_VERSION,
} from "./batch_encoder.ts";

/** Where a row belongs. */
export interface RowPlace {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  /** The largest timestamp of the row's records, in milliseconds. */
  readonly timestamp: number;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * V8 keeps a longer substring as a view of the whole string: a program that remembers keys would
 * keep the keys of every batch they came in.
 */
const SHORT_STRING = 12;

/** One row, decoded as far as it was needed. */
export class StoredBatch {
  readonly topic: string;
  readonly partition: number;
  readonly baseOffset: number;
  readonly count: number;
  readonly data: Uint8Array;
  readonly #timestamp: number;
  readonly #flags: number;
  readonly #view: DataView;
  readonly #end: number;
  readonly #keysStart: number;
  readonly #valuesStart: number;
  readonly #valuesEnd: number;
  readonly #timestampsStart: number;
  readonly #headerLengthsStart: number;
  #keysText: string | null = null;
  #valuesText: string | null = null;
  #headerStarts: Uint32Array | null = null;

  /** @throws {EventLogError} `log-corrupt`, `log-version` when the bytes are no row */
  constructor(place: RowPlace, data: Uint8Array) {
    this.topic = place.topic;
    this.partition = place.partition;
    this.baseOffset = place.baseOffset;
    this.#timestamp = place.timestamp;
    this.data = data;
    this.#view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (data.length < HEADER_BYTES) throw this.damaged();
    if (data[0] !== BATCH_VERSION && data[0] !== UNCHECKED_BATCH_VERSION) {
      throw new EventLogError(
        "log-version",
        `Cannot read "${this.topic}"/${this.partition} at ${this.baseOffset}: the row has layout ` +
          `version ${data[0]}, and this program knows ${BATCH_VERSION}`,
      );
    }
    this.#end = data[0] === BATCH_VERSION ? this.#checkedEnd() : data.length;
    this.#flags = data[1]!;
    this.count = this.#view.getUint32(4, true);
    this.#timestampsStart = HEADER_BYTES + this.count * (this.#has(FLAG.offsets) ? 12 : 8);
    this.#headerLengthsStart = this.#timestampsStart +
      (this.#has(FLAG.timestamps) ? 8 * this.count : 0);
    this.#keysStart = this.#headerLengthsStart + (this.#has(FLAG.headers) ? 4 * this.count : 0);
    this.#valuesStart = this.#keysStart + this.#view.getUint32(8, true);
    this.#valuesEnd = this.#valuesStart + this.#view.getUint32(12, true);
    if (this.#valuesEnd > this.#end) throw this.damaged();
  }

  /** Where the row ends and its checksum begins. @throws {EventLogError} when it does not agree */
  #checkedEnd(): number {
    const end = this.data.length - CHECKSUM_BYTES;
    const agrees = end >= HEADER_BYTES &&
      this.#view.getUint32(end, true) ===
        rowChecksum(this.data, { baseOffset: this.baseOffset, timestamp: this.#timestamp });
    if (!agrees) throw this.damaged();
    return end;
  }

  /** Its records from offset `from` on, in order. */
  records(from: number): LogRecord[] {
    const records: LogRecord[] = [];
    const dense = !this.#has(FLAG.offsets);
    let keyAt = this.#keysStart;
    let valueAt = this.#valuesStart;
    const valueLengths = HEADER_BYTES + 4 * this.count;
    for (let i = 0; i < this.count; i++) {
      const keyLength = this.#view.getUint32(HEADER_BYTES + 4 * i, true);
      const valueLength = this.#view.getUint32(valueLengths + 4 * i, true);
      const offset = this.baseOffset + (dense ? i : this.#offsetDelta(i));
      const keyEnd = keyLength === NULL_LENGTH ? -1 : keyAt + keyLength;
      const valueEnd = valueLength === NULL_LENGTH ? -1 : valueAt + valueLength;
      if (offset >= from) {
        records.push(new StoredRecord(this, i, offset, keyAt, keyEnd, valueAt, valueEnd));
      }
      if (keyEnd >= 0) keyAt = keyEnd;
      if (valueEnd >= 0) valueAt = valueEnd;
    }
    if (keyAt !== this.#valuesStart || valueAt !== this.#valuesEnd) throw this.damaged();
    return records;
  }

  timestampOf(index: number): number {
    if (!this.#has(FLAG.timestamps)) return this.#timestamp;
    return this.#view.getFloat64(this.#timestampsStart + 8 * index, true);
  }

  keyText(start: number, end: number): string {
    if (!this.#has(FLAG.ascii) || end - start > SHORT_STRING) {
      return decoder.decode(this.data.subarray(start, end));
    }
    this.#keysText ??= decoder.decode(this.data.subarray(this.#keysStart, this.#valuesStart));
    return this.#keysText.substring(start - this.#keysStart, end - this.#keysStart);
  }

  /** Null when the bytes are not UTF-8. */
  valueText(start: number, end: number): string | null {
    if (!this.#has(FLAG.ascii)) {
      try {
        return strictDecoder.decode(this.data.subarray(start, end));
      } catch (error) {
        if (error instanceof TypeError) return null;
        throw error;
      }
    }
    this.#valuesText ??= decoder.decode(this.data.subarray(this.#valuesStart, this.#valuesEnd));
    return this.#valuesText.substring(start - this.#valuesStart, end - this.#valuesStart);
  }

  headersOf(index: number): Readonly<Record<string, string>> {
    if (!this.#has(FLAG.headers)) return NO_HEADERS;
    const start = this.#headerStart(index);
    const end = start + this.#headerLength(index);
    if (end === start) return NO_HEADERS;
    // Written by the encoder from headers of this type.
    return JSON.parse(decoder.decode(this.data.subarray(start, end))) as Record<string, string>;
  }

  #headerStart(index: number): number {
    if (this.#headerStarts === null) {
      this.#headerStarts = new Uint32Array(this.count);
      let at = this.#valuesEnd;
      for (let i = 0; i < this.count; i++) {
        this.#headerStarts[i] = at;
        at += this.#headerLength(i);
      }
      if (at !== this.#end) throw this.damaged();
    }
    return this.#headerStarts[index]!;
  }

  #headerLength(index: number): number {
    return this.#view.getUint32(this.#headerLengthsStart + 4 * index, true);
  }

  #offsetDelta(index: number): number {
    return this.#view.getUint32(HEADER_BYTES + 8 * this.count + 4 * index, true);
  }

  #has(flag: number): boolean {
    return (this.#flags & flag) !== 0;
  }

  /** The error of a row that is not as it was written. */
  damaged(): EventLogError {
    return new EventLogError(
      "log-corrupt",
      `Cannot read "${this.topic}"/${this.partition} at ${this.baseOffset}: the row is damaged`,
    );
  }
}

/** A record of a row. `value` is a view of the row's bytes and must not be changed. */
class StoredRecord implements LogRecord, SpannedRecord, ValueSpan {
  readonly offset: number;
  /** Of the value, among the row's bytes. */
  readonly start: number;
  /** Of the value; negative for a tombstone. */
  readonly end: number;
  readonly #batch: StoredBatch;
  readonly #index: number;
  readonly #keyStart: number;
  readonly #keyEnd: number;
  /** Kept: to make a view costs more than to compare its bytes. */
  #value: Uint8Array | null = null;

  // Positional, unlike elsewhere: it is called once for every record that is read.
  constructor(
    batch: StoredBatch,
    index: number,
    offset: number,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ) {
    this.offset = offset;
    this.#batch = batch;
    this.#index = index;
    this.#keyStart = keyStart;
    this.#keyEnd = keyEnd;
    this.start = valueStart;
    this.end = valueEnd;
  }

  get topic(): string {
    return this.#batch.topic;
  }

  get partition(): number {
    return this.#batch.partition;
  }

  get timestamp(): number {
    return this.#batch.timestampOf(this.#index);
  }

  get key(): string | null {
    return this.#keyEnd < 0 ? null : this.#batch.keyText(this.#keyStart, this.#keyEnd);
  }

  get value(): Uint8Array | null {
    if (this.end < 0) return null;
    return this.#value ??= this.#batch.data.subarray(this.start, this.end);
  }

  /** Itself: an object of its own would cost as much as a view. */
  get [SPAN](): ValueSpan | null {
    return this.end < 0 ? null : this;
  }

  get bytes(): Uint8Array {
    return this.#batch.data;
  }

  get text(): string | null {
    return this.end < 0 ? null : this.#batch.valueText(this.start, this.end);
  }

  get headers(): Readonly<Record<string, string>> {
    return this.#batch.headersOf(this.#index);
  }
}
