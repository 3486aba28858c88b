/**
 * Choosing among several.
 *
 * @module
 */

import type { Key } from "../screen/key.ts";
import type { Chooser, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";
import { wanting } from "./wanting.ts";

/** Options that have a digit of their own. */
export const NUMBERED_OPTIONS = 9;

/** The model after a key while options are on the screen. */
export function chooseOption(model: StepperModel, chooser: Chooser, key: Key): StepperUpdate {
  const { options, chosen } = chooser;
  const numbered = /^[1-9]$/.test(key.name) ? options[Number(key.name) - 1] : undefined;
  if (numbered !== undefined) return wanting(model, "going there", numbered.effect);
  switch (key.name) {
    case "up":
    case "k":
    case "shift-tab":
      return choosing(model, chooser, chosen - 1);
    case "down":
    case "j":
    case "tab":
      return choosing(model, chooser, chosen + 1);
    case "home":
      return choosing(model, chooser, 0);
    case "end":
      return choosing(model, chooser, options.length - 1);
    case "return": {
      const option = options[chosen];
      if (option !== undefined) return wanting(model, "going there", option.effect);
      break;
    }
    case "escape":
    case "q":
      return { model: { ...model, mode: { kind: "steps" } }, effects: [] };
  }
  return { model, effects: [] };
}

function choosing(model: StepperModel, chooser: Chooser, chosen: number): StepperUpdate {
  const within = Math.max(0, Math.min(chooser.options.length - 1, chosen));
  return {
    model: { ...model, mode: { kind: "chooser", chooser: { ...chooser, chosen: within } } },
    effects: [],
  };
}
