/**
 * A line that is being typed.
 *
 * @module
 */

import type { Key } from "./key.ts";

/** What was typed so far, and where the cursor stands: by characters, not by code units. */
export interface InputLine {
  readonly characters: readonly string[];
  readonly cursor: number;
}

/** Characters that a line takes; further ones are not taken. */
export const MAX_INPUT = 500;

/** A line with the cursor at its end. */
export function inputLine(text = ""): InputLine {
  const characters = [...text];
  return { characters, cursor: characters.length };
}

/** The text of a line. */
export function textOf({ characters }: InputLine): string {
  return characters.join("");
}

/** The line after a key; a key that means nothing to it changes nothing. */
export function typeInto(line: InputLine, key: Key): InputLine {
  const { characters, cursor } = line;
  const before = characters.slice(0, cursor);
  const after = characters.slice(cursor);
  switch (key.name) {
    case "backspace":
      return { characters: [...before.slice(0, -1), ...after], cursor: Math.max(0, cursor - 1) };
    case "delete":
    case "ctrl-d":
      return { characters: [...before, ...after.slice(1)], cursor };
    case "left":
    case "ctrl-b":
      return { characters, cursor: Math.max(0, cursor - 1) };
    case "right":
    case "ctrl-f":
      return { characters, cursor: Math.min(characters.length, cursor + 1) };
    case "home":
    case "ctrl-a":
      return { characters, cursor: 0 };
    case "end":
    case "ctrl-e":
      return { characters, cursor: characters.length };
    case "ctrl-u":
      return { characters: after, cursor: 0 };
    case "ctrl-k":
      return { characters: before, cursor };
    case "ctrl-w": {
      const kept = before.join("").replace(/\S+\s*$/u, "");
      const left = [...kept];
      return { characters: [...left, ...after], cursor: left.length };
    }
  }
  const typed = [...key.text].slice(0, MAX_INPUT - characters.length);
  return { characters: [...before, ...typed, ...after], cursor: cursor + typed.length };
}
