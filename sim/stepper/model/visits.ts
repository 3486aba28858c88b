/**
 * Where one has been: back and forward through jumps, as in a browser.
 *
 * @module
 */

import type { StepperUpdate } from "./update.ts";
import {
  type Manner,
  type Shown,
  type StepperModel,
  type Visit,
  visitOf,
} from "./stepper_model.ts";
import { say, wanting } from "./wanting.ts";

/** Jumps that are remembered. */
export const MAX_VISITS = 1_000;

/** The model that shows what was arrived at, and remembers where it was before a jump. */
export function arrive(
  model: StepperModel,
  { shown, manner }: { readonly shown: Shown; readonly manner: Manner },
): StepperModel {
  const before = visitOf(model);
  const arrived = { ...model, shown, scroll: 0 };
  if (before === null) return arrived;
  switch (manner) {
    case "step":
      return arrived;
    case "jump":
      return { ...arrived, past: remembered(model.past, before), future: [] };
    case "back":
      return {
        ...arrived,
        past: model.past.slice(0, -1),
        future: remembered(model.future, before),
      };
    case "forward":
      return {
        ...arrived,
        past: remembered(model.past, before),
        future: model.future.slice(0, -1),
      };
  }
}

function remembered(visits: readonly Visit[], visit: Visit): readonly Visit[] {
  return [...visits, visit].slice(-MAX_VISITS);
}

/** Goes back to before the last jump, or forward again. */
export function goBack(model: StepperModel, manner: "back" | "forward"): StepperUpdate {
  const visit = (manner === "back" ? model.past : model.future).at(-1);
  if (visit === undefined) {
    return say(model, manner === "back" ? "No jump to go back from" : "Nowhere to go forward to");
  }
  const { rank, actor } = visit;
  return wanting(model, `going ${manner}`, { kind: "show", rank, actor, manner });
}
