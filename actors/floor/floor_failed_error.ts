/**
 * The error of a floor that is beyond its supervisors' help.
 *
 * @module
 */

/** The floor cannot go on: a supervisor gave up, or the process must exit. The run can be resumed. */
export class FloorFailedError extends Error {
  /** Tells it from other errors across workers. */
  readonly code = "floor-failed";

  /** `cause` is what made it fail, where that is known. */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "FloorFailedError";
  }
}
