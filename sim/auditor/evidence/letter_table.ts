/**
 * Which records were set aside, and by which role.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { DeadLetter } from "../../../kafka/messages/mod.ts";
import { formatRef, refOf } from "../findings.ts";
import type { RecordRef } from "../verdict.ts";

/** A message that a fold threw on and that was skipped. */
export interface PoisonLetter {
  readonly record: RecordRef;
  readonly letterAt: RecordRef;
  readonly role: string;
  /** The message's type, as far as the letter's bytes tell it. */
  readonly type: string;
  readonly error: string;
}

/** Dead letters by role and place. */
export class LetterTable {
  readonly #letters = new Map<string, DeadLetter["kind"]>();
  readonly #poison: PoisonLetter[] = [];
  #size = 0;

  /** Each record that a role skipped as poison, once, in the order of the letters. */
  get poison(): readonly PoisonLetter[] {
    return this.#poison;
  }

  get size(): number {
    return this.#size;
  }

  add(letter: DeadLetter, letterAt: RecordRef): void {
    const key = keyOf(letter.role, letter);
    if (letter.kind === "poison" && this.#letters.get(key) !== "poison") {
      const { role, error } = letter;
      this.#poison.push({
        record: refOf(letter),
        letterAt: refOf(letterAt),
        role,
        error,
        type: typeIn(letter),
      });
    }
    this.#letters.set(key, letter.kind);
    this.#size++;
  }

  /** Why the role set a record aside; null when it did not. */
  kindOf(role: string, at: RecordRef): DeadLetter["kind"] | null {
    // Most runs have no letters at all, and this is asked for every record.
    if (this.#letters.size === 0) return null;
    return this.#letters.get(keyOf(role, at)) ?? null;
  }
}

function keyOf(role: string, at: RecordRef): string {
  return `${role} ${formatRef(at)}`;
}

const TYPE = /"type":"([a-z-]{1,64})"/;

function typeIn({ valueBase64 }: DeadLetter): string {
  return TYPE.exec(Buffer.from(valueBase64 ?? "", "base64").toString())?.[1] ?? "record";
}
