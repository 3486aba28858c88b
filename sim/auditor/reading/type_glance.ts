/**
 * Tells at a glance that a record holds a message of certain types, or none at all: for whoever has
 * nothing to do with them, and need not read them.
 *
 * @module
 */

import type { StoredValue } from "../../../kafka/value_span.ts";
import { Literal } from "../../../kafka/literal.ts";
import { ByteCursor, NOWHERE } from "./byte_cursor.ts";
import { openingOf, shapeKey, SHORTEST_MESSAGE } from "./message_shapes.ts";

const [TYP, TYPE, YPE] = ['"typ', "type", 'ype"'].map(wordOf);
/** Three bytes, behind whichever. */
const TY = wordOf('?"ty') >>> 8;

const BACKSLASHES = wordOf("\\\\\\\\");
const ONES = 0x01010101;
const HIGH_BITS = 0x80808080 | 0;

/** Looks at records of one topic. */
export class TypeGlance {
  readonly #cursor = new ByteCursor();
  /** How messages of the types begin, by {@link shapeKey}. */
  readonly #openings = new Map<number, Literal[]>();

  constructor(types: readonly string[]) {
    for (const type of types) {
      const start = new TextEncoder().encode(openingOf(type).padEnd(SHORTEST_MESSAGE));
      const key = shapeKey(new DataView(start.buffer), 0);
      this.#openings.set(key, [
        ...this.#openings.get(key) ?? [],
        new Literal(openingOf(type)),
      ]);
    }
  }

  /**
   * Whether a value is a message of one of the types, unless they are no JSON. That they begin as one is
   * not enough: the last of two fields of a name counts, and a name may be written with escapes.
   */
  sees(record: StoredValue): boolean {
    const cursor = this.#cursor;
    const start = cursor.turnToValue(record);
    if (start === NOWHERE || cursor.end - start < SHORTEST_MESSAGE) return false;
    const openings = this.#openings.get(shapeKey(cursor.view, start));
    if (openings === undefined) return false;
    for (let n = 0; n < openings.length; n++) {
      const at = cursor.literal(start, openings[n]!);
      if (at !== NOWHERE) return isPlain(cursor, at);
    }
    return false;
  }
}

/**
 * Whether no backslash comes, and nothing that could be part of `"type"`. Four bytes are looked at every
 * four: of six in a row, they are the first, second or third four, or the first three are their last.
 */
function isPlain({ view, end }: ByteCursor, from: number): boolean {
  const last = end - 4;
  for (let at = from; at < last; at += 4) {
    const word = view.getInt32(at, true);
    if (word === TYP || word === TYPE || word === YPE || word >>> 8 === TY) return false;
    if (hasBackslash(word)) return false;
  }
  const word = view.getInt32(last, true);
  return word !== YPE && !hasBackslash(word);
}

function hasBackslash(word: number): boolean {
  const other = word ^ BACKSLASHES;
  // A byte that is 0 borrows from its highest bit when 1 is taken away.
  return ((other - ONES) & ~other & HIGH_BITS) !== 0;
}

function wordOf(text: string): number {
  return new Literal(text).words[0]!;
}
