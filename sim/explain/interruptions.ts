/**
 * What befell those who worked on a record, and what that did and did not change.
 *
 * A step is done with when an offset behind it is committed: what happens to its actors until then
 * concerns it, and what happens later does not.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { roleOfActor } from "../actor_log/entry_filter.ts";
import { formatPartition, formatPlace, type RecordPlace } from "../actor_log/record_place.ts";
import type { Step } from "../actor_log/step.ts";
import { copiesOf } from "./copies_of.ts";
import type { Interruption } from "./story.ts";

/** Runtime events looked at for one step. */
const MAX_EVENTS_LOOKED_AT = 4_000;

/** Events of one step that are told; the others are counted. */
const MAX_EVENTS_TOLD = 8;

const KINDS = [
  "failure",
  "restart",
  "give-up",
  "zombie",
  "fold-failed",
  "fault",
  "assigned",
  "revoked",
  "recovered",
  "commit",
  "snapshot",
] as const satisfies readonly RuntimeEvent["kind"][];

type Recovered = Extract<RuntimeEvent, { readonly kind: "recovered" }>;

interface Ranked {
  readonly rank: number;
  readonly event: RuntimeEvent;
}

/** What is known of a step besides itself. */
export interface StepSurroundings {
  readonly rank: number;
  /** The rank of the last record that the story tells of. */
  readonly lastRank: number;
}

/** What befell a step; null when nothing did. */
export async function interruptionOf(
  log: ActorLog,
  step: Step,
  surroundings: StepSurroundings,
): Promise<Interruption | null> {
  const isSource = step.actor === "order-command-producer";
  const copies = isSource ? await copiesOf(log, step) : [];
  const seen = isSource
    ? eventsOfSource(log, step, { ...surroundings, copies })
    : eventsOfFold(log, step, surroundings);
  if (seen.length === 0) return null;
  const events = seen.map(({ event }) => event);
  return {
    events: events.slice(0, MAX_EVENTS_TOLD),
    hidden: Math.max(0, events.length - MAX_EVENTS_TOLD),
    consequences: isSource
      ? sourceConsequences(step, copies)
      : foldConsequences(step, events, await copiesOf(log, step)),
  };
}

/** What happened to a producer between its intent and the command, the last time that it was sent. */
function eventsOfSource(
  { index }: ActorLog,
  { sent, owner }: Step,
  { rank, lastRank, copies }: StepSurroundings & { readonly copies: readonly RecordPlace[] },
): readonly Ranked[] {
  const commands = [...sent.flatMap(({ place }) => place ?? []), ...copies];
  const ranks = commands.map((place) => index.rankOf(place) ?? lastRank);
  const end = ranks.length === 0 ? Infinity : Math.max(...ranks);
  const seen: Ranked[] = [];
  if (owner === null) return seen;
  const kinds = ["failure", "restart", "give-up", "zombie"] as const;
  for (
    const each of index.events({ from: rank, direction: "forward", kinds, actor: owner.actor })
  ) {
    if (each.rank > end || seen.length >= MAX_EVENTS_LOOKED_AT) break;
    seen.push(each);
  }
  return seen;
}

function eventsOfFold(
  log: ActorLog,
  step: Step,
  { rank, lastRank }: StepSurroundings,
): readonly Ranked[] {
  const { actor: role, record: { place }, owner } = step;
  const partition = formatPartition(place);
  const seen: Ranked[] = [];
  const owners = new Set(owner === null ? [] : [owner.actor]);
  let looked = 0;
  for (const each of log.index.events({ from: rank, direction: "forward", kinds: KINDS })) {
    if (++looked > MAX_EVENTS_LOOKED_AT) break;
    const { event } = each;
    if (roleOfActor(event.actor) !== role) continue;
    if (event.kind === "commit" || event.kind === "snapshot") {
      if (event.partition === partition && event.offset > place.offset) break;
    } else if (event.kind === "recovered" || event.kind === "fold-failed") {
      if (event.partition === partition) seen.push(each);
    } else if (event.kind === "assigned" || event.kind === "revoked") {
      if (!event.partitions.includes(partition)) continue;
      if (event.kind === "assigned") owners.add(event.actor);
      seen.push(each);
    } else if (owners.has(event.actor)) seen.push(each);
  }
  return upToTheEnd(seen, place, lastRank);
}

/**
 * Without what came when the record was committed and its story over; a death that is told is told to the
 * return.
 */
function upToTheEnd(
  seen: readonly Ranked[],
  { offset }: RecordPlace,
  lastRank: number,
): readonly Ranked[] {
  const redone = seen.findLast(({ event }) =>
    event.kind === "recovered" && event.committedOffset <= offset
  );
  const died = seen.findLast(({ rank, event }) => rank <= lastRank && event.kind === "failure");
  const back = seen.find(({ rank, event }) =>
    died !== undefined && rank > died.rank && event.kind === "recovered"
  );
  const end = Math.max(lastRank, redone?.rank ?? 0, back?.rank ?? 0);
  return seen.filter(({ rank }) => rank <= end);
}

function sourceConsequences(step: Step, copies: readonly RecordPlace[]): readonly string[] {
  if (copies.length > 0) {
    return [
      `What it had written down it sent again unchanged when it was back: ${placesOf(copies)}. ` +
      "The id is the same, so the gateway knows it.",
    ];
  }
  return step.sent.length === 0 ? [] : [
    "The intent was in the log, so the command was not forgotten: it went out when the producer " +
    "was back.",
  ];
}

function foldConsequences(
  step: Step,
  events: readonly RuntimeEvent[],
  copies: readonly RecordPlace[],
): readonly string[] {
  const recovered = events.filter((event) => event.kind === "recovered");
  // When it was folded aloud again, that is what counts; silent recoveries beside it are none.
  const { offset } = step.record.place;
  const decisive = recovered.findLast(({ committedOffset }) => committedOffset <= offset) ??
    recovered.at(-1);
  return decisive === undefined ? [] : [consequenceOf(step, decisive, copies)];
}

function consequenceOf(step: Step, recovered: Recovered, copies: readonly RecordPlace[]): string {
  const { place } = step.record;
  const { snapshotOffset, committedOffset } = recovered;
  // As runtime events name an incarnation.
  const actor = `${recovered.actor}:${recovered.incarnation}`;
  const what = formatPlace(place);
  if (place.offset < snapshotOffset) {
    return `${actor} began with a snapshot that had ${what} in it already: nothing of it was done ` +
      "again.";
  }
  if (place.offset < committedOffset) {
    return `${actor} folded ${what} again, silently: it was committed, so what follows from it was ` +
      "in the log. Nothing changed.";
  }
  if (copies.length > 0) {
    return `${what} was not committed, so ${actor} folded it again and sent what follows again, with ` +
      `the same ids: ${placesOf(copies)}. Whoever received it twice took it once. Nothing changed.`;
  }
  if (step.sent.some(({ place }) => place !== null)) {
    return `${what} was not committed. ${actor} folded it, and what follows from it stands in the ` +
      "log once: nothing of it had been sent before.";
  }
  return `${what} was not committed, so ${actor} folded it after its return: the same record gives ` +
    "the same state.";
}

/** Places that are spelled out. */
const MAX_PLACES = 4;

function placesOf(places: readonly RecordPlace[]): string {
  const shown = places.slice(0, MAX_PLACES).map(formatPlace).join(", ");
  const rest = places.length - MAX_PLACES;
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}
