/**
 * A state, and what a step changed of it.
 *
 * @module
 */

import type { Step } from "../../actor_log/step.ts";
import { type Change, differenceOf } from "../../actor_log/views/difference.ts";
import type { StateValue, StateView } from "../../actor_log/views/state_view.ts";
import { type Line, lineOf, type Span, wrapLine } from "../screen/line.ts";

/** Columns to which names are padded at most, so that one long name does not push all values away. */
const MOST_NAME_COLUMNS = 28;

/** Characters of a value in a difference; the whole of it is in the state. */
const MOST_VALUE_CHARACTERS = 200;

/** What a step changed, a line each: `~ cash available  10000.00 → 8105.00`. */
export function changeLines({ before, after }: Step, width: number): readonly Line[] {
  const subject = (after ?? before)?.subject ?? "";
  const changes = changesOf(before, after);
  if (changes.length === 0) return wrapLine(`${subject}: nothing changed`, { width });
  const name = ({ path }: Change) => path.join(" ");
  const pad = Math.min(
    MOST_NAME_COLUMNS,
    Math.max(...changes.map((change) => name(change).length)),
  );
  return [
    ...wrapLine(subject, { width }),
    ...changes.map((change): Line => [
      { text: `${MARKS[change.kind]} ${name(change).padEnd(pad)}  ` },
      ...values(change),
    ]),
  ];
}

const MARKS: Readonly<Record<Change["kind"], string>> = { changed: "~", added: "+", removed: "-" };

function changesOf(before: StateView | null, after: StateView | null): readonly Change[] {
  if (before === null && after === null) return [];
  const subject = (after ?? before)?.subject ?? "";
  const nothing: StateView = { subject, value: {} };
  return differenceOf(before ?? nothing, after ?? nothing);
}

/** What a step changed, as texts: `~ cash available 10000.00 → 8105.00`. */
export function changeTexts(
  { before, after }: Pick<Step, "before" | "after">,
): readonly string[] {
  return changesOf(before, after).map((change) =>
    `${MARKS[change.kind]} ${change.path.join(" ")} ${
      values(change).map(({ text }) => text).join("")
    }`
  );
}

function values({ kind, before, after }: Change): readonly Span[] {
  switch (kind) {
    case "added":
      return [{ text: short(after), tone: "good" }];
    case "removed":
      return [{ text: short(before), tone: "bad" }, { text: " is gone" }];
    case "changed":
      return [
        { text: short(before), tone: "bad" },
        { text: " → " },
        { text: short(after), tone: "good" },
      ];
  }
}

function short(value: StateValue): string {
  const text = valueText(value);
  return text.length <= MOST_VALUE_CHARACTERS
    ? text
    : `${text.slice(0, MOST_VALUE_CHARACTERS - 1)}…`;
}

/** A value in a line; what has names has each before its value. */
function valueText(value: StateValue): string {
  if (value === null) return "none";
  if (typeof value !== "object") return String(value);
  const parts = Array.isArray(value)
    ? value.map(valueText)
    : Object.entries(value).map(([name, each]) => `${name} ${nestedText(each)}`);
  return parts.length === 0 ? "none" : parts.join(", ");
}

function nestedText(value: StateValue): string {
  const text = valueText(value);
  return typeof value === "object" && value !== null ? `(${text})` : text;
}

/** What changed, then the state after the step, whole. */
export function statePanel(step: Step, width: number): readonly Line[] {
  const { before, after } = step;
  const view = after ?? before;
  if (view === null) return wrapLine(`${step.actor} keeps no state of its own.`, { width });
  return [
    lineOf("changed", "quiet"),
    ...changeLines(step, width),
    lineOf("after the step", "quiet"),
    ...wrapLine(view.subject, { width, indent: 2, tone: "heading" }),
    ...namedLines(view.value, { width, indent: 4 }),
  ];
}

function namedLines(
  values: { readonly [name: string]: StateValue },
  { width, indent }: { readonly width: number; readonly indent: number },
): readonly Line[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      // Not a list, so it has names.
      const named = value as { readonly [name: string]: StateValue };
      if (Object.keys(named).length === 0) return wrapLine(`${name}  none`, { width, indent });
      return [
        ...wrapLine(name, { width, indent }),
        ...namedLines(named, { width, indent: indent + 2 }),
      ];
    }
    return wrapLine(`${name}  ${valueText(value)}`, { width, indent });
  });
}
