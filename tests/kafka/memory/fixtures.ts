/**
 * Memory logs for tests, in three kinds of time.
 *
 * @module
 */

import { seededRandom } from "../../../actors/seeded_random.ts";
import {
  type MemoryLog,
  type MemoryLogOptions,
  openMemoryLog,
} from "../../../kafka/open_event_log.ts";
import type { LogFixture } from "../log_fixture.ts";
import { JumpingClock } from "./jumping_clock.ts";

/** A fixture on a memory log. */
export interface MemoryFixture extends LogFixture {
  readonly log: MemoryLog;
}

/** In the machine's time. */
export function machineFixture(): Promise<MemoryFixture> {
  return fixtureOf({}, null);
}

/** In a time that stands still but for waits, and that the test moves on. */
export function memoryFixture(): Promise<MemoryFixture> {
  const clock = new JumpingClock();
  return fixtureOf({ clock }, clock);
}

/** In a time in which every call takes a while, drawn from the seed; some take none. */
export function latencyFixture(seed: number): Promise<MemoryFixture> {
  return fixtureOf({ clock: new JumpingClock(), latency: seededLatency(seed) }, null);
}

/** Latencies of 0 to 5 ms by a seed. */
export function seededLatency(seed: number): () => number {
  const random = seededRandom(seed, "latency");
  return () => Math.max(0, Math.floor(random() * 6 - 1));
}

async function fixtureOf(
  options: MemoryLogOptions,
  clock: LogFixture["clock"],
): Promise<MemoryFixture> {
  const log = await openMemoryLog(options);
  return {
    log,
    clock,
    openAnother: () => Promise.resolve(log.handle()),
    sessionTimeoutMs: 1_000,
    deadlineMs: 5_000,
    [Symbol.asyncDispose]: () => log.close(),
  };
}
