/**
 * The price levels of one side of a book, by rank: 0 is the best price there can be.
 *
 * A tree of pages of 64 places over 27 bits of rank, five pages deep. Each page has a bitmap of its
 * occupied places, so the next occupied level is found with a count of trailing zeros, however far
 * away its price. Pages and levels are taken when a price gets its first order and given back with
 * its last: an order alone in its neighbourhood costs four pages of 272 bytes, and the range of
 * prices costs nothing.
 *
 * @module
 */

import { grownFloats, grownInts } from "./live_orders.ts";
import { NONE } from "./order_index.ts";

const PAGE_BITS = 6;
const PAGE_PLACES = 1 << PAGE_BITS;
const PLACE_MASK = PAGE_PLACES - 1;
/** 27 bits of rank: 3 at the root and 6 at each of the four pages below. */
const ROOT_SHIFT = 24;

/** A page is: bitmap of places 0-31, of 32-63, the parent page, the place in the parent, 64 places. */
const HIGH_HALF = 1;
const PARENT = 2;
const PLACE = 3;
const PLACES = 4;
const PAGE_SIZE = PLACES + PAGE_PLACES;

const INITIAL_PAGES = 8;
const INITIAL_LEVELS = 32;

/** Columns by level. A column is replaced when the ladder grows: never keep one across {@link at}. */
export class PriceLadder {
  ranks = new Int32Array(INITIAL_LEVELS);
  /** Oldest order of the level; among free levels, the next free one. */
  heads = new Int32Array(INITIAL_LEVELS);
  /** Youngest order of the level. */
  tails = new Int32Array(INITIAL_LEVELS);
  /** Sum of the orders' lots: a double, since it may pass 2^31. */
  lots = new Float64Array(INITIAL_LEVELS);
  /** How many orders there are. */
  counts = new Int32Array(INITIAL_LEVELS);
  /** The level of the lowest rank, or {@link NONE}. */
  best = NONE;
  #leaves = new Int32Array(INITIAL_LEVELS);
  /** A place holds 0 for nothing, a page's number, or the complement of a level's. Page 0 is the root. */
  #pages = new Int32Array(INITIAL_PAGES * PAGE_SIZE);
  #freePage = NONE;
  #usedPages = 1;
  #pagesInUse = 1;
  #freeLevel = NONE;
  #usedLevels = 0;
  #levelsInUse = 0;

  /** Levels that hold orders. */
  get levelCount(): number {
    return this.#levelsInUse;
  }

  /** Pages in use, the root included: at most 1 + 4 for every level. */
  get pageCount(): number {
    return this.#pagesInUse;
  }

  /** The level of `rank`; a new one is empty, with {@link NONE} as its head and tail. */
  at(rank: number): number {
    let page = 0;
    for (let shift = ROOT_SHIFT; shift > 0; shift -= PAGE_BITS) {
      const place = (rank >> shift) & PLACE_MASK;
      const child = this.#pages[page * PAGE_SIZE + PLACES + place]!;
      page = child !== 0 ? child : this.#addPage(page, place);
    }
    const held = this.#pages[page * PAGE_SIZE + PLACES + (rank & PLACE_MASK)]!;
    return held !== 0 ? ~held : this.#addLevel(page, rank);
  }

  /** The occupied level of the next higher rank, or {@link NONE}. */
  after(level: number): number {
    const pages = this.#pages;
    let page = this.#leaves[level]!;
    let place = this.ranks[level]! & PLACE_MASK;
    while (true) {
      const next = nextPlace(pages, page, place);
      if (next !== NONE) return this.#firstUnder(page, next);
      if (page === 0) return NONE;
      place = pages[page * PAGE_SIZE + PLACE]!;
      page = pages[page * PAGE_SIZE + PARENT]!;
    }
  }

