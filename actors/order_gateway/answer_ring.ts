/**
 * The newest answers of one user, 40 bytes each in one buffer. What an answer says beside these
 * figures follows from the command, which a resend brings along.
 *
 * @module
 */

import { REJECT_REASONS, type RejectReason } from "../../kafka/messages/mod.ts";
import type { Hash64 } from "./hash64.ts";

/** What was decided on a command, as far as the command itself does not say it. */
export interface Outcome {
  /** Null: accepted. */
  readonly reason: RejectReason | null;
  /** Of an accepted order; else 0. */
  readonly orderNumber: number;
  /**
   * What an accepted order reserved, or what was available when it was too little, or the bound on a
   * partition's live orders that was met; else 0.
   */
  readonly amount: number;
}

/** An answer that is still remembered. */
export interface RememberedAnswer {
  readonly body: Hash64;
  /** The stamp of the command that was answered, in milliseconds since the epoch. */
  readonly stamp: number;
  readonly outcome: Outcome;
}

/** Stamp, order number, amount, body hash (two halves), reason code. */
const NUMBERS_PER_ANSWER = 5;
export const BYTES_PER_ANSWER = NUMBERS_PER_ANSWER * 8;
const FIRST_CAPACITY = 8;

const CODES: ReadonlyMap<RejectReason | null, number> = new Map<RejectReason | null, number>([
  [null, 0],
  ...REJECT_REASONS.map((reason, i) => [reason, i + 1] as const),
]);

/** Answers by ordinal; the oldest gives way when there are more than the limit. */
export class AnswerRing {
  readonly #limit: number;
  #capacity: number;
  #count = 0;
  #numbers: Float64Array;
  #halves: Uint32Array;

  constructor(limit: number, capacity: number = FIRST_CAPACITY) {
    this.#limit = limit;
    this.#capacity = Math.min(limit, capacity);
    this.#numbers = new Float64Array(this.#capacity * NUMBERS_PER_ANSWER);
    this.#halves = new Uint32Array(this.#numbers.buffer);
  }

  /** Bytes of the buffer. */
  get byteLength(): number {
    return this.#numbers.byteLength;
  }

  /** Appends the next ordinal's answer. */
  push(body: Hash64, stamp: number, outcome: Outcome): void {
    if (this.#count === this.#capacity && this.#capacity < this.#limit) this.#grow();
    const at = this.#count % this.#capacity * NUMBERS_PER_ANSWER;
    this.#numbers[at] = stamp;
    this.#numbers[at + 1] = outcome.orderNumber;
    this.#numbers[at + 2] = outcome.amount;
    this.#halves[2 * at + 6] = body.hi;
    this.#halves[2 * at + 7] = body.lo;
    this.#numbers[at + 4] = CODES.get(outcome.reason)!;
    this.#count++;
  }

  /** The answer of an ordinal, or null when it has given way. */
  get(ordinal: number): RememberedAnswer | null {
    if (ordinal < this.#count - this.#limit) return null;
    const at = ordinal % this.#capacity * NUMBERS_PER_ANSWER;
    const code = this.#numbers[at + 4]!;
    return {
      body: { hi: this.#halves[2 * at + 6]!, lo: this.#halves[2 * at + 7]! },
      stamp: this.#numbers[at]!,
      outcome: {
        reason: code === 0 ? null : REJECT_REASONS[code - 1]!,
        orderNumber: this.#numbers[at + 1]!,
        amount: this.#numbers[at + 2]!,
      },
    };
  }

  /** The remembered answers, oldest first. */
  toBytes(): Uint8Array {
    const kept = Math.min(this.#count, this.#limit);
    const all = new Uint8Array(kept * BYTES_PER_ANSWER);
    const ring = new Uint8Array(this.#numbers.buffer);
    const first = (this.#count - kept) % this.#capacity;
    const head = Math.min(kept, this.#capacity - first) * BYTES_PER_ANSWER;
    all.set(ring.subarray(first * BYTES_PER_ANSWER, first * BYTES_PER_ANSWER + head));
    all.set(ring.subarray(0, all.length - head), head);
    return all;
  }

  /** The ring that {@link toBytes} listed, `count` answers having been pushed in all. */
  static fromBytes(bytes: Uint8Array, limit: number, count: number): AnswerRing {
    const kept = bytes.length / BYTES_PER_ANSWER;
    let capacity = Math.min(limit, FIRST_CAPACITY);
    while (capacity < kept) capacity = Math.min(limit, capacity * 2);
    const ring = new AnswerRing(limit, capacity);
    const target = new Uint8Array(ring.#numbers.buffer);
    const first = (count - kept) % capacity;
    const head = Math.min(kept, capacity - first) * BYTES_PER_ANSWER;
    target.set(bytes.subarray(0, head), first * BYTES_PER_ANSWER);
    target.set(bytes.subarray(head));
    ring.#count = count;
    return ring;
  }

  #grow(): void {
    // Never wrapped before it is as large as the limit, so that places stay what they are.
    this.#capacity = Math.min(this.#limit, this.#capacity * 2);
    const larger = new Float64Array(this.#capacity * NUMBERS_PER_ANSWER);
    larger.set(this.#numbers);
    this.#numbers = larger;
    this.#halves = new Uint32Array(larger.buffer);
  }
}
