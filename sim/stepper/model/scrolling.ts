/**
 * Scrolling what is longer than the screen.
 *
 * @module
 */

import { helpLines } from "../draw/help_screen.ts";
import { layoutOf } from "../draw/layout.ts";
import { panelLines } from "../draw/panel.ts";
import type { Key } from "../screen/key.ts";
import type { Action } from "./bindings.ts";
import type { Mode, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";

/** The panel scrolled. It is told how long it is by those that draw it. */
export function scrollPanel(
  model: StepperModel,
  action: Extract<Action, "scroll-up" | "scroll-down" | "page-up" | "page-down">,
): StepperUpdate {
  const layout = layoutOf(model.screen);
  const lines = panelLines(model, layout.panelWidth(model)).length;
  const by = action.startsWith("page") ? Math.max(1, layout.panelRows - 1) : 1;
  const scroll = scrolled(model.scroll, {
    by: action.endsWith("up") ? -by : by,
    lines,
    rows: layout.panelRows,
  });
  return { model: { ...model, scroll, notice: null }, effects: [] };
}

/** Help scrolled or left. */
export function scrollHelp(
  model: StepperModel,
  { scroll }: Extract<Mode, { kind: "help" }>,
  key: Key,
): StepperUpdate {
  const { rows, columns } = model.screen;
  const visible = Math.max(1, rows - 1);
  const by = HELP_KEYS[key.name];
  if (by === undefined) return { model: { ...model, mode: { kind: "steps" } }, effects: [] };
  const lines = helpLines(columns).length;
  const next = scrolled(scroll, { by: by * (isPage(key) ? visible - 1 : 1), lines, rows: visible });
  return { model: { ...model, mode: { kind: "help", scroll: next } }, effects: [] };
}

const HELP_KEYS: Readonly<Record<string, 1 | -1>> = {
  "up": -1,
  "k": -1,
  "pageup": -1,
  "down": 1,
  "j": 1,
  "pagedown": 1,
  " ": 1,
};

function isPage({ name }: Key): boolean {
  return name.startsWith("page") || name === " ";
}

function scrolled(
  from: number,
  { by, lines, rows }: { readonly by: number; readonly lines: number; readonly rows: number },
): number {
  return Math.max(0, Math.min(from + by, lines - rows));
}
