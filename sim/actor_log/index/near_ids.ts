/**
 * Ids of a run: those that begin in a way, and those near to one that is not there.
 *
 * @module
 */

import { editDistance } from "../../nearest.ts";
import { type IdSet, PART_END } from "./client_ids.ts";
import type { IndexRows } from "./index_rows.ts";
import { ID_BLOCK_ENTRIES, NEAREST } from "./limits.ts";

/** Ids further apart than this share of the longer one are not taken for one another. */
const MAX_DISTANCE_SHARE = 0.5;

/** Slips of the hand are looked for at so many places of an id. */
const MAX_SLIPS = 24;

/** Where an entry stands in a run of ids. */
interface IdPlace {
  readonly run: number;
  readonly block: number;
  readonly index: number;
}

/** Looks ids up. */
export class IdLookup {
  readonly #rows: IndexRows;

  constructor(rows: IndexRows) {
    this.#rows = rows;
  }

  /** Entries that begin with `beginning`, run after run of sorted ids; the earlier ranks come first. */
  *startingWith(ids: IdSet, beginning: string): Iterable<readonly string[]> {
    for (const [run, blocks] of this.#rows.idRuns(ids).entries()) {
      const found: string[] = [];
      for (
        const entry of this.#onwards(ids, blocks, this.#place(ids, { run, blocks }, beginning))
      ) {
        if (!entry.startsWith(beginning)) break;
        found.push(entry);
      }
      if (found.length > 0) yield found;
    }
  }

  /** Whether there is such an id. */
  has(ids: IdSet, id: string): boolean {
    for (const _ of this.startingWith(ids, id + PART_END)) return true;
    return false;
  }

  /** Ids like one that is not there, the nearest first; where none is like it, two of the run. */
  nearest(ids: IdSet, id: string): readonly string[] {
    const near = new Set(this.#neighbours(ids, id));
    for (const slip of [...slipsOf(id), ...namedAs(near, id)]) {
      if (this.has(ids, slip)) near.add(slip);
    }
    near.delete(id);
    const byDistance = [...near]
      .map((candidate) => ({ candidate, distance: distanceOf(id, candidate) }))
      .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1));
    const alike = byDistance.filter(({ candidate, distance }) =>
      distance <= MAX_DISTANCE_SHARE * Math.max(id.length, candidate.length) ||
      candidate.endsWith(`-${id}`)
    );
    // Where nothing is alike, some show at least what ids of the run look like.
    const named = alike.length > 0 ? alike : byDistance.slice(0, NEAREST.unlike);
    return named.slice(0, NEAREST.named).map(({ candidate }) => candidate);
  }

  /** Those that stand next to it, where it would stand. */
  *#neighbours(ids: IdSet, id: string): Iterable<string> {
    for (const [run, blocks] of this.#rows.idRuns(ids).entries()) {
      const place = this.#place(ids, { run, blocks }, id + PART_END);
      yield* firstParts(this.#onwards(ids, blocks, place));
      yield* firstParts(this.#backwards(ids, place));
    }
  }

  /** Where the first entry of a run stands that is not before `wanted`. */
  #place(
    ids: IdSet,
    { run, blocks }: { readonly run: number; readonly blocks: number },
    wanted: string,
  ): IdPlace {
    let low = 0;
    let high = blocks;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#rows.firstId(ids, run, middle) < wanted) low = middle + 1;
      else high = middle;
    }
    const block = Math.max(0, low - 1);
    const index = this.#rows.idBlock(ids, run, block).findIndex((entry) => entry >= wanted);
    return { run, block, index: index < 0 ? ID_BLOCK_ENTRIES : index };
  }

  *#onwards(ids: IdSet, blocks: number, { run, block, index }: IdPlace): Iterable<string> {
    for (let at = block, from = index; at < blocks; at++, from = 0) {
      yield* this.#rows.idBlock(ids, run, at).slice(from);
    }
  }

  *#backwards(ids: IdSet, { run, block, index }: IdPlace): Iterable<string> {
    for (let at = block, to = index; at >= 0; at--, to = ID_BLOCK_ENTRIES) {
      yield* this.#rows.idBlock(ids, run, at).slice(0, to).reverse();
    }
  }
}

/** The ids of the first entries. */
function* firstParts(entries: Iterable<string>): Iterable<string> {
  let count = 0;
  for (const entry of entries) {
    if (count++ >= NEAREST.neighbours) return;
    yield entry.slice(0, entry.indexOf(PART_END));
  }
}

/** What may have been meant: the numbers next to its own, a letter too many, two letters swapped. */
function* slipsOf(id: string): Iterable<string> {
  const digits = /\d{1,15}$/.exec(id)?.[0];
  if (digits !== undefined) {
    const name = id.slice(0, -digits.length);
    for (const step of [-1, 1]) yield name + Math.max(0, Number(digits) + step);
    yield name + Number(digits);
  }
  yield id.toLowerCase();
  yield id.toUpperCase();
  yield id.trim();
  for (let at = 0; at < Math.min(MAX_SLIPS, id.length); at++) {
    yield id.slice(0, at) + id.slice(at + 1);
    yield id.slice(0, at) + id.slice(at + 1, at + 2) + id.charAt(at) + id.slice(at + 2);
  }
}

/** Of a number alone, the ids that end with it, named as others of the run are. */
function* namedAs(others: Iterable<string>, id: string): Iterable<string> {
  if (!/^\d{1,15}$/.test(id)) return;
  const names = new Set([...others].map((other) => NUMBERED.exec(other)?.[1]));
  for (const name of names) if (name !== undefined) yield name + id;
}

/** As many letters as are otherwise, or as far as two numbers of one name are apart. */
function distanceOf(id: string, candidate: string): number {
  const letters = editDistance(id.toLowerCase(), candidate.toLowerCase());
  return Math.min(letters, numberGap(id, candidate));
}

/** How far apart the numbers at the ends of two ids are that are the same before; else Infinity. */
function numberGap(id: string, other: string): number {
  const own = NUMBERED.exec(id);
  const others = NUMBERED.exec(other);
  if (own === null || others === null || own[1] !== others[1]) return Infinity;
  return Math.abs(Number(own[2]) - Number(others[2]));
}

const NUMBERED = /^(.*?)(\d{1,15})$/s;
