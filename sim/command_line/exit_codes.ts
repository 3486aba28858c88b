/**
 * How a run ends, as a number for shells and continuous integration. The numbers are those of k6
 * where it has one.
 *
 * @module
 */

/** The exit codes of `deno task sim`. */
export const ExitCode = {
  /** Every invariant held and every threshold was passed. */
  held: 0,
  /** Something broke that none of the others tells of; also what Deno exits with on an error. */
  failed: 1,
  /** An invariant was violated, or could not be decided. */
  invariant: 98,
  /** A threshold was not passed. */
  threshold: 99,
  /** The scenario or the command line is invalid: nothing was started. */
  invalid: 104,
  /** Interrupted: the run was drained and reported, but its script was not played to the end. */
  interrupted: 105,
} as const;

/** What the exit code follows from. */
export interface RunOutcome {
  readonly invariants: readonly { readonly status: "held" | "violated" | "unknown" }[];
  readonly thresholds: readonly { readonly verdict: "passed" | "failed" | "unmeasured" }[];
  readonly interrupted: boolean;
}

/**
 * The exit code of a run. What was found wrong outweighs all else: a violated invariant first, for it
 * means that the floor is wrong. An interrupted run is not judged by its thresholds, since its script
 * was not played to the end, nor by what could not be decided.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { exitCodeOf } from "./exit_codes.ts";
 * assert.equal(exitCodeOf({ invariants: [], thresholds: [], interrupted: true }), 105);
 * ```
 */
export function exitCodeOf(outcome: RunOutcome): number {
  if (outcome.invariants.some(({ status }) => status === "violated")) return ExitCode.invariant;
  if (outcome.interrupted) return ExitCode.interrupted;
  if (outcome.invariants.some(({ status }) => status === "unknown")) return ExitCode.invariant;
  if (outcome.thresholds.some(({ verdict }) => verdict !== "passed")) return ExitCode.threshold;
  return ExitCode.held;
}

/** What an exit code means, in words. */
export function describeExit(code: number): string {
  switch (code) {
    case ExitCode.held:
      return "every invariant held, every threshold was passed";
    case ExitCode.invariant:
      return "an invariant does not hold";
    case ExitCode.threshold:
      return "a threshold was not passed";
    case ExitCode.invalid:
      return "the scenario or the command line is invalid";
    case ExitCode.interrupted:
      return "interrupted before the end of the script";
    default:
      return "failed";
  }
}
