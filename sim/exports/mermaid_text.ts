/**
 * Texts in Mermaid diagrams, so that nothing in them is taken for Mermaid or for HTML.
 *
 * @module
 */

import { visibleText } from "../actor_log/visible_text.ts";
import { clip } from "../report/wrap.ts";

/**
 * What may stand as it is. All else is written as Mermaid's entity, `#` and the character's number and `;`:
 * `;` and line ends end a statement, `%%` begins a comment or a directive, `<` and `&` are HTML's, and `#`
 * is the entity's own.
 */
const PLAIN = /^[\p{L}\p{N} .,:()/+='!?_@*-]$/u;

/** Words that mean something to Mermaid when a colon and an entity, or a colon alone, follow. */
const WITH_COLON = /style|classdef|wrap/i;

/**
 * A text of at most so many characters, escaped.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mermaidText } from "./mermaid_text.ts";
 * assert.equal(mermaidText("eve; <b>", 20), "eve#59; #60;b#62;");
 * ```
 */
export function mermaidText(text: string, longest: number): string {
  let escaped = "";
  const shown = clip(visibleText(text), longest);
  const keepsColons = !WITH_COLON.test(shown);
  for (const character of shown) {
    const isPlain = PLAIN.test(character) && (keepsColons || character !== ":");
    escaped += isPlain ? character : `#${character.codePointAt(0)};`;
  }
  // A line must not end in white space, nor be empty.
  return escaped.trim() === "" ? "#32;" : escaped.trim();
}
