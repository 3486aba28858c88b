/**
 * How `deno task explain` and `deno task export` end.
 *
 * @module
 */

import { isOfTheRun } from "../actor_log/run_errors.ts";
import { visibleLines } from "../actor_log/visible_text.ts";
import { ExitCode } from "../command_line/exit_codes.ts";
import { UsageError } from "../command_line/usage_error.ts";
import { OutputError } from "../exports/output_error.ts";
import { NotInRunError } from "./find_order.ts";
import { UnfoldableError } from "./tell_step.ts";

/** The exit codes of both commands. */
export const ExplainExit = { told: 0, unusable: 2, interrupted: ExitCode.interrupted } as const;

/** The exit code of an error that a user can mend, when it was said; anything else goes on up. */
export function exitOf(
  error: unknown,
  { complain, signal, usage }: {
    readonly complain: (line: string) => void;
    readonly signal: AbortSignal;
    readonly usage: string;
  },
): number {
  if (signal.aborted) {
    complain("Interrupted.");
    return ExplainExit.interrupted;
  }
  if (error instanceof UsageError) complain(`${visibleLines(error.message)}\n\n${usage}`);
  else if (isExpected(error)) complain(visibleLines(error.message));
  else throw error;
  return ExplainExit.unusable;
}

function isExpected(error: unknown): error is Error {
  return isOfTheRun(error) || error instanceof NotInRunError || error instanceof OutputError ||
    error instanceof UnfoldableError;
}
