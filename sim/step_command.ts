/**
 * `deno task step`: steps through a run, in a terminal or as lines.
 *
 * @module
 */

import type { ActorLog } from "./actor_log/actor_log.ts";
import { openActorLog, type OpenActorLogOptions } from "./actor_log/open_actor_log.ts";
import { isOfTheRun } from "./actor_log/run_errors.ts";
import { visibleLines, visibleText } from "./actor_log/visible_text.ts";
import { ExitCode } from "./command_line/exit_codes.ts";
import { onInterrupt } from "./command_line/on_interrupt.ts";
import { paintFor } from "./command_line/paint_for.ts";
import { progressLine } from "./command_line/progress_line.ts";
import { UsageError } from "./command_line/usage_error.ts";
import { OutputError } from "./exports/output_error.ts";
import { writeText } from "./exports/standard_output.ts";
import { unlessAborted } from "./exports/unless_aborted.ts";
import { UnreadableRunError } from "./find_run.ts";
import { LiveError } from "./live/protocol.ts";
import { LineError } from "./live/text_lines.ts";
import type { Paint } from "./report/paint.ts";
import { liveStepper } from "./stepper/live_stepper.ts";
import { LineOutput } from "./stepper/line_output.ts";
import { entriesWanted } from "./stepper/list_steps.ts";
import { absentFrom, formatFilter } from "./stepper/model/filter_text.ts";
import { parsePosition, rankAt } from "./stepper/model/position.ts";
import { runStepper } from "./stepper/run_stepper.ts";
import { openTerminal } from "./stepper/screen/open_terminal.ts";
import type { Terminal } from "./stepper/screen/terminal.ts";
import { parseStepArguments, STEP_USAGE, type StepWanted } from "./stepper/step_arguments.ts";
import { jsonLinesOf, plainLines } from "./stepper/step_lines.ts";

/** The exit codes of `deno task step`. */
export const StepExit = { fine: 0, unusable: 2, interrupted: ExitCode.interrupted } as const;

/** What the command works with besides its arguments. */
export interface StepSurroundings {
  /** Writes all of it; false: nobody reads any more. */
  readonly write: (text: string) => Promise<boolean>;
  readonly complain: (line: string) => void;
  /** Shows how far the making of an index has come; "" takes it away again. */
  readonly showProgress: (line: string) => void;
  /** Takes over the terminal; null where there is none. */
  readonly openTerminal: (() => Terminal) | null;
  readonly paint: Paint;
  readonly open: (options: OpenActorLogOptions) => Promise<ActorLog>;
  /** Bytes that are typed, where there is no terminal. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Aborts when lines are to end early. */
  readonly onInterrupt: () => Disposable & { readonly signal: AbortSignal };
}

/** The command, and its exit code. */
export async function stepCommand(
  argv: readonly string[],
  surroundings: StepSurroundings,
): Promise<number> {
  const { complain, write } = surroundings;
  try {
    const wanted = parseStepArguments(argv);
    if (wanted === "help") {
      await write(`${STEP_USAGE}\n`);
      return StepExit.fine;
    }
    if (wanted.live) return await liveStepper(wanted, surroundings);
    return await stepThrough(wanted, surroundings);
  } catch (error) {
    if (!isExpected(error)) throw error;
    const usage = error instanceof UsageError ? "\n--help lists the options." : "";
    complain(visibleLines(error.message) + usage);
    return StepExit.unusable;
  }
}

function isExpected(error: unknown): error is Error {
  return error instanceof UsageError || isOfTheRun(error) || error instanceof LiveError ||
    error instanceof LineError || error instanceof OutputError;
}

async function stepThrough(wanted: StepWanted, surroundings: StepSurroundings): Promise<number> {
  const { openTerminal, paint } = surroundings;
  const isScreen = wanted.format === null && openTerminal !== null;
  if (isScreen) refuseOnScreen(wanted);
  const log = await openRun(wanted, surroundings);
  if (log === null) return StepExit.interrupted;
  await using _closed = log;
  checkFilter(wanted, log);
  const from = rankOf("at", wanted.at, log) ?? rankOf("from", wanted.from, log) ?? 0;
  if (!isScreen) return await printSteps(log, { wanted, from }, surroundings);
  const { filter } = wanted;
  using terminal = openTerminal();
  await runStepper(log, { terminal, paint, rank: from, filter });
  return StepExit.fine;
}

