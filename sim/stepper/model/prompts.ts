/**
 * Lines that are typed: where to go, what to search, what to show only.
 *
 * @module
 */

import { inputLine, textOf, typeInto } from "../screen/input_line.ts";
import type { Key } from "../screen/key.ts";
import { formatFilter, parseFilter } from "./filter_text.ts";
import { parsePosition } from "./position.ts";
import type { Direction, Mode, PromptPurpose, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";
import { say, wanting } from "./wanting.ts";

type Prompt = Extract<Mode, { kind: "prompt" }>;

/** The model that asks for a line. */
export function openPrompt(model: StepperModel, purpose: PromptPurpose): StepperUpdate {
  const line = inputLine(purpose === "filter" ? formatFilter(model.filter) : "");
  return prompting(model, { kind: "prompt", purpose, line, problem: null });
}

function prompting(model: StepperModel, mode: Prompt): StepperUpdate {
  return { model: { ...model, mode, notice: null }, effects: [] };
}

/** The model after a key in a line that is being typed. */
export function typeInPrompt(model: StepperModel, mode: Prompt, key: Key): StepperUpdate {
  const { line } = mode;
  // As in a pager, taking back more than was typed leaves the line.
  const leaves = key.name === "escape" ||
    (key.name === "backspace" && line.characters.length === 0);
  if (leaves) return { model: { ...model, mode: { kind: "steps" } }, effects: [] };
  if (key.name === "return") return entered(model, mode);
  return prompting(model, { ...mode, line: typeInto(line, key), problem: null });
}

function entered(model: StepperModel, mode: Prompt): StepperUpdate {
  const text = textOf(mode.line);
  switch (mode.purpose) {
    case "search-forward":
    case "search-backward": {
      const direction = mode.purpose === "search-forward" ? "forward" : "backward";
      const sought = text === "" ? model.lastSearch : text;
      const steps: StepperModel = { ...model, mode: { kind: "steps" }, lastSearch: sought };
      return searchAgain(steps, direction);
    }
    case "go":
      return go(model, mode, text);
    case "filter":
      return filterBy(model, mode, text);
  }
}

function go(model: StepperModel, mode: Prompt, text: string): StepperUpdate {
  if (text.trim() === "") return { model: { ...model, mode: { kind: "steps" } }, effects: [] };
  const parsed = parsePosition(text, model.run);
  if (!parsed.ok) return prompting(model, { ...mode, problem: parsed.problem });
  return wanting(model, "going there", { kind: "go", position: parsed.position });
}

function filterBy(model: StepperModel, mode: Prompt, text: string): StepperUpdate {
  const parsed = parseFilter(text);
  if (!parsed.ok) return prompting(model, { ...mode, problem: parsed.problem });
  const rank = model.shown?.entry.rank ?? 0;
  return wanting(model, "looking", { kind: "filter", filter: parsed.filter, rank });
}

/** Looks once more for what was last searched. */
export function searchAgain(model: StepperModel, direction: Direction): StepperUpdate {
  const { lastSearch: text, shown } = model;
  if (text === null) return say(model, "Nothing was searched yet; / searches");
  if (shown === null) return say(model, "The run has no entries");
  const from = shown.entry.rank + (direction === "forward" ? 1 : -1);
  const way = direction === "forward" ? "after" : "before";
  const nothing = `No ${JSON.stringify(text)} ${way} this entry`;
  if (from < 0 || from >= model.length) return say(model, nothing);
  return wanting(model, `searching ${JSON.stringify(text)}`, {
    kind: "find",
    from,
    direction,
    filter: { ...model.filter, text },
    actor: model.filter.actor ?? null,
    manner: "jump",
    nothing,
  });
}
