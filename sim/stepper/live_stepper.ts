/**
 * `deno task step --live`: on a terminal a screen, elsewhere lines in and lines out.
 *
 * @module
 */

import { findLiveRun } from "../live/find_live_run.ts";
import { liveLines } from "../live/live_lines.ts";
import { LiveSession } from "../live/live_session.ts";
import { textLines } from "../live/text_lines.ts";
import type { Paint } from "../report/paint.ts";
import { drawLive } from "./live/draw_live.ts";
import { LiveEdge } from "./live/live_edge.ts";
import {
  initialLive,
  type LiveEffect,
  type LiveEvent,
  type LiveModel,
  updateLive,
} from "./live/live_model.ts";
import { type Program, runProgram } from "./screen/run_program.ts";
import type { Terminal } from "./screen/terminal.ts";
import type { StepWanted } from "./step_arguments.ts";

/** What lives outside of it. */
export interface LiveStepperSurroundings {
  readonly write: (text: string) => Promise<boolean>;
  readonly complain: (line: string) => void;
  readonly openTerminal: (() => Terminal) | null;
  readonly paint: Paint;
  /** Bytes that are typed, where there is no terminal. */
  readonly input: AsyncIterable<Uint8Array>;
  readonly onInterrupt: () => Disposable & { readonly signal: AbortSignal };
}

/** Characters of a command's line. */
const MAX_LINE_CHARACTERS = 4_096;

/** A busy floor has news all the time; it is drawn no more often than can be read. */
const PATIENCE_MS = 40;

/** Between two looks at the actors. */
const REFRESH_MS = 1_000;

/** Steps a running floor until the user has enough, or it ends. Gives the exit code. */
export async function liveStepper(
  { run, runs, format, cluster }: StepWanted,
  surroundings: LiveStepperSurroundings,
): Promise<number> {
  const directory = await findLiveRun(run, runs);
  const { openTerminal } = surroundings;
  if (format === null && openTerminal !== null) {
    let tell: (event: LiveEvent) => void = () => {};
    await using session = await LiveSession.attach(directory, {
      cluster,
      onChange: (view) => tell({ kind: "changed", view }),
    });
    await onScreen(session, { ...surroundings, openTerminal }, (listener) => {
      tell = listener;
    });
    return 0;
  }
  return await inLines({ directory, format: format === "json" ? "json" : "plain" }, {
    cluster,
    surroundings,
  });
}

async function onScreen(
  session: LiveSession,
  { openTerminal, paint }: {
    readonly openTerminal: () => Terminal;
    readonly paint: Paint;
  },
  listen: (listener: (event: LiveEvent) => void) => void,
): Promise<void> {
  const edge = new LiveEdge(session);
  using terminal = openTerminal();
  let tellProgram: (event: LiveEvent) => void = () => {};
  const program: Program<LiveModel, LiveEvent, LiveEffect> = {
    initial: initialLive(session.view),
    begin: [],
    update: updateLive,
    draw: drawLive,
    perform: (effect, tell) => edge.perform(effect, tell),
    cannotSuspend: (why) => ({
      kind: "said",
      notice: { text: `Cannot go to the shell: ${why}`, tone: "bad" },
    }),
    patienceMs: () => PATIENCE_MS,
    started: (tell) => {
      tellProgram = tell;
      listen(tell);
    },
  };
  const timer = setInterval(() => void edge.refresh(tellProgram), REFRESH_MS);
  try {
    await runProgram(program, { terminal, paint });
  } finally {
    clearInterval(timer);
    listen(() => {});
    await edge.settled();
  }
}

async function inLines(
  { directory, format }: { readonly directory: string; readonly format: "plain" | "json" },
  { cluster, surroundings }: {
    readonly cluster: StepWanted["cluster"];
    readonly surroundings: LiveStepperSurroundings;
  },
): Promise<number> {
  const { write, complain, input, onInterrupt } = surroundings;
  using interrupt = onInterrupt();
  const closed = new AbortController();
  const interrupted = AbortSignal.any([interrupt.signal, closed.signal]);
  return await liveLines({ directory, format, cluster }, {
    lines: textLines(input, MAX_LINE_CHARACTERS),
    // Nobody reads any more: it is as if the user had gone.
    say: (line) => void write(`${line}\n`).then((goesOn) => goesOn || closed.abort()),
    complain,
    interrupted,
  });
}
