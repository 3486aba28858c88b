/**
 * Which records were set aside, and by which role.
 *
 * @module
 */

import type { DeadLetter } from "../../../kafka/messages/mod.ts";
import { formatRef } from "../findings.ts";
import type { RecordRef } from "../verdict.ts";

/** Dead letters by role and place. */
export class LetterTable {
  readonly #letters = new Map<string, DeadLetter["kind"]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(letter: DeadLetter): void {
    this.#letters.set(keyOf(letter.role, letter), letter.kind);
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
