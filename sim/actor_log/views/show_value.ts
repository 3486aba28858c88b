/**
 * Values that a client sent, whatever they are, as short text.
 *
 * @module
 */

/** Longer texts are cut. */
export const MAX_SHOWN_LENGTH = 200;

/** What lies deeper in a client's value is not written out: it may be nested without end. */
const MAX_DEPTH = 4;

/** Values of one list or object that are written out. */
const MAX_ITEMS = 12;

/** A JSON value as JSON, cut where it is long or deep. Absent is written as such. */
export function showValue(value: unknown): string {
  return shortText(written(value, MAX_DEPTH));
}

function written(value: unknown, depth: number): string {
  if (value === undefined) return "absent";
  if (typeof value === "string") return JSON.stringify(shortText(value));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    if (depth === 0) return "[…]";
    return `[${listed(value.map((item) => () => written(item, depth - 1)))}]`;
  }
  if (depth === 0) return "{…}";
  const entries = Object.entries(value).map(([name, item]) => () =>
    `${JSON.stringify(shortText(name))}: ${written(item, depth - 1)}`
  );
  return `{${listed(entries)}}`;
}

function listed(items: readonly (() => string)[]): string {
  const shown = items.slice(0, MAX_ITEMS).map((item) => item());
  return [...shown, ...(items.length > shown.length ? ["…"] : [])].join(", ");
}

/** A text, cut where it is long: by code points, so that no half of a pair is left. */
export function shortText(text: string): string {
  if (text.length <= MAX_SHOWN_LENGTH) return text;
  return `${[...text.slice(0, MAX_SHOWN_LENGTH)].slice(0, -1).join("")}…`;
}
