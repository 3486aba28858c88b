/**
 * Cleaning the log now and then: snapshots replace one another, and what was replaced would otherwise
 * stay in the file, and in the way of whoever looks for the newest, as long as the run.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { Clock } from "../runtime/clock.ts";

/** Between two cleanings. */
export const CLEAN_EVERY_MS = 30_000;

/** A cleaning reads the topic twice: it waits until so many records have been added. */
export const CLEAN_AFTER_RECORDS = 64;

/** The topic whose records replace one another. */
const TOPIC: TopicName = "snapshots";

/** Cleans a log from time to time until it is stopped. A log cleans in short steps by itself. */
export class LogCleaning {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  /** Told why cleaning has ended before it was stopped. */
  readonly #onFailure: (error: unknown) => void;
  #cleanedAt = 0;

  constructor(
    log: EventLog,
    options: { readonly clock: Clock; readonly onFailure: (error: unknown) => void },
  ) {
    this.#log = log;
    this.#clock = options.clock;
    this.#onFailure = options.onFailure;
    this.#loop = this.#run();
  }

  /** Begins no further cleaning. One under way ends with its log: await {@link ended} after closing it. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Never rejects. */
  get ended(): Promise<void> {
    return this.#loop;
  }

  /** Cleans when there is enough to clean. @returns how many records went */
  async cleanWhenDue(): Promise<number> {
    const [topic] = await this.#log.describeTopics([TOPIC]);
    const end = topic?.offsets.reduce((sum, offsets) => sum + offsets.end, 0) ?? 0;
    if (end - this.#cleanedAt < CLEAN_AFTER_RECORDS) return 0;
    const { removedRecords } = await this.#log.clean();
    this.#cleanedAt = end;
    return removedRecords;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.#clock.sleep(CLEAN_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        await this.cleanWhenDue();
      } catch (error) {
        if (signal.aborted) return;
        // What is locked now may be free the next time; whatever is wrong with the file meets the
        // actors too, and they decide.
        if (error instanceof EventLogError && error.retriable) continue;
        return this.#onFailure(error);
      }
    }
  }
}
