/**
 * The shell of an actor that makes messages of its own: it works off what is due, waits for what will
 * be, and lets its host stop, suspend and step it. (Consumers have a shell of their own.)
 *
 * @module
 */

import type { PublishedBatch } from "../kafka/event_log.ts";
import { writtenPlaces } from "./log_access/written_places.ts";
import type { Actor, ActorReport, ActorStart, ActorStep, SuspendOptions } from "./runtime/actor.ts";
import type { Clock } from "./runtime/clock.ts";

/** What of its start a source needs. */
export type SourceStart<Options> = Pick<ActorStart<Options>, "id" | "options" | "tell">;

/** What happens next: something is due at once, after `waitMs`, or nothing ever again. */
export type NextWork =
  | { readonly kind: "now" }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "exhausted" };

/** What a source has done and does next. */
export type WorkDone = NextWork & {
  /** What was published meanwhile. Left out: nothing. */
  readonly published?: readonly PublishedBatch[];
};

/** A source's logic, without a host's demands. Its methods are never called two at a time. */
export interface Source {
  /** Finds out where the incarnation before stopped, and makes good what it left open. */
  open(signal: AbortSignal): Promise<void>;
  /** Does what is due, at most `limit` messages. */
  work(limit: number, signal: AbortSignal): Promise<WorkDone>;
  /** Writes what should be written at the end. Not called after a failure. */
  finish(): Promise<void>;
  /** Frees what it holds, after a failure too. */
  close(): Promise<void>;
  counters(): Readonly<Record<string, number>>;
  ask(question: unknown): Promise<unknown>;
}

/** Runs of due work between two turns of the event loop, so that control calls are heard. */
const WORK_PER_TURN = 4;

/** Longest single wait, in ms. */
const MAX_WAIT_MS = 60_000;

/** A {@link Source} as an actor. */
export class SourceActor implements Actor {
  readonly #start: SourceStart<unknown>;
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  /** Ends a wait early; replaced whenever it was used. */
  #wake = new AbortController();
  #suspended = false;
  #phase: ActorReport["phase"] = "starting";
  /** The work under way, so that a single step never overlaps it. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(start: SourceStart<unknown>, source: Source, clock: Clock) {
    this.#start = start;
    this.#source = source;
    this.#clock = clock;
    this.#stop.signal.addEventListener("abort", () => this.#wake.abort());
  }

  /** Resolves when the source is exhausted or {@link stop} was called. */
  async run(): Promise<void> {
    try {
      await this.#source.open(this.#stop.signal);
      if (this.#phase === "starting") this.#phase = "running";
      await this.#loop();
      await this.#source.finish();
    } finally {
      this.#phase = "stopping";
      await this.#source.close();
    }
  }

  stop(): void {
    this.#phase = "stopping";
    this.#stop.abort();
  }

  suspend({ settled = false }: SuspendOptions = {}): void | Promise<void> {
    this.#suspended = true;
    if (settled) return this.#turn.then(() => {});
  }

  resume(): void {
    this.#suspended = false;
    this.#wake.abort();
  }

  /** Null: nothing is due. */
  async step(): Promise<ActorStep | null> {
    if (!this.#suspended) throw new Error(`Cannot step ${this.#start.id}: it is not suspended`);
    if (this.#phase !== "running") throw new Error(`Cannot step ${this.#start.id}: ${this.#phase}`);
    const { published = [] } = await this.#work(1);
    return published.length === 0 ? null : { read: null, wrote: writtenPlaces(published) };
  }

  report(): ActorReport {
    const suspended = this.#suspended && this.#phase === "running";
    return {
      phase: suspended ? "suspended" : this.#phase,
      assignment: [],
      counters: this.#source.counters(),
    };
  }

  ask(question: unknown): Promise<unknown> {
    return this.#source.ask(question);
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stop;
    for (let turns = 0; !signal.aborted;) {
      if (this.#suspended) {
        await this.#wait(MAX_WAIT_MS);
        continue;
      }
      const next = await this.#work(Infinity);
      if (next.kind === "exhausted") return;
      if (next.kind === "wait") {
        turns = 0;
        await this.#wait(next.waitMs);
      } else if (++turns % WORK_PER_TURN === 0) {
        await this.#clock.sleep(0);
      } else {
        await this.#clock.turn?.();
      }
    }
  }

  #work(limit: number): Promise<WorkDone> {
    const { signal } = this.#stop;
    const work = this.#turn.then(() => this.#source.work(limit, signal));
    // A failure reaches whoever asked for the work; the queue behind it only waits for its end.
    this.#turn = work.then(() => {}, () => {});
    return work;
  }

  async #wait(ms: number): Promise<void> {
    await this.#clock.sleep(Math.min(ms, MAX_WAIT_MS), this.#wake.signal);
    if (this.#wake.signal.aborted && !this.#stop.signal.aborted) this.#wake = new AbortController();
  }
}
