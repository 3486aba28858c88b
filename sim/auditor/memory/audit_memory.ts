/**
 * What an audit remembers by: tables and numberings over one bounded memory.
 *
 * @module
 */

import { OffsetColumns, Table } from "./columns.ts";
import { Numbering } from "./numbering.ts";
import { PageMemory, type PageMemoryOptions } from "./page_memory.ts";

/** Makes tables. Disposed of, what they held is gone, on disk too. */
export class AuditMemory implements Disposable {
  readonly #pages: PageMemory;

  constructor(options: PageMemoryOptions = {}) {
    this.#pages = new PageMemory(options);
  }

  /** How often a page went to the temporary file. */
  get spilledPages(): number {
    return this.#pages.spilledPages;
  }

  /** A new table, to be given columns. */
  table(): Table {
    return new Table(this.#pages);
  }

  /** Integers by partition and offset of one topic. */
  offsetColumns(kind: "bytes" | "words"): OffsetColumns {
    return new OffsetColumns(this.#pages, kind);
  }

  /** Numbers for what has a fingerprint. */
  numbering(): Numbering {
    return new Numbering(this.#pages);
  }

  [Symbol.dispose](): void {
    this.#pages[Symbol.dispose]();
  }
}
