/**
 * Output that cannot be written.
 *
 * @module
 */

import { isOfTheSystem } from "../system_error.ts";

/** A file or a standard output that cannot be written; the message is for whoever asked for it. */
export class OutputError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "OutputError";
  }
}

/** The error as that of an output, where the system's; any other as it is. */
export function asOutputError(where: string, error: unknown): unknown {
  return isOfTheSystem(error)
    ? new OutputError(`Cannot write ${where}: ${error.message}`, error)
    : error;
}

/** Whether a write failed because nobody reads any more. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}
