/**
 * The two ends of most updates: something is wanted, or something is said.
 *
 * @module
 */

import type { Notice, StepperEffect, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";

/** The model while an effect is being done. `what` says what is done, as in "searching". */
export function wanting(model: StepperModel, what: string, effect: StepperEffect): StepperUpdate {
  return {
    model: { ...model, mode: { kind: "steps" }, notice: null, busy: { what, rank: null } },
    effects: [effect],
  };
}

/** The model that says something and does nothing. */
export function say(
  model: StepperModel,
  text: string,
  tone: Notice["tone"] = "quiet",
): StepperUpdate {
  return { model: { ...model, notice: { text, tone } }, effects: [] };
}
