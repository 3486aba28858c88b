/**
 * A line of the screen before it is drawn: pieces of text with what they are for the eye. All that a line
 * says is in its text; tones only underline it.
 *
 * @module
 */

import type { Paint, Tone } from "../../report/paint.ts";
import { clipText, widthOf, wrapText } from "./text_width.ts";

/** A piece of a line. */
export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** A line, from left to right. */
export type Line = readonly Span[];

/** A line of one piece. */
export function lineOf(text: string, tone?: Tone): Line {
  return [tone === undefined ? { text } : { text, tone }];
}

/** The line made visible and cut to `width` columns, and how many columns it then takes. */
export function fitLine(
  line: Line,
  width: number,
): { readonly line: Line; readonly width: number } {
  const fitted: Span[] = [];
  let used = 0;
  for (const span of line) {
    const text = clipText(span.text, width - used);
    if (text !== "") fitted.push({ ...span, text });
    used += widthOf(text);
    if (used >= width) break;
  }
  return { line: fitted, width: used };
}

/** The text of a tone broken into lines of `width`, each behind `indent` columns of its own. */
export function wrapLine(
  text: string,
  { width, indent = 0, tone }: {
    readonly width: number;
    readonly indent?: number;
    readonly tone?: Tone;
  },
): readonly Line[] {
  const pad = " ".repeat(indent);
  return wrapText(text, Math.max(1, width - indent)).map((part) => lineOf(pad + part, tone));
}

/** The line as text, cut to `width` columns and painted. */
export function paintLine(line: Line, { width, paint }: {
  readonly width: number;
  readonly paint: Paint;
}): string {
  return fitLine(line, width).line
    .map(({ text, tone }) => (tone === undefined ? text : paint(tone, text)))
    .join("");
}
