/**
 * Which errors end a run in a way that could be foreseen, in the floor's words.
 *
 * @module
 */

import { FloorFailedError } from "../../actors/floor/floor_failed_error.ts";
import {
  AnswerTimeoutError,
  CommandRejectedError,
} from "../../actors/order_command_producer/order_errors.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import { ActorCallError, RemoteError } from "../../actors/runtime/plain_error.ts";

/** What follows from a floor's failure may be noticed so long before the failure itself is told. */
const FAILURE_TOLD_WITHIN_MS = 2_000;

/** The names of errors with which a supervisor's children learn of its end. */
const ENDS_OF_SUPERVISORS = ["SupervisorGaveUp", "SupervisorEnded"];

/** Runs that end so can be gone on with, and nobody needs a stack. */
function isForeseeable(error: unknown): error is Error {
  return error instanceof AnswerTimeoutError || error instanceof CommandRejectedError ||
    error instanceof ActorCallError || error instanceof RemoteError ||
    (error instanceof Error && ENDS_OF_SUPERVISORS.includes(error.name));
}

/** The error itself, or a {@link FloorFailedError} of what could be foreseen. `what` could not be done. */
export function asFailure(what: string, error: unknown): unknown {
  return isForeseeable(error) ? new FloorFailedError(`${what}: ${error.message}`, error) : error;
}

/**
 * Why something failed on a floor: the floor's own failure when it is told about then, since the rest
 * only follows from it.
 */
export async function whyFailed(
  error: unknown,
  floor: { readonly failure: Promise<FloorFailedError>; readonly clock: Clock },
): Promise<unknown> {
  return await failureTold(floor) ?? asFailure("Cannot go on", error);
}

/** The floor's own failure, when it is told about now; else null. */
export async function failureTold(
  floor: { readonly failure: Promise<FloorFailedError>; readonly clock: Clock },
): Promise<FloorFailedError | null> {
  const over = new AbortController();
  try {
    return await Promise.race([
      floor.failure,
      floor.clock.sleep(FAILURE_TOLD_WITHIN_MS, over.signal).then(() => null),
    ]);
  } finally {
    over.abort();
  }
}
