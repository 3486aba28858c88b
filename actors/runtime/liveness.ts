/**
 * Liveness: whether an actor answers. It is asked through its mailbox, since a timer of its own would
 * still fire in one that is deaf.
 *
 * @module
 */

import type { HandleLimits } from "./actor_handle.ts";
import type { Clock } from "./clock.ts";
import { ActorCallError } from "./plain_error.ts";

/** Whom to ask, and by when the answer must be there. */
export interface LivenessWatch {
  /** Goes through the actor's mailbox and back. @throws {ActorCallError} */
  readonly ping: (deadlineMs: number) => Promise<unknown>;
  readonly clock: Clock;
  readonly limits: Pick<HandleLimits, "pingEveryMs" | "unresponsiveAfterMs">;
}

/** Asks again and again. Resolves with true when `signal` aborts, with false once no answer comes. */
export async function answersUntil(signal: AbortSignal, watch: LivenessWatch): Promise<boolean> {
  const { pingEveryMs, unresponsiveAfterMs } = watch.limits;
  // The last part of the wait is a ping of its own, so that an answer already here is seen when it was
  // this thread that was held up.
  const lastChanceMs = Math.min(pingEveryMs, unresponsiveAfterMs / 2);
  while (!signal.aborted) {
    await watch.clock.sleep(pingEveryMs, signal);
    if (signal.aborted) break;
    if (await answers(watch, unresponsiveAfterMs - lastChanceMs)) continue;
    if (!await answers(watch, lastChanceMs)) return signal.aborted;
  }
  return true;
}

async function answers({ ping, clock, limits }: LivenessWatch, deadlineMs: number) {
  const asked = clock.now();
  try {
    await ping(deadlineMs);
    return true;
  } catch (error) {
    const timedOut = error instanceof ActorCallError && error.code === "actor-timeout";
    // An end is told elsewhere. A deadline seen too late says that this thread was held up.
    return !timedOut || clock.now() - asked > deadlineMs + limits.pingEveryMs;
  }
}
