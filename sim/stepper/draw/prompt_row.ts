/**
 * The last row: keys, or the line that is being typed.
 *
 * @module
 */

import { textOf } from "../screen/input_line.ts";
import { type Line, lineOf } from "../screen/line.ts";
import { widthOf } from "../screen/text_width.ts";
import { visibleText } from "../../actor_log/visible_text.ts";
import type { PromptPurpose, StepperModel } from "../model/stepper_model.ts";

const ASKS: Readonly<Record<PromptPurpose, string>> = {
  "go": "go to: ",
  "search-forward": "search: ",
  "search-backward": "search backward: ",
  "filter": "only: ",
};

/** What is shown of what a line may be, while it is empty. */
const HINTS: Readonly<Record<PromptPurpose, string>> = {
  "go": "order-commands/3/117, #1204, +1.5s, 09:30:01",
  "search-forward": "any text of a record or an event; either case",
  "search-backward": "any text of a record or an event; either case",
  "filter": "user=501 symbol=AAPL actor=order-gateway type=order-rejected failures",
};

const KEYS = "n next  p previous  a actor  o order  f failure  c cause  e effect  ? help  q";

/** The last row, and where the cursor is to be seen in it. */
export function promptRow(
  { mode, screen }: StepperModel,
): { readonly line: Line; readonly cursorColumn: number | null } {
  if (mode.kind === "chooser") {
    return { line: lineOf("↑ ↓ and Enter, or a digit; Esc leaves", "quiet"), cursorColumn: null };
  }
  if (mode.kind !== "prompt") return { line: lineOf(KEYS, "quiet"), cursorColumn: null };
  const { line, purpose } = mode;
  const asked = ASKS[purpose];
  const room = Math.max(1, screen.columns - asked.length - 1);
  // The end of a long line is what is being typed.
  const before = endOf(visibleText(line.characters.slice(0, line.cursor).join("")), room);
  const after = visibleText(line.characters.slice(line.cursor).join(""));
  const cursorColumn = Math.min(screen.columns - 1, asked.length + widthOf(before));
  const hint = textOf(line) === "" ? HINTS[purpose] : "";
  return {
    line: [
      { text: asked, tone: "strong" },
      { text: before + after },
      { text: hint, tone: "quiet" },
    ],
    cursorColumn,
  };
}

/** As much of a text's end as fits. */
function endOf(text: string, width: number): string {
  let end = text;
  while (widthOf(end) > width) end = [...end].slice(1).join("");
  return end;
}
