/**
 * Tables of numbers with millions of rows, in pages. A row's columns lie side by side, so that whoever
 * comes back to an old row brings back one page.
 *
 * @module
 */

import { type Frame, PAGE_BYTES, type PageMemory, type PageOwner } from "./page_memory.ts";
import { PageDirectory } from "./page_directory.ts";

/** Numbers by row, 0 where none was set. */
export interface Column {
  get(row: number): number;
  set(row: number, value: number): void;
}

type Kind = "bytes" | "words" | "doubles";
const SIZES = { bytes: 1, words: 4, doubles: 8 } as const;

/** Columns, and the pages that they share. All columns are made before the first row is set. */
export class Table implements PageOwner {
  readonly #memory: PageMemory;
  readonly #columns: TableColumn[] = [];
  readonly #directory = new PageDirectory();
  /** By frame number + 1, which is what the directory holds of a page in memory. */
  readonly #frames: (Frame | null)[] = [null];
  readonly #freeNumbers: number[] = [];
  /** Bytes of a row; 0 until the first page is asked for. */
  #stride = 0;
  #rowsPerPage = 0;
  /** The page turned to last: its first row, its rows (0: none) and its frame. */
  first = 0;
  rows = 0;
  frame: Frame;

  constructor(memory: PageMemory) {
    this.#memory = memory;
    this.frame = NO_FRAME;
  }

  /** Integers from 0 to 255. */
  bytes(): Column {
    return this.#add(new ByteColumn(this));
  }

  /** Integers from 0 to 2^32 - 1. */
  words(): Column {
    return this.#add(new WordColumn(this));
  }

  /** Any number. */
  doubles(): Column {
    return this.#add(new DoubleColumn(this));
  }

  /** Places of one topic. */
  places(topic: string): PlaceColumn {
    return new PlaceColumn(this, topic);
  }

  /** Turns to the page of a row: the row's number within it, or -1 when it was never made. */
  find(row: number): number {
    if (this.#stride === 0) return -1;
    const page = Math.floor(row / this.#rowsPerPage);
    const place = this.#directory.get(page);
    if (place === 0) return -1;
    return this.#turnTo(page, place) === null ? -1 : row - this.first;
  }

  /** Turns to the page of a row, a new one when it was never made: the row's number within it. */
  make(row: number): number {
    if (this.#stride === 0) this.#layOut();
    const page = Math.floor(row / this.#rowsPerPage);
    const place = this.#directory.get(page);
    if (place === 0) this.#hold(page, this.#memory.makePage(this, page));
    else this.#turnTo(page, place);
    return row - this.first;
  }

  /** Called by the memory when a page leaves it; `frame.filePage` says where it is from now on. */
  putOut(frame: Frame): void {
    const number = this.#directory.get(frame.page);
    this.#frames[number] = null;
    this.#freeNumbers.push(number);
    this.#directory.set(frame.page, frame.filePage === -1 ? 0 : -(frame.filePage + 1));
    if (this.frame === frame) this.#turnAway();
  }

  /** Forgets all rows. */
  clear(): void {
    for (const place of this.#directory.places()) {
      if (place < 0) this.#memory.forgetFilePage(-place - 1);
    }
    for (const frame of this.#frames) {
      if (frame !== null) this.#memory.forgetFrame(frame);
    }
    this.#directory.clear();
    this.#frames.length = 1;
    this.#freeNumbers.length = 0;
    this.#turnAway();
  }

  #add<C extends TableColumn>(column: C): C {
    if (this.#stride !== 0) throw new Error("Cannot add a column: the table has rows");
    this.#columns.push(column);
    return column;
  }

  /** Doubles first, then words, then bytes: so each is where its size lets it be. */
  #layOut(): void {
    let at = 0;
    for (const kind of ["doubles", "words", "bytes"] as const) {
      for (const column of this.#columns) {
        if (column.kind !== kind) continue;
        column.at = at / SIZES[kind];
        at += SIZES[kind];
      }
    }
    const unit = Math.max(...this.#columns.map(({ kind }) => SIZES[kind]));
    this.#stride = Math.ceil(at / unit) * unit;
    for (const column of this.#columns) {
      column.step = this.#stride / SIZES[column.kind];
    }
    this.#rowsPerPage = Math.floor(PAGE_BYTES / this.#stride);
  }

  #turnTo(page: number, place: number): Frame | null {
    const frame = place > 0
      ? this.#frames[place]!
      : this.#hold(page, this.#memory.loadPage(this, page, -place - 1));
    frame.used = true;
    this.frame = frame;
    this.first = page * this.#rowsPerPage;
    this.rows = this.#rowsPerPage;
    return frame;
  }

  #hold(page: number, frame: Frame): Frame {
    const number = this.#freeNumbers.pop() ?? this.#frames.length;
    this.#frames[number] = frame;
    this.#directory.set(page, number);
    this.frame = frame;
    this.first = page * this.#rowsPerPage;
    this.rows = this.#rowsPerPage;
    return frame;
  }

  #turnAway(): void {
    this.first = 0;
    this.rows = 0;
    this.frame = NO_FRAME;
  }
}

interface TableColumn extends Column {
  readonly kind: Kind;
  /** Where it is in a row, and how far it is to the next row, in units of its size. */
  at: number;
  step: number;
}

// One class a size, so that each call meets one kind of array.

class ByteColumn implements TableColumn {
  readonly kind = "bytes";
  readonly #table: Table;
  at = 0;
  step = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  get(row: number): number {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) {
      within = table.find(row);
      if (within < 0) return 0;
    }
    return table.frame.bytes[within * this.step + this.at]!;
  }

