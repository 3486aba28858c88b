/**
 * What the runner sees of the floor while it plays: restarts, zombies and skipped rows of price files,
 * from the runtime events.
 *
 * @module
 */

import { readMalformedNote } from "../../actors/market_data_producer/malformed_rows.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";

/** So many skipped rows are said at once, as they are met. */
const ROWS_SAID = 3;

/** Rows of price files that were skipped. */
interface SkippedRows {
  /** By incarnation: how many it told of, or said in the end that there were. */
  readonly counts: Map<string, number>;
  /** Where the first is and what is wrong with it; null while there is none. */
  first: string | null;
  said: number;
}

/** Counts what runtime events tell. */
export class FloorWatch {
  readonly #restarts = new Map<string, number>();
  readonly #skipped: SkippedRows = { counts: new Map(), first: null, said: 0 };
  readonly #say: (text: string) => void;
  #zombies = 0;
  #listener: ((event: RuntimeEvent) => void) | null = null;

  /** `say` is told in sentences what a user should know at once. */
  constructor(say: (text: string) => void = () => {}) {
    this.#say = say;
  }

  /** Told of every event. */
  observe(event: RuntimeEvent): void {
    if (event.kind === "restart") {
      this.#restarts.set(event.actor, (this.#restarts.get(event.actor) ?? 0) + 1);
    }
    if (event.kind === "zombie") this.#zombies++;
    if (event.kind === "note") this.#observeNote(event);
    this.#listener?.(event);
  }

  /** Calls `listener` with every further event. */
  listen(listener: (event: RuntimeEvent) => void): void {
    this.#listener = listener;
  }

  get zombies(): number {
    return this.#zombies;
  }

  get restarts(): number {
    return [...this.#restarts.values()].reduce((sum, count) => sum + count, 0);
  }

  restartsByActor(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#restarts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What a reader of the report should know, in sentences. */
  notes(): readonly string[] {
    const { counts, first } = this.#skipped;
    if (first === null) return [];
    const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
    const rows = count === 1 ? "1 malformed row" : `${count} malformed rows`;
    return [`${rows} of the price file skipped; first: ${first}.`];
  }

  #observeNote({ actor, incarnation, text }: RuntimeEvent & { readonly kind: "note" }): void {
    const note = readMalformedNote(text);
    if (note === null) return;
    const skipped = this.#skipped;
    const who = `${actor}:${incarnation}`;
    if (note.kind === "total") {
      skipped.counts.set(who, note.count);
      return;
    }
    skipped.counts.set(who, (skipped.counts.get(who) ?? 0) + 1);
    skipped.first ??= note.row;
    if (++skipped.said > ROWS_SAID) return;
    this.#say(`skipped a malformed row of the price file: ${note.row}`);
    if (skipped.said === ROWS_SAID) this.#say("further malformed rows are only counted");
  }
}
