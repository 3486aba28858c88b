/**
 * Showing only what is like the entry that is shown.
 *
 * @module
 */

import type { EntryFilter } from "../../actor_log/actor_log.ts";
import { subjectOf } from "../../actor_log/subject.ts";
import { formatFilter } from "./filter_text.ts";
import type { Shown, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";
import { say } from "./wanting.ts";

/** Offers the filters that the shown entry passes. */
export function offerFilters(model: StepperModel): StepperUpdate {
  const { shown, filter } = model;
  if (shown === null) return say(model, "The run has no entries");
  const { rank } = shown.entry;
  const options = likenesses(shown).map((likeness) => ({
    label: formatFilter(likeness),
    effect: { kind: "filter", filter: { ...filter, ...likeness }, rank } as const,
  }));
  const chooser = { title: "Show only entries with", options, unlisted: 0, chosen: 0 };
  return { model: { ...model, mode: { kind: "chooser", chooser }, notice: null }, effects: [] };
}

function likenesses({ entry, actor, step }: Shown): readonly EntryFilter[] {
  if (entry.kind === "event") return [{ actor: entry.event.actor }, { type: entry.event.kind }];
  const { userId, orderId, symbol } = subjectOf(entry.record);
  const { topic, partition } = entry.record.place;
  const owner = step?.owner?.actor;
  return [
    ...(actor === null ? [] : [{ actor }]),
    ...(owner === undefined ? [] : [{ actor: owner }]),
    ...(userId === null ? [] : [{ userId }]),
    ...(orderId === null ? [] : [{ orderId, ...(userId === null ? {} : { userId }) }]),
    ...(symbol === null ? [] : [{ symbol }]),
    { type: entry.record.message?.type ?? "malformed" },
    { topic },
    { topic, partition },
  ];
}

/** Takes the filter away. */
export function showAll(model: StepperModel): StepperUpdate {
  if (formatFilter(model.filter) === "") return say(model, "Everything is shown already");
  return say({ ...model, filter: {} }, "Everything is shown again");
}
