/**
 * What a market data producer says of the rows of a file that it cannot read: the first ones each, and
 * in the end how many there were. Written and read in this one place.
 *
 * @module
 */

/** So many malformed rows of a file are told one by one; the rest are only counted. */
export const MALFORMED_ROWS_TOLD = 10;

/** A row that was skipped. */
export interface MalformedRow {
  /** Counts from 1. */
  readonly line: number;
  readonly error: string;
}

/** What a note says of malformed rows. */
export type MalformedRowsNote =
  /** One row: where and what is wrong, such as `line 51: 1 fields instead of 7`. */
  | { readonly kind: "row"; readonly row: string }
  /** All rows that an incarnation skipped, those told one by one included. */
  | { readonly kind: "total"; readonly count: number };

const ROW = "Skipped a malformed row: ";
const TOTAL = /^Skipped (\d+) malformed rows in all$/;

/** The note on one row. */
export function malformedRowText({ line, error }: MalformedRow): string {
  return `${ROW}line ${line}: ${error}`;
}

/** The note on all of them. */
export function malformedTotalText(count: number): string {
  return `Skipped ${count} malformed rows in all`;
}

/** Reads a note; null when it is about something else. */
export function readMalformedNote(text: string): MalformedRowsNote | null {
  if (text.startsWith(ROW)) return { kind: "row", row: text.slice(ROW.length) };
  const total = TOTAL.exec(text);
  return total === null ? null : { kind: "total", count: Number(total[1]) };
}
