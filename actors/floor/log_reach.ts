/**
 * Whether a floor's log is within reach: asked from time to time, so that an outage is known to a
 * process that has nothing to ask it otherwise, and known to last.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import type { Clock } from "../runtime/clock.ts";
import { FOLDED_TOPICS } from "../topology.ts";

/**
 * A floor fails whose log has been out of reach for so long: as long as whatever waits for a cluster
 * waits (`OUTAGE_PATIENCE_MS`). Its actors fail then, all of them, and to start them again would only
 * have them wait once more, unseen, for as long as the log is away.
 */
export const LOG_PATIENCE_MS = 120_000;

/**
 * A floor that is stopped gives up an orderly end when its log has been out of reach for so long, what
 * went before the stop included: long enough for a leader to be elected anew, and short enough for
 * somebody who has pressed Ctrl-C. Nothing that was acknowledged is lost by it.
 */
export const STOP_PATIENCE_MS = 5_000;

/** How often the log is asked. */
const ASK_EVERY_MS = 1_000;

/** A process that was suspended meanwhile has not waited for an answer: so long it must, awake. */
const AWAKE_MS = 2_000;

/** What is said of a log that has told nothing itself. */
const SILENT = "it does not answer";

/** A log that has been out of reach, for how long and why. */
export interface LogLoss {
  readonly forMs: number;
  readonly why: string;
}

/** What a {@link LogReach} works with. */
export interface LogReachOptions {
  readonly clock: Clock;
  /** Why the log cannot be reached, where it tells. Default: what its calls fail with. */
  readonly why?: () => string | null;
}

/** Asks a log whether it is there, from its making until {@link close}. */
export class LogReach {
  readonly #log: Pick<EventLog, "describeTopics">;
  readonly #clock: Clock;
  readonly #told: () => string | null;
  readonly #closing = new AbortController();
  readonly #loop: Promise<void>;
  /** When the question was asked that is not answered yet; null between two of them. */
  #askedAt: number | null = null;
  /** The same, once the answer has been missing while the process was certainly awake. */
  #missedAt: number | null = null;
  #failed: string | null = null;
  /** Topics that have been there, and one that the last answer lacked. */
  readonly #seen = new Set<string>();
  #missing: string | null = null;
  readonly #gone = Promise.withResolvers<string>();

  constructor(log: Pick<EventLog, "describeTopics">, { clock, why }: LogReachOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#told = why ?? (() => null);
    this.#loop = this.#askOn();
  }

  /**
   * Resolves when the log has been out of reach for `forMs` on end, now or later; with null when
   * `signal` aborts or this is closed before.
   */
  async lost(forMs: number, signal: AbortSignal): Promise<LogLoss | null> {
    const over = new AbortController();
    const end = () => over.abort();
    const ends = [signal, this.#closing.signal];
    for (const each of ends) each.addEventListener("abort", end);
    try {
      while (!ends.some(({ aborted }) => aborted)) {
        const askedAt = this.#askedAt;
        const loss = this.#loss();
        const isMissed = askedAt !== null && askedAt === this.#missedAt;
        if (isMissed && loss.forMs >= forMs) return loss;
        const waitMs = forMs - loss.forMs - (isMissed ? 0 : AWAKE_MS);
        await this.#clock.sleep(waitMs > 0 ? waitMs : AWAKE_MS, over.signal);
        if (waitMs <= 0 && askedAt === this.#askedAt) this.#missedAt = askedAt;
      }
      return null;
    } finally {
      for (const each of ends) each.removeEventListener("abort", end);
    }
  }

  /** Resolves with the name of a topic that was there and is not any more; else never settles. */
  get gone(): Promise<string> {
    return this.#gone.promise;
  }

  /** Asks no more. A question under way ends with its log. Idempotent. */
  close(): void {
    this.#closing.abort();
  }

  /** Resolves when nothing is asked any more, after {@link close} and the log's. Never rejects. */
  get ended(): Promise<void> {
    return this.#loop;
  }

  #loss(): LogLoss {
    const forMs = this.#askedAt === null ? 0 : this.#clock.now() - this.#askedAt;
    return { forMs, why: this.#told() ?? this.#failed ?? SILENT };
  }

  async #askOn(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      this.#askedAt ??= this.#clock.now();
      if (await this.#isAnswered()) {
        this.#askedAt = null;
        this.#failed = null;
      }
      await this.#clock.sleep(ASK_EVERY_MS, signal);
    }
  }

  /** Whatever else is wrong with a log that answers meets whoever works on it. */
  async #isAnswered(): Promise<boolean> {
    try {
      this.#compare(await this.#log.describeTopics(FOLDED_TOPICS));
      return true;
    } catch (error) {
      if (!(error instanceof EventLogError) || !error.retriable) return true;
      this.#failed = error.message;
      return false;
    }
  }

  /** A broker that has just begun may not have heard of a topic: what is gone is missing twice. */
  #compare(topics: readonly { readonly name: string }[]): void {
    const names = new Set(topics.map(({ name }) => name));
    const missing = [...this.#seen].find((name) => !names.has(name)) ?? null;
    if (missing !== null && missing === this.#missing) this.#gone.resolve(missing);
    this.#missing = missing;
    for (const name of names) this.#seen.add(name);
  }
}

/** How long, in words. */
export function secondsOf({ forMs }: LogLoss): string {
  return `${Math.round(forMs / 1_000)} s`;
}
