/**
 * The entries around the one that is shown, a row each.
 *
 * @module
 */

import type { Entry } from "../../actor_log/step.ts";
import { passes } from "../../actor_log/entry_filter.ts";
import { unitsOf } from "../../actor_log/views/units.ts";
import { formatFilter } from "../model/filter_text.ts";
import { formatSince } from "../model/since.ts";
import type { StepperModel } from "../model/stepper_model.ts";
import type { Line } from "../screen/line.ts";
import { entryPlace, entryText, entryTime } from "./entry_text.ts";

/** The first rank of a list of so many rows around one: it in the middle, but at the run's ends. */
export function firstListed(
  rank: number,
  { length, rows }: { readonly length: number; readonly rows: number },
): number {
  return Math.max(0, Math.min(rank - Math.floor(rows / 2), length - rows));
}

/** So many lines, the shown entry among them. */
export function entryList(model: StepperModel, rows: number): readonly Line[] {
  const { shown } = model;
  if (shown === null) return Array.from({ length: rows }, () => []);
  const first = firstListed(shown.entry.rank, { length: model.length, rows });
  const units = unitsOf(model.run.parameters);
  const listed = Array.from(
    { length: rows },
    (_, i) => shown.around.find(({ rank }) => rank === first + i) ?? null,
  );
  const columns: readonly ((entry: Entry) => string)[] = [
    ({ rank }) => `#${rank}`,
    (entry) => formatSince(entryTime(entry) - model.run.startedAt),
    entryPlace,
  ];
  const widths = columns.map((text) =>
    Math.max(0, ...listed.map((entry) => (entry === null ? 0 : text(entry).length)))
  );
  const isFiltered = formatFilter(model.filter) !== "";
  return listed.map((entry): Line => {
    if (entry === null) return [];
    const isShown = entry.rank === shown.entry.rank;
    // What a filter lets pass is marked, for colour alone says nothing to everybody.
    const mark = isShown ? "▶" : isFiltered && passes(entry, model.filter) ? "+" : " ";
    const [rank, since, place] = columns.map((text) => text(entry));
    const head = `${mark} ${rank!.padStart(widths[0]!)} ${since!.padStart(widths[1]!)} `;
    return [
      { text: `${head}${place!.padEnd(widths[2]!)} `, tone: isShown ? "heading" : "quiet" },
      { text: entryText(entry, units), ...(isShown ? { tone: "strong" } as const : {}) },
    ];
  });
}
