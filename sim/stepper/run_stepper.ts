/**
 * The stepper on a terminal.
 *
 * @module
 */

import type { ActorLog, EntryFilter } from "../actor_log/actor_log.ts";
import type { Paint } from "../report/paint.ts";
import { draw } from "./draw/draw.ts";
import {
  initialModel,
  type StepperEffect,
  type StepperEvent,
  type StepperModel,
} from "./model/stepper_model.ts";
import { update } from "./model/update.ts";
import { type Program, runProgram } from "./screen/run_program.ts";
import type { Terminal } from "./screen/terminal.ts";
import { StepperEdge } from "./stepper_edge.ts";

/** What takes longer is said to be going on; what does not, does not flicker. */
const PATIENCE_MS = 80;

/** Where and with what it begins. */
export interface StepperOptions {
  readonly terminal: Terminal;
  readonly paint: Paint;
  /** The first entry that is shown. */
  readonly rank: number;
  readonly filter: EntryFilter;
}

/** Steps through a run until the user has enough. */
export async function runStepper(log: ActorLog, options: StepperOptions): Promise<void> {
  const { terminal, paint, rank, filter } = options;
  const edge = new StepperEdge(log);
  const initial = initialModel({ run: log.run, length: log.index.length, filter });
  const isEmpty = log.index.length === 0;
  const begin: readonly StepperEffect[] = isEmpty
    ? []
    : [{ kind: "show", rank, actor: filter.actor ?? null, manner: "step" }];
  const program: Program<StepperModel, StepperEvent, StepperEffect> = {
    initial: isEmpty ? { ...initial, busy: null } : initial,
    begin,
    update,
    draw,
    perform: (effect, tell) => edge.perform(effect, tell),
    cannotSuspend: (why) => ({
      kind: "stayed",
      notice: { text: `Cannot go to the shell: ${why}`, tone: "bad" },
    }),
    patienceMs: ({ busy }) => (busy === null ? 0 : PATIENCE_MS),
  };
  try {
    await runProgram(program, { terminal, paint });
  } finally {
    await edge.settled();
  }
}
