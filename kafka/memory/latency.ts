/**
 * How long the calls of a log take.
 *
 * @module
 */

import type { LogClock } from "../log_clock.ts";

/** A call of the log, or a part of one. `append` is from the append to its acknowledgement. */
export type LogCallKind = "publish" | "append" | "commit" | "fetch" | "join" | "read";

/** Draws how long a call takes, in milliseconds of the clock; 0: at once. */
export type Latency = (call: LogCallKind) => number;

/** Lets calls take their time. */
export class CallTime {
  readonly #clock: LogClock;
  readonly #latency: Latency | undefined;

  constructor(clock: LogClock, latency: Latency | undefined) {
    this.#clock = clock;
    this.#latency = latency;
  }

  /** Whether calls may take time at all. */
  get isNone(): boolean {
    return this.#latency === undefined;
  }

  /** The wait of this call; null when it goes on at once, so that nobody awaits for nothing. */
  of(call: LogCallKind): Promise<void> | null {
    const ms = this.#latency?.(call) ?? 0;
    return ms > 0 ? this.#clock.sleep(ms) : null;
  }
}
