/**
 * How many columns a text takes on a terminal, and cutting it by columns: CJK and emoji take two,
 * combining marks none, and what belongs together is never cut in two.
 *
 * @module
 */

import stringWidth from "string-width";
import { visibleText } from "../../actor_log/visible_text.ts";

/** Printable ASCII takes a column each, and needs no further look. */
const PLAIN = /^[\x20-\x7e]*$/;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What ends a text that was cut. */
const ELLIPSIS = "…";

/**
 * Columns that a text takes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { widthOf } from "./text_width.ts";
 * assert.equal(widthOf("AAPL"), 4);
 * assert.equal(widthOf("東京"), 4);
 * assert.equal(widthOf("Zoe\u0308"), 3);
 * ```
 */
export function widthOf(text: string): number {
  return PLAIN.test(text) ? text.length : stringWidth(text);
}

/** The text made visible and at most `width` columns wide; what was cut ends with an ellipsis. */
export function clipText(text: string, width: number): string {
  if (width <= 0) return "";
  // A column takes at least one code unit, but marks take none: so much can be looked at, and no more.
  const shown = visibleText(text.length > MAX_LOOKED_AT ? text.slice(0, MAX_LOOKED_AT) : text);
  if (headOf(shown, width).tail === "") return shown;
  return headOf(shown, width - 1).head + ELLIPSIS;
}

/** Code units of a text that is to be one line which are looked at; no screen is as wide. */
const MAX_LOOKED_AT = 10_000;

/** Breaks a text, made visible, into lines of at most `width` columns: at spaces, else where it must. */
export function wrapText(text: string, width: number): readonly string[] {
  if (width <= 0) return [];
  const lines: string[] = [];
  let line = "";
  let used = 0;
  for (const word of visibleText(text).split(" ")) {
    for (const [i, part] of partsOf(word, width).entries()) {
      const columns = widthOf(part);
      const goesOn = i === 0 && line !== "";
      if (i > 0 || (goesOn && used + 1 + columns > width)) {
        lines.push(line);
        line = part;
        used = columns;
      } else {
        line = goesOn ? `${line} ${part}` : part;
        used += columns + (goesOn ? 1 : 0);
      }
    }
  }
  return [...lines, line];
}

/** A word in parts of at most `width` columns; a character that is wider is a part of its own. */
function partsOf(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  for (let rest = word;;) {
    const { head, tail } = headOf(rest, width, { least: 1 });
    parts.push(head);
    if (tail === "") return parts;
    rest = tail;
  }
}

/** What fits into `width` columns, `least` so many characters, and what is left. */
function headOf(
  text: string,
  width: number,
  { least = 0 }: { readonly least?: number } = {},
): { readonly head: string; readonly tail: string } {
  if (PLAIN.test(text)) {
    const end = Math.max(least, width);
    return { head: text.slice(0, end), tail: text.slice(end) };
  }
  let used = 0;
  let end = 0;
  let count = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += widthOf(segment);
    if (used > width && count >= least) break;
    end = index + segment.length;
    count++;
  }
  return { head: text.slice(0, end), tail: text.slice(end) };
}
