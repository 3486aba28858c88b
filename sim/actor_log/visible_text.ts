/**
 * Text that somebody else wrote, made fit to be shown: what would move a cursor, ring a bell, or turn
 * the direction of reading is shown and not obeyed.
 *
 * @module
 */

/**
 * Control characters (C0, DEL, C1), separators of lines and paragraphs, marks of reading direction,
 * characters without width that could hide something, language tags, and halves of surrogate pairs. The
 * joiner inside emoji stays: it obeys nobody.
 */
const HIDDEN =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu;

const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * The text with everything that cannot be seen written out, such as `\u{1b}` for an escape.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { visibleText } from "./visible_text.ts";
 * assert.equal(visibleText("alice\u001b[2J"), "alice\\u{1b}[2J");
 * assert.equal(visibleText("Zoë 👩‍🚀"), "Zoë 👩‍🚀");
 * ```
 */
export function visibleText(text: string): string {
  return text.replace(
    HIDDEN,
    (hidden) => SHORT[hidden] ?? `\\u{${hidden.codePointAt(0)!.toString(16)}}`,
  );
}

/** Lines of ours, with what others wrote in them made visible. */
export function visibleLines(text: string): string {
  return text.split("\n").map(visibleText).join("\n");
}
