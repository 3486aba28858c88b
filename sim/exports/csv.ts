/**
 * Rows of CSV as RFC 4180 has them, for spreadsheets too.
 *
 * A spreadsheet takes a field that begins with `=`, `+`, `-` or `@` for a formula, also one in quotes, and
 * a user may choose such an id. So a **text** that begins so gets an apostrophe before it, which shows
 * that it is text; one that begins with an apostrophe gets another, so that taking one off gives every
 * text back. Numbers are ours and stay as they are.
 *
 * @module
 */

import { visibleText } from "../actor_log/visible_text.ts";

/** What ends a row. */
export const ROW_END = "\r\n";

/** Beginnings that a spreadsheet would calculate, or that stand for themselves. */
const FORMULA = /^[=+\-@'\t\r]/;

const NEEDS_QUOTES = /[",\r\n]/;

/** A field: text that somebody wrote, a number in decimals, or nothing. */
export type CsvField =
  | { readonly text: string }
  | { readonly number: string | number }
  | boolean
  | null;

/**
 * A row with its end. Control characters in texts are written out, as on a terminal.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { csvRow } from "./csv.ts";
 * assert.equal(csvRow([{ text: `say "hi"` }, { number: "-1.50" }, null]), `"say ""hi""",-1.50,\r\n`);
 * assert.equal(csvRow([{ text: "=1+1" }]), "'=1+1\r\n");
 * ```
 */
export function csvRow(fields: readonly CsvField[]): string {
  return fields.map(fieldText).join(",") + ROW_END;
}

/** The names of columns as a row. */
export function csvHeader(names: readonly string[]): string {
  return names.join(",") + ROW_END;
}

function fieldText(field: CsvField): string {
  if (field === null) return "";
  if (typeof field === "boolean") return String(field);
  if ("number" in field) return String(field.number);
  const text = visibleText(field.text);
  const guarded = FORMULA.test(field.text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
