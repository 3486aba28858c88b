/**
 * What the commands of one lane name, as columns. Most names are never looked at, since a command names
 * what its intent has named: they stay bytes until somebody asks.
 *
 * @module
 */

import { MAX_ID_LENGTH } from "../../../kafka/messages/mod.ts";
import type { ClaimedNames } from "./claimed_names.ts";
import type { LineBuffer } from "./line_buffer.ts";
import type { RecordClaims } from "./record_claims.ts";

/** Bytes of a user and an order in UTF-8, at most. */
const MAX_NAMES_BYTES = 2 * 3 * MAX_ID_LENGTH;

/** Room for the names of so few commands that growing costs nothing. */
const FIRST_BYTES = 65_536;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Commands and intents of one batch. */
export class CommandColumns {
  /** By command: the producer of an id `producer/number`; null for others. */
  producers: (string | null)[] = [];
  numbers = new Float64Array(0);
  /** A hash of the user and the order; 0 when no user is named. */
  hashes = new Float64Array(0);
  /** Where the user begins among the names, and the order; where that ends. */
  #users = new Int32Array(0);
  #orders = new Int32Array(0);
  #ends = new Int32Array(0);
  /** All names in UTF-8, one behind the other. */
  #names = new Uint8Array(FIRST_BYTES);
  #used = 0;
  /** The names as one text, once somebody has asked for a user. */
  #text: string | null = null;

  /** Forgets what was there, and makes room for a batch. */
  begin(count: number): void {
    this.producers = [];
    this.#used = 0;
    this.#text = null;
    if (this.numbers.length >= count) return;
    this.numbers = new Float64Array(count);
    this.hashes = new Float64Array(count);
    this.#users = new Int32Array(count);
    this.#orders = new Int32Array(count);
    this.#ends = new Int32Array(count);
  }

  /** Adds what the next record of the batch names. */
  push({ producer, number, names }: RecordClaims): void {
    const at = this.producers.length;
    this.producers.push(producer);
    this.numbers[at] = number;
    this.#makeRoom();
    const start = this.#used;
    const middle = this.#addUser(names, start);
    const end = this.#addOrder(names, middle);
    this.#users[at] = start;
    this.#orders[at] = middle;
    this.#ends[at] = end;
    this.#used = end;
    this.hashes[at] = middle === start ? 0 : hashOf(this.#names, start, middle, end);
  }

  /** Whom a command names; null when it names nobody. */
  userId(at: number): string | null {
    const [from, to] = [this.#users[at]!, this.#orders[at]!];
    if (from === to) return null;
    this.#text ??= decoder.decode(this.#names.subarray(0, this.#used));
    // Of ASCII alone a byte is a character.
    if (this.#text.length === this.#used) return this.#text.slice(from, to);
    return decoder.decode(this.#names.subarray(from, to));
  }

  /** Whether it names an order. */
  hasOrder(at: number): boolean {
    return this.#orders[at]! < this.#ends[at]!;
  }

  /** Writes down whom it names. */
  writeUser(at: number, line: LineBuffer): void {
    line.add(this.#names, this.#users[at]!, this.#orders[at]!);
  }

  /** Writes down the order that it names. */
  writeOrder(at: number, line: LineBuffer): void {
    line.add(this.#names, this.#orders[at]!, this.#ends[at]!);
  }

  #addUser(names: ClaimedNames, at: number): number {
    if (names.bytes === null) return this.#encode(names.userId, at);
    return this.#copy(names.bytes, names.userStart, names.userEnd, at);
  }

  #addOrder(names: ClaimedNames, at: number): number {
    if (names.bytes === null) return this.#encode(names.orderId, at);
    return this.#copy(names.bytes, names.orderStart, names.orderEnd, at);
  }

  #copy(bytes: Uint8Array, from: number, to: number, at: number): number {
    const names = this.#names;
    // Names are short: a call to copy them takes longer.
    for (let i = from; i < to; i++) names[at++] = bytes[i]!;
    return at;
  }

  #encode(name: string | null, at: number): number {
    return at + (name === null ? 0 : encoder.encodeInto(name, this.#names.subarray(at)).written);
  }

  #makeRoom(): void {
    if (this.#used + MAX_NAMES_BYTES <= this.#names.length) return;
    const larger = new Uint8Array(2 * this.#names.length);
    larger.set(this.#names);
    this.#names = larger;
  }
}

/** Of 53 bits, so that two commands of one number that name different things are not confused. */
function hashOf(names: Uint8Array, start: number, middle: number, end: number): number {
  let [high, low] = [0, 0];
  for (let i = start; i < end; i++) {
    // Between the two names stands a byte that is in no text.
    if (i === middle) high = Math.imul(high ^ 0xff, 0x9e3779b1);
    high = Math.imul(high ^ names[i]!, 0x9e3779b1);
    low = Math.imul(low, 31) + names[i]! | 0;
  }
  return ((high ^ high >>> 15) >>> 11) * 2 ** 32 + (low >>> 0) + 1;
}
