/**
 * Memory with a limit: tables live in pages, of which a bounded number is in memory and the rest in a
 * temporary file. What the auditor remembers of a run grows with the run; its memory does not.
 *
 * @module
 */

import { SpillFile } from "./spill_file.ts";

/** Bytes of a page. */
export const PAGE_BYTES = 16 * 1024;

/** Bytes of pages in memory, unless told otherwise. Measured: with four times as many it is no faster. */
export const DEFAULT_MEMORY_BYTES = 8 * 1024 * 1024;

/** Has pages in the memory, and is told when one leaves it. */
export interface PageOwner {
  putOut(frame: Frame): void;
}

/** A page in memory. */
export class Frame {
  readonly bytes = new Uint8Array(PAGE_BYTES);
  readonly words = new Uint32Array(this.bytes.buffer);
  readonly doubles = new Float64Array(this.bytes.buffer);
  /** Whose page it holds. */
  owner: PageOwner | null = null;
  page = -1;
  /** Where it is in the file, or -1. */
  filePage = -1;
  /** Whether the file does not have it as it is here. */
  dirty = false;
  /** Whether it was turned to since the clock's hand last passed. */
  used = false;
}

/** How much memory there is. */
export interface PageMemoryOptions {
  /** Bounds the pages in memory. Default {@link DEFAULT_MEMORY_BYTES}. */
  readonly bytes?: number;
  /** Where the temporary file goes. Default: the system's folder for such files. */
  readonly folder?: string | null;
}

/** Where tables put their pages. Disposed of, its file is gone. */
export class PageMemory implements Disposable {
  readonly #limit: number;
  readonly #folder: string | null;
  readonly #frames: Frame[] = [];
  readonly #idle: Frame[] = [];
  #hand = 0;
  #file: SpillFile | null = null;
  #spilledPages = 0;

  constructor(options: PageMemoryOptions = {}) {
    const { bytes = DEFAULT_MEMORY_BYTES, folder = null } = options;
    this.#limit = Math.max(MIN_FRAMES, Math.floor(bytes / PAGE_BYTES));
    this.#folder = folder;
  }

  /** How often a page went to the file. */
  get spilledPages(): number {
    return this.#spilledPages;
  }

  /** A frame for a new page, all 0. */
  makePage(owner: PageOwner, page: number): Frame {
    const frame = this.#takeFrame();
    if (frame.filePage !== -1 || frame.page !== -1) frame.bytes.fill(0);
    return own(frame, owner, page);
  }

  /** Brings a page back from the file. */
  loadPage(owner: PageOwner, page: number, filePage: number): Frame {
    const frame = this.#takeFrame();
    // Without a file no page could have gone to it.
    this.#file!.read(filePage, frame.bytes);
    own(frame, owner, page).filePage = filePage;
    return frame;
  }

  /** A page in memory is not needed any more. */
  forgetFrame(frame: Frame): void {
    if (frame.filePage !== -1) this.#file?.free(frame.filePage);
    frame.owner = null;
    frame.filePage = -1;
    this.#idle.push(frame);
  }

  /** A page in the file is not needed any more. */
  forgetFilePage(filePage: number): void {
    this.#file?.free(filePage);
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
    this.#file = null;
  }

  #takeFrame(): Frame {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#frames.length < this.#limit) {
      const frame = new Frame();
      this.#frames.push(frame);
      return frame;
    }
    return this.#evict();
  }

  /** The clock algorithm: the first page that nobody turned to for a round goes. */
  #evict(): Frame {
    for (;;) {
      const frame = this.#frames[this.#hand]!;
      this.#hand = (this.#hand + 1) % this.#frames.length;
      const { owner } = frame;
      if (owner === null) continue; // idle, and so taken before anything is put out
      if (frame.used) {
        frame.used = false;
        continue;
      }
      if (frame.dirty) this.#write(frame);
      owner.putOut(frame);
      return frame;
    }
  }

  #write(frame: Frame): void {
    this.#file ??= new SpillFile(PAGE_BYTES, this.#folder);
    if (frame.filePage === -1) frame.filePage = this.#file.allocate();
    this.#file.write(frame.filePage, frame.bytes);
    this.#spilledPages++;
  }
}

/** With fewer, tables that are used together would put out one another's pages all the time. */
const MIN_FRAMES = 16;

function own(frame: Frame, owner: PageOwner, page: number): Frame {
  frame.owner = owner;
  frame.page = page;
  frame.filePage = -1;
  frame.dirty = false;
  frame.used = true;
  return frame;
}
