/**
 * Moving through a run.
 *
 * @module
 */

import type { EntryFilter } from "../../actor_log/actor_log.ts";
import type { ReadRecord } from "../../actor_log/step.ts";
import { formatPartition } from "../../actor_log/record_place.ts";
import type { Action } from "./bindings.ts";
import { formatFilter } from "./filter_text.ts";
import type { Direction, Manner, Shown, StepperModel } from "./stepper_model.ts";
import type { StepperUpdate } from "./update.ts";
import { say, wanting } from "./wanting.ts";

/** Actions that move. */
export type Move = Extract<
  Action,
  | "next"
  | "previous"
  | `${"next" | "previous"}-${"of-actor" | "of-order" | "of-partition" | "failure"}`
  | "first"
  | "last"
  | "cause"
  | "effects"
  | `other-actor${"" | "-backward"}`
>;

/** The model on its way to where a move goes. */
export function move(model: StepperModel, action: Move): StepperUpdate {
  const { shown } = model;
  if (shown === null) return say(model, "The run has no entries");
  switch (action) {
    case "next":
    case "previous":
      return neighbour(model, shown, directionOf(action));
    case "first":
      return find(model, { from: 0, direction: "forward", manner: "jump" });
    case "last":
      return find(model, { from: model.length - 1, direction: "backward", manner: "jump" });
    case "next-of-actor":
    case "previous-of-actor":
      return ofActor(model, shown, directionOf(action));
    case "next-failure":
    case "previous-failure":
      return beside(model, shown, {
        direction: directionOf(action),
        filter: { failures: true },
        what: "failure or restart",
      });
    case "next-of-partition":
    case "previous-of-partition":
      return ofPartition(model, shown, directionOf(action));
    case "next-of-order":
    case "previous-of-order":
      return ofOrder(model, shown, directionOf(action));
    case "cause":
    case "effects":
      return toCause(model, shown, action);
    case "other-actor":
    case "other-actor-backward":
      return otherActor(model, shown, action === "other-actor" ? 1 : -1);
  }
}

function directionOf(action: string): Direction {
  return action.startsWith("next") ? "forward" : "backward";
}

/** Whether everything passes. */
function isEverything(filter: EntryFilter): boolean {
  return formatFilter(filter) === "";
}

function neighbour(model: StepperModel, { entry }: Shown, direction: Direction): StepperUpdate {
  const rank = entry.rank + (direction === "forward" ? 1 : -1);
  if (isEverything(model.filter)) {
    if (rank < 0) return say(model, "This is the first entry");
    if (rank >= model.length) return say(model, "This is the last entry");
    return wanting(model, "going there", { kind: "show", rank, actor: null, manner: "step" });
  }
  return find(model, { from: rank, direction, manner: "step" });
}

/** Goes to the next entry that passes the model's filter and, where given, one more. */
function find(
  model: StepperModel,
  { from, direction, manner, also = {}, actor, what = "entry" }: {
    readonly from: number;
    readonly direction: Direction;
    readonly manner: Manner;
    readonly also?: EntryFilter;
    readonly actor?: string | null;
    readonly what?: string;
  },
): StepperUpdate {
  const filter = { ...model.filter, ...also };
  const only = formatFilter(model.filter);
  const nothing = `No ${what} ${direction === "forward" ? "after" : "before"} this one` +
    (only === "" ? "" : ` with ${only}; x shows everything again`);
  if (from < 0 || from >= model.length) return say(model, nothing);
  return wanting(model, "looking", {
    kind: "find",
    from,
    direction,
    filter,
    actor: actor ?? filter.actor ?? null,
    manner,
    nothing,
  });
}

function beside(
  model: StepperModel,
  { entry }: Shown,
  { direction, filter, what, actor = null }: {
    readonly direction: Direction;
    readonly filter: EntryFilter;
    readonly what: string;
    readonly actor?: string | null;
  },
): StepperUpdate {
  const from = entry.rank + (direction === "forward" ? 1 : -1);
  return find(model, { from, direction, manner: "jump", also: filter, actor, what });
}

/** The instance where the run tells which one it was, else its role. */
function ofActor(model: StepperModel, shown: Shown, direction: Direction): StepperUpdate {
  const { entry, step, actor: role } = shown;
  const actor = entry.kind === "event" ? entry.event.actor : step?.owner?.actor ?? role;
  if (actor === null) return say(model, "No actor took this record");
  return beside(model, shown, {
    direction,
    filter: { actor },
    actor,
    what: `step of ${actor}`,
  });
}

function ofPartition(model: StepperModel, shown: Shown, direction: Direction): StepperUpdate {
  if (shown.entry.kind === "event") return say(model, "A runtime event is in no partition");
  const { topic, partition } = shown.entry.record.place;
  return beside(model, shown, {
    direction,
    filter: { topic, partition },
    actor: shown.actor,
    what: `record of ${formatPartition({ topic, partition })}`,
  });
}

function ofOrder(model: StepperModel, { entry }: Shown, direction: Direction): StepperUpdate {
  const correlationId = entry.kind === "event" ? null : correlationOf(entry.record);
  if (correlationId === null) return say(model, "This is about no order");
  const { rank } = entry;
  return wanting(model, "looking", { kind: "related", rank, correlationId, direction });
}

/** What a record says that it belongs to: of an order `user/order`. */
function correlationOf({ message }: ReadRecord): string | null {
  // A price belongs to its symbol, and the floor's opening to the floor: neither is anybody's order.
  if (message === null || message.type === "price" || message.type === "floor-opened") return null;
  return message.correlationId;
}

function toCause(
  model: StepperModel,
  { entry }: Shown,
  kind: "cause" | "effects",
): StepperUpdate {
  if (entry.kind === "event") {
    return say(model, "A runtime event is no record: nothing caused it that the log has");
  }
  return wanting(model, "looking", { kind, place: entry.record.place });
}

function otherActor(
  model: StepperModel,
  { entry, actor }: Shown,
  by: 1 | -1,
): StepperUpdate {
  if (entry.kind === "event") return say(model, "A runtime event is no step of an actor");
  const { actors, rank } = entry;
  if (actors.length < 2) return say(model, "No other actor takes this record");
  const at = actors.findIndex((role) => role === actor);
  const other = actors[(at + by + actors.length) % actors.length]!; // within the list
  return wanting(model, "going there", { kind: "show", rank, actor: other, manner: "step" });
}
