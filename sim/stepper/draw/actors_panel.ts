/**
 * The supervision tree as it was just after an entry.
 *
 * @module
 */

import type { SupervisedActor, SupervisionTree } from "../../actor_log/views/supervision.ts";
import { type Line, wrapLine } from "../screen/line.ts";

/** The tree's lines, the actor of the shown entry marked. */
export function actorsPanel(
  { supervisors }: SupervisionTree,
  { width, marked }: { readonly width: number; readonly marked: string | null },
): readonly Line[] {
  if (supervisors.length === 0) {
    return wrapLine(
      "No actor was heard of until here: the run's runtime events begin later, " +
        "or are not there.",
      { width },
    );
  }
  return supervisors.flatMap(({ id, actors }) => [
    ...wrapLine(id, { width, tone: "heading" }),
    ...actors.flatMap((actor) => actorLines(actor, { width, isMarked: actor.id === marked })),
  ]);
}

function actorLines(
  actor: SupervisedActor,
  { width, isMarked }: { readonly width: number; readonly isMarked: boolean },
): readonly Line[] {
  const { id, phase, incarnation } = actor;
  const mark = isMarked ? "▶ " : "  ";
  const tone = phase === "ready" ? "good" : phase === "stopped" ? "quiet" : "bad";
  return [
    [{ text: `${mark}${id}  ` }, { text: phase, tone }, { text: `, incarnation ${incarnation}` }],
    ...detailsOf(actor).flatMap((text) => wrapLine(text, { width, indent: 6 })),
  ];
}

function detailsOf({ assignment, restarts, lastDown, zombies }: SupervisedActor): string[] {
  const times = restarts === 1 ? "once" : `${restarts} times`;
  return [
    ...(assignment.length === 0 ? [] : [rangesOf(assignment)]),
    ...(restarts === 0 ? [] : [`restarted ${times}`]),
    ...(lastDown === null ? [] : [`last down: ${lastDown}`]),
    ...(zombies === 0 ? [] : [`zombies alive: ${zombies}`]),
  ];
}

/**
 * Partitions as they are read: those next to each other as a range.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rangesOf } from "./actors_panel.ts";
 * assert.equal(rangesOf(["orders/0", "orders/1", "orders/2", "orders/5"]), "orders/0-2,5");
 * ```
 */
export function rangesOf(partitions: readonly string[]): string {
  const byTopic = new Map<string, number[]>();
  for (const name of partitions) {
    const cut = name.lastIndexOf("/");
    const topic = name.slice(0, cut);
    byTopic.set(topic, [...byTopic.get(topic) ?? [], Number(name.slice(cut + 1))]);
  }
  return [...byTopic].map(([topic, numbers]) => `${topic}/${joinRanges(numbers)}`).join(" ");
}

function joinRanges(numbers: readonly number[]): string {
  const ranges: { first: number; last: number }[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range !== undefined && number === range.last + 1) range.last = number;
    else ranges.push({ first: number, last: number });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`))
    .join(",");
}
