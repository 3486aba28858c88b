/**
 * Errors that say in a sentence why a run cannot be stepped through.
 *
 * @module
 */

import { EventLogError } from "../../kafka/event_log.ts";
import { UnreadableRunError } from "../find_run.ts";
import { RunIndexError } from "./index/run_index_error.ts";
import { StatesError } from "./states/states_error.ts";

/** Whether an error is of the run or its folder: its message is what a user needs, and no stack. */
export function isOfTheRun(error: unknown): error is Error {
  return error instanceof UnreadableRunError || error instanceof EventLogError ||
    error instanceof RunIndexError || error instanceof StatesError ||
    error instanceof Deno.errors.PermissionDenied;
}
