/**
 * The report's section on what went wrong on purpose.
 *
 * @module
 */

import { formatDuration } from "../duration.ts";
import type { FaultOutcome } from "../faults/fault_ledger.ts";
import type { Paint } from "./paint.ts";
import { wrap } from "./wrap.ts";

/** So many faults are listed; the report's file has all of them. */
const MOST_LISTED = 40;

/** Where the words of a line begin. */
const INDENT = 15;

/** Its lines; none for a script without faults. Those that did not take place are told in the notes. */
export function renderFaults(
  faults: readonly FaultOutcome[],
  { paint, columns }: { readonly paint: Paint; readonly columns: number },
): readonly string[] {
  if (faults.length === 0) return [];
  const count = faults.filter(({ missed }) => missed === null).length;
  // Those of before the run was gone on with come first, and those that never came last.
  const inOrder = faults.toSorted((a, b) => timeOf(a) - timeOf(b));
  const lines = inOrder.slice(0, MOST_LISTED).flatMap((fault) => {
    const [sign, tone] = fault.missed === null ? ["✔", "good"] as const : ["✘", "bad"] as const;
    const [first = "", ...rest] = wrap(whatHappened(fault), columns - INDENT);
    return [
      `  ${paint(tone, sign)} ${whenOf(fault).padStart(9)}  ${first}`,
      ...rest.map((line) => " ".repeat(INDENT) + line),
    ];
  });
  const more = faults.length - MOST_LISTED;
  return [
    `${paint("heading", "Faults")}  ${count} of ${faults.length} took place`,
    ...lines,
    ...(more > 0 ? [`${" ".repeat(INDENT)}and ${more} more, in report.json`] : []),
  ];
}

function timeOf({ firedAtMs, missed }: FaultOutcome): number {
  return firedAtMs ?? (missed === null ? -Infinity : Infinity);
}

function whenOf({ firedAtMs, missed }: FaultOutcome): string {
  if (firedAtMs !== null) return formatDuration(firedAtMs);
  return missed === null ? "before" : "never";
}

/** The fault, and whom it befell where its name does not say so. */
function whatHappened({ name, on }: FaultOutcome): string {
  const others = on.filter((whom) => !name.includes(` ${whom}`));
  return others.length === 0 ? name : `${name}: ${others.join(", ")}`;
}
