/**
 * What becomes of the stepper's model when something happens: a key, a step that was loaded, another size.
 *
 * @module
 */

import type { ScreenEvent, Updated } from "../screen/run_program.ts";
import type { Key } from "../screen/key.ts";
import { act } from "./act.ts";
import { typeInPrompt } from "./prompts.ts";
import { chooseOption } from "./choose.ts";
import { scrollHelp } from "./scrolling.ts";
import { arrive } from "./visits.ts";
import type { StepperEffect, StepperEvent, StepperModel } from "./stepper_model.ts";

/** The model afterwards, and what is to be done. */
export type StepperUpdate = Updated<StepperModel, StepperEffect>;

/** Keys kept while something is being done; further ones are not taken. */
export const MAX_TYPED_AHEAD = 256;

/** The model after an event. Pure. */
export function update(model: StepperModel, event: StepperEvent | ScreenEvent): StepperUpdate {
  switch (event.kind) {
    case "key":
      return pressed(model, event.key);
    case "resized":
      return { model: { ...model, screen: event.size }, effects: [] };
    case "progressed":
      return model.busy === null
        ? { model, effects: [] }
        : { model: { ...model, busy: { ...model.busy, rank: event.rank } }, effects: [] };
    case "arrived":
      return goOn({ ...arrive(model, event), busy: null, notice: null });
    case "stayed":
      return goOn({ ...model, busy: null, notice: event.notice });
    case "offered":
      return goOn({ ...model, busy: null, mode: { kind: "chooser", chooser: event.chooser } });
    case "filtered":
      return { model: { ...model, filter: event.filter }, effects: [] };
  }
}

function pressed(model: StepperModel, key: Key): StepperUpdate {
  if (key.name === "ctrl-c") return { model, effects: [{ kind: "quit" }] };
  if (model.busy === null) return meant(model, key);
  // As an interrupt does, Escape also takes back what was typed before it and not yet taken.
  if (key.name === "escape") {
    return { model: { ...model, typedAhead: [] }, effects: [{ kind: "cancel" }] };
  }
  const typedAhead = [...model.typedAhead, key].slice(0, MAX_TYPED_AHEAD);
  return { model: { ...model, typedAhead }, effects: [] };
}

/** Takes what was typed ahead, as far as nothing else is to be done first. */
function goOn(model: StepperModel): StepperUpdate {
  let now = model;
  const effects: StepperUpdate["effects"][number][] = [];
  while (now.busy === null && now.typedAhead.length > 0) {
    const [key, ...typedAhead] = now.typedAhead;
    const next = meant({ ...now, typedAhead }, key!); // longer than nothing
    now = next.model;
    effects.push(...next.effects);
  }
  return { model: now, effects };
}

/** What a key means depends on what is on the screen. */
function meant(model: StepperModel, key: Key): StepperUpdate {
  switch (model.mode.kind) {
    case "steps":
      return act(model, key);
    case "help":
      return scrollHelp(model, model.mode, key);
    case "prompt":
      return typeInPrompt(model, model.mode, key);
    case "chooser":
      return chooseOption(model, model.mode.chooser, key);
  }
}
