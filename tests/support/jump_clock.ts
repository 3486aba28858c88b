/**
 * A clock that jumps to the end of every wait at once: whole sessions pass in no time.
 *
 * @module
 */

import type { Clock } from "../../actors/runtime/clock.ts";
import { settle } from "./fake_clock.ts";

/** For one waiting caller at a time; several would push the time on in turns. */
export class JumpClock implements Clock {
  #now: number;

  constructor(now = 0) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return;
    await settle();
    this.#now += Math.max(0, ms);
  }
}
