/**
 * What a key does while steps are shown.
 *
 * @module
 */

import type { Key } from "../screen/key.ts";
import { actionOf } from "./bindings.ts";
import { offerFilters, showAll } from "./filtering.ts";
import { move } from "./moves.ts";
import { openPrompt, searchAgain } from "./prompts.ts";
import { scrollPanel } from "./scrolling.ts";
import { PANELS, type StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";
import { goBack } from "./visits.ts";
import { say } from "./wanting.ts";

/** The model after a key. */
export function act(model: StepperModel, key: Key): StepperUpdate {
  const action = actionOf(key.name);
  switch (action) {
    case null:
      return key.name === "escape"
        ? { model: { ...model, notice: null }, effects: [] }
        : say(model, "That key does nothing; ? shows those that do");
    case "back":
    case "forward":
      return goBack(model, action);
    case "go":
    case "search-forward":
    case "search-backward":
    case "filter":
      return openPrompt(model, action);
    case "next-match":
      return searchAgain(model, "forward");
    case "previous-match":
      return searchAgain(model, "backward");
    case "filter-by-this":
      return offerFilters(model);
    case "clear-filter":
      return showAll(model);
    case "scroll-up":
    case "scroll-down":
    case "page-up":
    case "page-down":
      return scrollPanel(model, action);
    case "panel":
      return {
        model: { ...model, panel: PANELS[Number(key.name) - 1] ?? "step", scroll: 0, notice: null },
        effects: [],
      };
    case "help":
      return { model: { ...model, mode: { kind: "help", scroll: 0 } }, effects: [] };
    case "redraw":
    case "suspend":
    case "quit":
      return { model, effects: [{ kind: action }] };
    default:
      return move(model, action);
  }
}