function refuseOnScreen({ to, limit }: StepWanted): void {
  const given = [...(to === null ? [] : ["to"]), ...(limit === null ? [] : ["limit"])];
  if (given.length === 0) return;
  throw new UsageError(given.map((name) => `--${name}: goes with --plain or --json`));
}

/** Opens the run, and makes its index where there is none; null when that was interrupted. */
async function openRun(
  { run, runs, cluster }: StepWanted,
  { open, onInterrupt, showProgress, complain }: StepSurroundings,
): Promise<ActorLog | null> {
  using interrupt = onInterrupt();
  try {
    const log = await open({
      run,
      runs,
      cluster,
      what: "step through",
      signal: interrupt.signal,
      onProgress: ({ done, total }) =>
        showProgress(`making the index: ${Math.floor(100 * done / Math.max(1, total))} %`),
      onRebuild: (why) => complain(visibleText(why)),
    });
    if (run === null) complain(`The newest run: ${visibleText(log.run.directory)}`);
    return log;
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    complain("Interrupted: the index was not made");
    return null;
  } finally {
    showProgress("");
  }
}

function checkFilter({ filter }: StepWanted, { index, run }: ActorLog): void {
  const absent = absentFrom(filter, { index, parameters: run.parameters });
  if (absent !== null) throw new UnreadableRunError(absent);
}

/** @throws {UnreadableRunError} when the run has no such point */
function rankOf(name: string, text: string | null, log: ActorLog): number | null {
  if (text === null) return null;
  const parsed = parsePosition(text, log.run);
  const found = parsed.ok ? rankAt(parsed.position, log) : parsed;
  if ("problem" in found) throw new UnreadableRunError(`--${name}: ${found.problem}`);
  return found.rank;
}

async function printSteps(
  log: ActorLog,
  { wanted, from }: { readonly wanted: StepWanted; readonly from: number },
  { write, complain, onInterrupt }: StepSurroundings,
): Promise<number> {
  using interrupt = onInterrupt();
  const { signal } = interrupt;
  const { filter, limit, format } = wanted;
  const last = log.index.length - 1;
  const to = wanted.at !== null ? from : rankOf("to", wanted.to, log) ?? last;
  if (to < from) throw new UnreadableRunError(`--to: #${to} is before --from, which is #${from}`);
  // What is rare is shown as soon as it is found; what is dense is written many lines at a time.
  const writeOn = (text: string) => unlessAborted(write(text), { instead: false, signal });
  const output = new LineOutput(writeOn, {
    isEager: formatFilter(filter) !== "",
  });
  const linesOf = format === "json" ? jsonLinesOf : plainLines;
  let told = 0;
  for await (const entry of entriesWanted(log, { from, to, filter, limit, signal })) {
    told++;
    const goesOn = await output.add(await linesOf({ log, entry, actor: filter.actor }));
    if (!goesOn) return signal.aborted ? StepExit.interrupted : StepExit.fine;
  }
  await output.flush();
  const only = formatFilter(filter);
  if (told === 0 && !signal.aborted && only !== "") complain(`No entry has ${visibleText(only)}`);
  return signal.aborted ? StepExit.interrupted : StepExit.fine;
}

if (import.meta.main) {
  const isScreen = Deno.stdout.isTerminal() && Deno.stdin.isTerminal();
  Deno.exit(
    await stepCommand(Deno.args, {
      write: writeText,
      complain: console.error,
      showProgress: progressLine().showProgress ?? (() => {}),
      openTerminal: isScreen ? openTerminal : null,
      paint: paintFor(Deno.stdout),
      open: openActorLog,
      input: Deno.stdin.readable,
      onInterrupt,
    }),
  );
}
