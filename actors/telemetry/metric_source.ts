/**
 * Where metrics come from, and how they are read without waiting for ever.
 *
 * @module
 */

import type { Clock } from "../runtime/clock.ts";

/** A source that has said nothing for so long is left out of a scrape. */
export const SOURCE_DEADLINE_MS = 4_000;

/** Something that is asked for values at every scrape. */
export interface MetricSource {
  /** As the label `source` says it. */
  readonly name: string;
  /** Reads, and then sets its metrics. */
  read(): Promise<void>;
  /** Takes its values away: they are not known any more. */
  clear(): void;
}

/** Reads one source; a reading that is still under way is waited for, not begun again. */
export class SourceReader {
  readonly source: MetricSource;
  readonly #clock: Clock;
  #underWay: Promise<boolean> | null = null;

  constructor(source: MetricSource, clock: Clock) {
    this.source = source;
    this.#clock = clock;
  }

  /** Whether the source was read within {@link SOURCE_DEADLINE_MS}; if not it has no values. */
  async read(): Promise<boolean> {
    this.#underWay ??= this.#begin();
    const over = new AbortController();
    const late = this.#clock.sleep(SOURCE_DEADLINE_MS, over.signal).then(() => false);
    const isRead = await Promise.race([this.#underWay, late]);
    over.abort();
    await late;
    if (!isRead) this.source.clear();
    return isRead;
  }

  async #begin(): Promise<boolean> {
    try {
      await this.source.read();
      return true;
    } catch {
      // That it cannot be read is what the scrape says of it; why, the runtime's own events say.
      return false;
    } finally {
      this.#underWay = null;
    }
  }
}
