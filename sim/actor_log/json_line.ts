/**
 * JSON that may be printed anywhere: one line, and nothing in it that a terminal would obey.
 *
 * @module
 */

/**
 * What JSON may hold as it is and a terminal would obey or hide: DEL and C1 controls, marks of reading
 * direction, characters without width, separators of lines. `JSON.stringify` escapes the rest: C0
 * controls, and halves of surrogate pairs.
 */
const OBEYED =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/**
 * A value as one line of JSON in which such characters are escaped. Whoever reads the JSON gets the text
 * as it was.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jsonLine } from "./json_line.ts";
 * const line = jsonLine({ user: "eve\u202e\u009b2J" });
 * assert.equal(line, `{"user":"eve\\u202e\\u009b2J"}`);
 * assert.deepEqual(JSON.parse(line), { user: "eve\u202e\u009b2J" });
 * ```
 */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(OBEYED, escaped);
}

/** The same over several lines, to be read by people. */
export function jsonLines(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(OBEYED, escaped);
}

function escaped(character: string): string {
  let text = "";
  for (let i = 0; i < character.length; i++) {
    text += `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`;
  }
  return text;
}
