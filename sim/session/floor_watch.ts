/**
 * What the runner sees of the floor while it plays: restarts, zombies, outages of the log and skipped
 * rows of price files, from the runtime events.
 *
 * @module
 */

import { readMalformedNote } from "../../actors/market_data_producer/malformed_rows.ts";
import { formatDuration } from "../duration.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { SteppedActors, type SteppedNote } from "./stepped_actors.ts";

/** So many outages are told one by one; the others are counted. */
const OUTAGES_TOLD = 5;

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

/** A time in which the floor could not reach its log. Milliseconds since the epoch. */
export interface LogOutage {
  readonly from: number;
  /** Null: it was not over when the run ended. */
  readonly to: number | null;
  readonly why: string;
}

/** Outages that are kept; further ones are counted. */
export const MAX_OUTAGES_KEPT = 100;

/** Counts what runtime events tell. */
export class FloorWatch {
  readonly #restarts = new Map<string, number>();
  readonly #skipped: SkippedRows = { counts: new Map(), first: null, said: 0 };
  readonly #say: (text: string) => void;
  readonly #outages: LogOutage[] = [];
  readonly #stepped: SteppedActors;
  #outageCount = 0;
  #slowestStartMs = 0;
  #zombies = 0;
  #listener: ((event: RuntimeEvent) => void) | null = null;

  /** `say` is told in sentences what a user should know at once. */
  constructor(say: (text: string) => void = () => {}) {
    this.#say = say;
    this.#stepped = new SteppedActors(say);
  }

  /** Told what live steppers did before the run was gone on with. */
  recallSteps(notes: Iterable<SteppedNote>): void {
    this.#stepped.recall(notes);
  }

  /** Told of every event. */
  observe(event: RuntimeEvent): void {
    if (event.kind === "restart") {
      this.#restarts.set(event.actor, (this.#restarts.get(event.actor) ?? 0) + 1);
    }
    if (event.kind === "zombie") this.#zombies++;
    if (event.kind === "ready") {
      this.#slowestStartMs = Math.max(this.#slowestStartMs, event.afterMs);
    }
    if (event.kind === "note") {
      this.#stepped.observe(event);
      this.#observeNote(event);
    }
    if (event.kind === "log-unavailable") this.#lost(event);
    if (event.kind === "log-available") this.#regained(event.at);
    this.#listener?.(event);
  }

  /** Calls `listener` with every further event. */
  listen(listener: (event: RuntimeEvent) => void): void {
    this.#listener = listener;
  }

  get zombies(): number {
    return this.#zombies;
  }

  /** How long the slowest actor so far took from its start until it was ready. */
  get slowestStartMs(): number {
    return this.#slowestStartMs;
  }

  get restarts(): number {
    return [...this.#restarts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** The first {@link MAX_OUTAGES_KEPT}, oldest first. */
  get outages(): readonly LogOutage[] {
    return this.#outages;
  }

  /** How often the floor lost its log. */
  get outageCount(): number {
    return this.#outageCount;
  }

  restartsByActor(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#restarts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** What a reader of the report should know, in sentences. */
  notes(): readonly string[] {
    return [...this.#stepped.notes(), ...this.#notesOnRows(), ...this.#notesOnOutages()];
  }

  #notesOnOutages(): readonly string[] {
    if (this.#outageCount === 0) return [];
    const told = this.#outages.slice(0, OUTAGES_TOLD).map(({ from, to, why }) =>
      to === null
        ? `The log was out of reach from ${timeOf(from)} UTC on, and not back in the end: ${why}.`
        : `The log was out of reach from ${timeOf(from)} to ${timeOf(to)} UTC, ` +
          `${formatDuration(to - from)}: ${why}.`
    );
    const more = this.#outageCount - told.length;
    return [
      ...told,
      ...(more > 0 ? [`The log was out of reach ${more} more times.`] : []),
      "What users meant to send meanwhile reached the log in one burst afterwards. Latency counts from " +
      "when it was meant to be sent; the rate limit is judged by when the log received it.",
    ];
  }

  #notesOnRows(): readonly string[] {
    const { counts, first } = this.#skipped;
    if (first === null) return [];
    const count = [...counts.values()].reduce((sum, each) => sum + each, 0);
    const rows = count === 1 ? "1 malformed row" : `${count} malformed rows`;
    return [`${rows} of the price file skipped; first: ${first}.`];
  }

  #lost({ at, why }: RuntimeEvent & { readonly kind: "log-unavailable" }): void {
    this.#say(`the log is out of reach: ${why}`);
    this.#outageCount++;
    if (this.#outages.length < MAX_OUTAGES_KEPT) this.#outages.push({ from: at, to: null, why });
  }

  #regained(at: number): void {
    const last = this.#outages.at(-1);
    if (last === undefined || last.to !== null) return;
    this.#outages[this.#outages.length - 1] = { ...last, to: at };
    this.#say(`the log is back after ${formatDuration(at - last.from)}`);
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

/** The time of day in UTC, as `09:30:00.250`. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, -1);
}
