/**
 * What every command asks of its options before it reads their values: that they are known, and that each
 * has the form it should have.
 *
 * @module
 */

import { nearestTo } from "../nearest.ts";
import { UsageError } from "./usage_error.ts";

/** @throws {UsageError} for each unknown option: the nearest known one, and all there are */
export function refuseUnknown(unknown: readonly string[], known: readonly string[]): void {
  if (unknown.length === 0) return;
  throw new UsageError(unknown.map((name) => {
    const nearest = nearestTo(name, known);
    const hint = nearest === null ? "" : `did you mean ${nearest}? `;
    return `${name}: no such option; ${hint}there are: ${known.join(", ")}`;
  }));
}

/** What `parse` gives by `parseArgs`. @throws {UsageError} with the first line of its complaint */
export function parsed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    // parseArgs throws TypeErrors only, which say what is wrong.
    throw new UsageError([(error as Error).message.split("\n")[0]!]);
  }
}
