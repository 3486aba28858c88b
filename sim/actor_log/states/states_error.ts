/**
 * Why the states of a run cannot be used as they are on disk, or cannot be put there.
 *
 * @module
 */

/**
 * `missing`: they were never built, or not to their end. `stale`: the log has gone on since, or is
 * another one. `version`: this program writes and folds otherwise. `damaged`: the file is not as it was
 * written. All of these go away by building. `cannot-write` does not: there is no room, or no permission.
 */
export type StatesProblem = "missing" | "stale" | "version" | "damaged" | "cannot-write";

/** States that are not to be had. */
export class StatesError extends Error {
  /** What is wrong, for programs. */
  readonly code: StatesProblem;
  /** What is wrong, without what could not be done. */
  readonly state: string;

  /** `state` says what is wrong, after "Cannot use (or write) the states of the run: ". */
  constructor(code: StatesProblem, state: string, options: { readonly cause?: unknown } = {}) {
    super(
      `Cannot ${code === "cannot-write" ? "write" : "use"} the states of the run: ${state}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "StatesError";
    this.code = code;
    this.state = state;
  }
}
