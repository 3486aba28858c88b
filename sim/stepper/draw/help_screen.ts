/**
 * Help, written from the table of keys.
 *
 * @module
 */

import { BINDINGS } from "../model/bindings.ts";
import { FILTER_FORM } from "../model/filter_text.ts";
import { POSITION_FORMS } from "../model/position.ts";
import { keyLabel } from "../screen/key.ts";
import { fitLine, type Line, lineOf, wrapLine } from "../screen/line.ts";

/** Columns of keys. */
const KEY_COLUMNS = 15;

/** From so many columns on, help stands in two columns. */
const TWO_COLUMNS_FROM = 76;

/** The lines of help. */
export function helpLines(columns: number): readonly Line[] {
  const groups = [...new Set(BINDINGS.map(({ group }) => group))].map(groupLines);
  return [
    lineOf("Keys", "heading"),
    ...(columns >= TWO_COLUMNS_FROM ? sideBySide(groups, Math.floor(columns / 2)) : groups.flat()),
    lineOf(""),
    ...wrapLine(`g takes ${POSITION_FORMS}.`, { width: columns }),
    ...wrapLine(`& takes ${FILTER_FORM}. All must hold; + marks neighbours that pass.`, {
      width: columns,
    }),
    ...wrapLine("Esc ends a search, a question or a choice. Keys typed meanwhile are not lost.", {
      width: columns,
    }),
    ...wrapLine("In a change: ~ was something else, + is new, - is gone.", { width: columns }),
  ];
}

function groupLines(group: string): readonly Line[] {
  return [
    lineOf(group, "quiet"),
    ...BINDINGS.filter((binding) => binding.group === group).map(({ keys, help }): Line => [
      { text: ` ${keysText(keys)}`.padEnd(KEY_COLUMNS), tone: "strong" },
      { text: ` ${help}` },
    ]),
  ];
}

/** Keys as they are listed; digits as a range. */
function keysText(keys: readonly string[]): string {
  if (keys.length > 3) return `${keys[0]} to ${keys.at(-1)}`;
  return keys.map(keyLabel).join(" ");
}

/** Groups in two columns of about the same length. */
function sideBySide(groups: readonly (readonly Line[])[], width: number): readonly Line[] {
  const left: Line[] = [];
  const right: Line[] = [];
  for (const group of groups) (left.length <= right.length ? left : right).push(...group);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, i): Line => {
    const { line, width: used } = fitLine(left[i] ?? [], width - 1);
    return [...line, { text: " ".repeat(width - used) }, ...right[i] ?? []];
  });
}
