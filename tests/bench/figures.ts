/**
 * Figures of benches in one form, so that `main.ts` can gather them from what each bench prints.
 *
 * @module
 */

/** A measured value, and what it is held against. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: { readonly is: "at least" | "at most"; readonly value: number };
}

const MARK = "= ";

/** Prints a figure as a line of its own. */
export function tell(figure: Figure): void {
  console.log(MARK + JSON.stringify(figure));
}

/** The figure that a line tells, or null when it is another line. */
export function figureOf(line: string): Figure | null {
  // Written by tell(), in a bench of ours.
  return line.startsWith(`${MARK}{`) ? JSON.parse(line.slice(MARK.length)) as Figure : null;
}

/** Whether a figure keeps its limit; one without a limit does. */
export function keepsLimit({ value, limit }: Figure): boolean {
  if (limit === undefined) return true;
  return limit.is === "at least" ? value >= limit.value : value <= limit.value;
}