  /** Gives back an empty level, and every page that is empty without it. */
  remove(level: number): void {
    if (level === this.best) this.best = this.after(level);
    const pages = this.#pages;
    let page = this.#leaves[level]!;
    clearPlace(pages, page, this.ranks[level]! & PLACE_MASK);
    while (page !== 0 && isEmpty(pages, page)) {
      const parent = pages[page * PAGE_SIZE + PARENT]!;
      clearPlace(pages, parent, pages[page * PAGE_SIZE + PLACE]!);
      pages[page * PAGE_SIZE + PARENT] = this.#freePage;
      this.#freePage = page;
      this.#pagesInUse--;
      page = parent;
    }
    this.heads[level] = this.#freeLevel;
    this.#freeLevel = level;
    this.#levelsInUse--;
  }

  #firstUnder(page: number, place: number): number {
    const pages = this.#pages;
    let held = pages[page * PAGE_SIZE + PLACES + place]!;
    while (held > 0) held = pages[held * PAGE_SIZE + PLACES + firstPlace(pages, held)]!;
    return ~held;
  }

  #addPage(parent: number, place: number): number {
    let page = this.#freePage;
    if (page !== NONE) {
      this.#freePage = this.#pages[page * PAGE_SIZE + PARENT]!;
    } else {
      if (this.#usedPages * PAGE_SIZE === this.#pages.length) {
        this.#pages = grownInts(this.#pages, this.#pages.length * 2);
      }
      page = this.#usedPages++;
    }
    this.#pagesInUse++;
    this.#pages[page * PAGE_SIZE + PARENT] = parent;
    this.#pages[page * PAGE_SIZE + PLACE] = place;
    setPlace(this.#pages, parent, place, page);
    return page;
  }

  #addLevel(leaf: number, rank: number): number {
    let level = this.#freeLevel;
    if (level !== NONE) {
      this.#freeLevel = this.heads[level]!;
    } else {
      if (this.#usedLevels === this.heads.length) this.#growLevels();
      level = this.#usedLevels++;
    }
    this.#levelsInUse++;
    this.ranks[level] = rank;
    this.heads[level] = NONE;
    this.tails[level] = NONE;
    this.lots[level] = 0;
    this.counts[level] = 0;
    this.#leaves[level] = leaf;
    setPlace(this.#pages, leaf, rank & PLACE_MASK, ~level);
    if (this.best === NONE || rank < this.ranks[this.best]!) this.best = level;
    return level;
  }

  #growLevels(): void {
    const capacity = this.heads.length * 2;
    this.ranks = grownInts(this.ranks, capacity);
    this.heads = grownInts(this.heads, capacity);
    this.tails = grownInts(this.tails, capacity);
    this.lots = grownFloats(this.lots, capacity);
    this.counts = grownInts(this.counts, capacity);
    this.#leaves = grownInts(this.#leaves, capacity);
  }
}

function setPlace(pages: Int32Array, page: number, place: number, held: number): void {
  const base = page * PAGE_SIZE;
  pages[base + (place >> 5)]! |= 1 << (place & 31);
  pages[base + PLACES + place] = held;
}

function clearPlace(pages: Int32Array, page: number, place: number): void {
  const base = page * PAGE_SIZE;
  pages[base + (place >> 5)]! &= ~(1 << (place & 31));
  pages[base + PLACES + place] = 0;
}

function isEmpty(pages: Int32Array, page: number): boolean {
  const base = page * PAGE_SIZE;
  return (pages[base]! | pages[base + HIGH_HALF]!) === 0;
}

/** The first occupied place of a page that is not empty. */
function firstPlace(pages: Int32Array, page: number): number {
  const base = page * PAGE_SIZE;
  const low = pages[base]!;
  return low !== 0 ? trailingZeros(low) : 32 + trailingZeros(pages[base + HIGH_HALF]!);
}

/** The first occupied place after `place`, or NONE. */
function nextPlace(pages: Int32Array, page: number, place: number): number {
  const base = page * PAGE_SIZE;
  let half = place >> 5;
  // Twice shifted by less than 32, because a shift by 32 would be none at all.
  let word = pages[base + half]! & ((-1 << (place & 31)) << 1);
  if (word === 0 && half === 0) {
    half = 1;
    word = pages[base + HIGH_HALF]!;
  }
  return word === 0 ? NONE : 32 * half + trailingZeros(word);
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
