/**
 * Why a run's index cannot be used or made.
 *
 * @module
 */

/** `missing`, `stale`, `version` and `damaged` go away by building it anew. */
export type RunIndexErrorCode =
  | "missing"
  | "stale"
  | "version"
  | "damaged"
  | "cannot-write"
  | "too-many-partitions";

/** An index that cannot be used or made. The message is a sentence for whoever asked for it. */
export class RunIndexError extends Error {
  /** What is wrong, for programs. */
  readonly code: RunIndexErrorCode;

  /** The message is action, colon, state. */
  constructor(code: RunIndexErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "RunIndexError";
    this.code = code;
  }

  /** Whether building the index anew makes it good. */
  get goesAwayByBuilding(): boolean {
    const { code } = this;
    return code === "missing" || code === "stale" || code === "version" || code === "damaged";
  }
}
