/**
 * One user's memory of what was asked and answered. A first answer may be forgotten, an id never:
 * past the horizon it stays as a fingerprint.
 *
 * @module
 */

import type { GatewayLimits } from "../../kafka/messages/mod.ts";
import { AnswerRing, type Outcome, type RememberedAnswer } from "./answer_ring.ts";
import { FingerprintTable } from "./fingerprint_table.ts";
import { type Hash64, Hasher } from "./hash64.ts";

/** The limits that say how much is remembered. */
export type MemoryLimits = Pick<
  GatewayLimits,
  "answersPerUser" | "answerHorizonMs" | "fingerprintsPerUser"
>;

/** Commands of different kinds may have equal ids. */
export type IdKind = "order" | "cancel" | "deposit" | "account";

const KIND_WORDS: Readonly<Record<IdKind, number>> = {
  order: 1,
  cancel: 2,
  deposit: 3,
  account: 4,
};

/** The fingerprint of a user and an id. `user` is the hash of the user's id. */
export function hashId(user: Hash64, kind: IdKind, id: string): Hash64 {
  return new Hasher(user).word(KIND_WORDS[kind]).text(id).finish();
}

/** What is known of a command's id. */
export type Recall =
  /** Answered before, and the body is the same. */
  | { readonly kind: "repeat"; readonly outcome: Outcome }
  /** Answered before, and the body was another. */
  | { readonly kind: "conflict" }
  /** Used before, and the answer is forgotten. */
  | { readonly kind: "stale" }
  /** Never used, but there is no room for another id. */
  | { readonly kind: "full" }
  | { readonly kind: "new" };

const CONFLICT: Recall = { kind: "conflict" };
const STALE: Recall = { kind: "stale" };
const FULL: Recall = { kind: "full" };
const NEW: Recall = { kind: "new" };

/** The ids that one user has used, and the newest answers. */
export class Idempotency {
  readonly #limits: MemoryLimits;
  readonly #ids: FingerprintTable;
  readonly #answers: AnswerRing;

  constructor(
    limits: MemoryLimits,
    ids: FingerprintTable = new FingerprintTable(),
    answers: AnswerRing = new AnswerRing(limits.answersPerUser),
  ) {
    this.#limits = limits;
    this.#ids = ids;
    this.#answers = answers;
  }

  /** How many ids have been used. */
  get used(): number {
    return this.#ids.size;
  }

  /** Bytes of the buffers. */
  get byteLength(): number {
    return this.#ids.byteLength + this.#answers.byteLength;
  }

  /** The how-manieth id of the user it is, from 0; -1 for one that was never used. */
  find(id: Hash64): number {
    return this.#ids.find(id);
  }

  /**
   * What is kept of an id, without judging it: null for one that was never used. Its answer is null
   * once newer ones have taken its place; whether it is past the horizon is {@link recall}'s to say.
   */
  lookUp(
    id: Hash64,
  ): { readonly ordinal: number; readonly answer: RememberedAnswer | null } | null {
    const ordinal = this.#ids.find(id);
    return ordinal < 0 ? null : { ordinal, answer: this.#answers.get(ordinal) };
  }

  recall(id: Hash64, body: Hash64, now: number): Recall {
    const ordinal = this.#ids.find(id);
    if (ordinal < 0) return this.#ids.size >= this.#limits.fingerprintsPerUser ? FULL : NEW;
    const answer = this.#answers.get(ordinal);
    if (answer === null || now - answer.stamp > this.#limits.answerHorizonMs) return STALE;
    if (answer.body.hi !== body.hi || answer.body.lo !== body.lo) return CONFLICT;
    return { kind: "repeat", outcome: answer.outcome };
  }

  /** Uses up an id of which {@link recall} said `new`. */
  remember(id: Hash64, body: Hash64, now: number, outcome: Outcome): void {
    this.#ids.add(id);
    this.#answers.push(body, now, outcome);
  }

  /** What {@link restore} takes: fingerprints by age, and the answers still there. */
  dump(): { readonly fingerprints: Uint32Array; readonly answers: Uint8Array } {
    return { fingerprints: this.#ids.toArray(), answers: this.#answers.toBytes() };
  }

  static restore(
    limits: MemoryLimits,
    dumped: { readonly fingerprints: Uint32Array; readonly answers: Uint8Array },
  ): Idempotency {
    const used = dumped.fingerprints.length / 2;
    return new Idempotency(
      limits,
      FingerprintTable.fromArray(dumped.fingerprints),
      AnswerRing.fromBytes(dumped.answers, limits.answersPerUser, used),
    );
  }
}
