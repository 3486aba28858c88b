/**
 * Compact memory for millions of rows: growing columns of numbers.
 *
 * @module
 */

type Numbers = Uint8Array | Uint32Array | Float64Array;

/** Rows that a new column has room for. */
const INITIAL_ROWS = 64;

/** Numbers by row, 0 where none was set. Grows as rows are set. */
export class Column {
  #numbers: Numbers;

  private constructor(numbers: Numbers) {
    this.#numbers = numbers;
  }

  /** Integers from 0 to 255. */
  static bytes(): Column {
    return new Column(new Uint8Array(INITIAL_ROWS));
  }

  /** Integers from 0 to 2^32 - 1. */
  static words(): Column {
    return new Column(new Uint32Array(INITIAL_ROWS));
  }

  /** Any number. */
  static doubles(): Column {
    return new Column(new Float64Array(INITIAL_ROWS));
  }

  get(row: number): number {
    return this.#numbers[row] ?? 0;
  }

  set(row: number, value: number): void {
    if (row >= this.#numbers.length) this.#grow(row + 1);
    this.#numbers[row] = value;
  }

  #grow(rows: number): void {
    const length = Math.max(rows, Math.ceil(this.#numbers.length * 1.5));
    const grown = this.#numbers instanceof Uint8Array
      ? new Uint8Array(length)
      : this.#numbers instanceof Uint32Array
      ? new Uint32Array(length)
      : new Float64Array(length);
    grown.set(this.#numbers);
    this.#numbers = grown;
  }
}

/** The highest offset that the auditor can hold a place of. */
export const MAX_AUDITED_OFFSET = 2 ** 32 - 2;

/** Places of one topic, by row; null where none was set. */
export class PlaceColumn {
  readonly #topic: string;
  readonly #partitions = Column.words();
  readonly #offsets = Column.words();

  constructor(topic: string) {
    this.#topic = topic;
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
  readonly #make: () => Column;
  readonly #columns: Column[] = [];

  constructor(make: () => Column) {
    this.#make = make;
  }

  get(partition: number, offset: number): number {
    return this.#columns[partition]?.get(offset) ?? 0;
  }

  set(partition: number, offset: number, value: number): void {
    (this.#columns[partition] ??= this.#make()).set(offset, value);
  }
}