  set(row: number, value: number): void {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) within = table.make(row);
    const { frame } = table;
    frame.dirty = true;
    frame.bytes[within * this.step + this.at] = value;
  }
}

class WordColumn implements TableColumn {
  readonly kind = "words";
  readonly #table: Table;
  at = 0;
  step = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  get(row: number): number {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) {
      within = table.find(row);
      if (within < 0) return 0;
    }
    return table.frame.words[within * this.step + this.at]!;
  }

  set(row: number, value: number): void {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) within = table.make(row);
    const { frame } = table;
    frame.dirty = true;
    frame.words[within * this.step + this.at] = value;
  }
}

class DoubleColumn implements TableColumn {
  readonly kind = "doubles";
  readonly #table: Table;
  at = 0;
  step = 0;

  constructor(table: Table) {
    this.#table = table;
  }

  get(row: number): number {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) {
      within = table.find(row);
      if (within < 0) return 0;
    }
    return table.frame.doubles[within * this.step + this.at]!;
  }

  set(row: number, value: number): void {
    const table = this.#table;
    let within = row - table.first;
    if (within < 0 || within >= table.rows) within = table.make(row);
    const { frame } = table;
    frame.dirty = true;
    frame.doubles[within * this.step + this.at] = value;
  }
}

/** The highest offset that the auditor can hold a place of. */
export const MAX_AUDITED_OFFSET = 2 ** 32 - 2;

/** Places of one topic, by row; null where none was set. */
export class PlaceColumn {
  readonly #topic: string;
  readonly #partitions: Column;
  readonly #offsets: Column;

  constructor(table: Table, topic: string) {
    this.#topic = topic;
    this.#partitions = table.words();
    this.#offsets = table.words();
  }

  set(row: number, at: { readonly partition: number; readonly offset: number }): void {
    this.#partitions.set(row, at.partition + 1);
    this.#offsets.set(row, at.offset);
  }

  get(row: number): { topic: string; partition: number; offset: number } | null {
    const partition = this.#partitions.get(row);
    if (partition === 0) return null;
    return { topic: this.#topic, partition: partition - 1, offset: this.#offsets.get(row) };
  }

  has(row: number): boolean {
    return this.#partitions.get(row) !== 0;
  }
}

/** A column for each partition of a topic, with a row for each offset. */
export class OffsetColumns {
  readonly #memory: PageMemory;
  readonly #kind: "bytes" | "words";
  readonly #columns: Column[] = [];

  constructor(memory: PageMemory, kind: "bytes" | "words") {
    this.#memory = memory;
    this.#kind = kind;
  }

  get(partition: number, offset: number): number {
    return this.#columns[partition]?.get(offset) ?? 0;
  }

  set(partition: number, offset: number, value: number): void {
    (this.#columns[partition] ??= new Table(this.#memory)[this.#kind]()).set(offset, value);
  }
}

/** Stands where no page is. */
const NO_FRAME: Frame = {
  bytes: new Uint8Array(),
  words: new Uint32Array(),
  doubles: new Float64Array(),
  owner: null,
  page: -1,
  filePage: -1,
  dirty: false,
  used: false,
};
