/**
 * Turns of the event loop. Promises alone give none: a thread with a backlog on a log that answers at
 * once would work on without hearing a ping or a stop, for as long as a starved machine makes it last.
 *
 * @module
 */

/**
 * Long work is interrupted so often, in ms: far below what a supervisor waits for a ping, and rarely
 * enough that a timer, which is late by up to two of them, does not count.
 */
const TURN_EVERY_MS = 200;

/** Records or commands worked off between two calls of a clock's `turn`. */
export const WORK_BETWEEN_TURNS = 64;

/** This thread's last turn, by `performance.now()`. */
let lastTurnAt = performance.now();

/** Lets the thread hear what it is told when it has been long since it did: `turn` of the system's clock. */
export async function turnOfThread(): Promise<void> {
  if (performance.now() - lastTurnAt < TURN_EVERY_MS) return;
  // A timer, not setImmediate: measured with Deno 2.9, immediates of a busy thread followed one another
  // for 4 s without a message to it being delivered.
  await new Promise<void>((resolve) => void setTimeout(resolve, 0));
  lastTurnAt = performance.now();
}
