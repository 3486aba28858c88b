/**
 * A choice among several, as lines.
 *
 * @module
 */

import type { Chooser } from "../model/stepper_model.ts";
import { NUMBERED_OPTIONS } from "../model/choose.ts";
import { type Line, lineOf, type Span } from "../screen/line.ts";

/** The title and as many options as there are rows for, the chosen one among them. */
export function chooserLines(
  { title, options, unlisted, chosen }: Chooser,
  { rows }: { readonly rows: number; readonly width: number },
): readonly Line[] {
  const room = Math.max(1, rows - 1 - (unlisted > 0 ? 1 : 0));
  const first = Math.max(0, Math.min(chosen - Math.floor(room / 2), options.length - room));
  const shown = options.slice(first, first + room);
  return [
    lineOf(title, "heading"),
    ...shown.map(({ label }, i): Line => {
      const number = first + i + 1;
      const digit = number <= NUMBERED_OPTIONS ? String(number) : " ";
      const isChosen = first + i === chosen;
      const span: Span = { text: `${isChosen ? "▶" : " "} ${digit}  ${label}` };
      return [isChosen ? { ...span, tone: "strong" } : span];
    }),
    ...(unlisted > 0 ? [lineOf(`     and ${unlisted} more`, "quiet")] : []),
  ];
}
