/**
 * Where a step's effects ended too early.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { roleOfActor } from "../actor_log/entry_filter.ts";
import { formatPartition, formatPlace } from "../actor_log/record_place.ts";
import type { Step } from "../actor_log/step.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { unitsOf } from "../actor_log/views/units.ts";

/** Runtime events looked at for the last commit of a partition. */
const MAX_EVENTS_LOOKED_AT = 10_000;

/** Missing messages that are spelled out. */
const MAX_SPELLED_OUT = 3;

/** In sentences; empty where all that should follow is in the log. */
export async function stopsOf(log: ActorLog, step: Step): Promise<readonly string[]> {
  if (step.actor === "order-command-producer") return await stopsOfSource(log, step);
  if (step.outcome === "malformed" || step.outcome === "refused") return [setAside(step)];
  if (step.outcome === "skipped") {
    const place = formatPlace(step.record.place);
    return [`${step.actor} passed over ${place} as poison, so nothing followed from it.`];
  }
  const missing = step.sent.filter(({ place }) => place === null);
  if (missing.length === 0) return [];
  const units = unitsOf(log.run.parameters);
  const lines = missing.slice(0, MAX_SPELLED_OUT).map(({ message }) => messageLine(message, units));
  const rest = missing.length - lines.length;
  const what = lines.map((line) => `"${line}"`).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  const place = formatPlace(step.record.place);
  return missing.length < step.sent.length
    ? [
      `Of what follows from ${place}, ${
        step.sent.length - missing.length
      } of ${step.sent.length} ` +
      `messages are in the log. Not there: ${what}. ${step.actor} ended between two publishes and ` +
      `did not come back before the run ended.`,
    ]
    : [`What follows from ${place} is not in the log: ${what}. ${whyNothing(log, step)}`];
}

/** What is no message, or fits nothing, is nobody's command: it gets no answer. */
function setAside({ actor, record, sent, outcome }: Step): string {
  const [letter] = sent;
  const where = letter === undefined || letter.place === null
    ? "its dead letter is not in the log"
    : `it was set aside at ${formatPlace(letter.place)}`;
  const place = formatPlace(record.place);
  return outcome === "refused"
    ? `${actor} refused ${place}, which fits nothing that it knows: ${where}.`
    : `${actor} could not read ${place} as a message (${record.malformed}): ${where}, and nobody is ` +
      "told.";
}

async function stopsOfSource(
  log: ActorLog,
  { record, sent, owner }: Step,
): Promise<readonly string[]> {
  if (record.message?.type !== "intent" || sent.length > 0) return [];
  // Bytes that were meant to be no command are sent all the same.
  if ((await log.effects(record.place)).length > 0) return [];
  const producer = owner?.actor ?? record.message.producer;
  const end = lastEvent(log, { actor: producer, kinds: ["failure", "give-up", "ready"] });
  const why = end === null || end.kind === "ready"
    ? endOfRun(log)
    : `${producer} died and did not come back before the run ended.`;
  return [
    `The intent was written down at ${
      formatPlace(record.place)
    }, and its command was never sent: ` +
    `order-commands has none with its id. ${why}`,
  ];
}

/** Why nothing of a fold's outputs came into the log, as far as runtime events tell. */
function whyNothing(log: ActorLog, { actor, record: { place } }: Step): string {
  const partition = formatPartition(place);
  const committed = lastCommitted(log, { role: actor, partition });
  if (committed === null) return `${actor} committed nothing of ${partition}. ${endOfRun(log)}`;
  if (committed > place.offset) {
    return `Yet ${actor} committed ${partition} up to ${committed}: records that were acknowledged ` +
      "are missing.";
  }
  return `${actor} had committed ${partition} up to ${committed}, so ${
    formatPlace(place)
  } was still ` +
    `to be folded, or its outputs to be acknowledged. ${endOfRun(log)}`;
}

function endOfRun({ run }: ActorLog): string {
  return run.finished === false
    ? "The run was interrupted before that."
    : "The run ended before that.";
}

/** The highest offset that a role is known to have committed of a partition. */
function lastCommitted(
  { index }: ActorLog,
  { role, partition }: { readonly role: string; readonly partition: string },
): number | null {
  let highest: number | null = null;
  let looked = 0;
  const kinds = ["commit", "recovered"] as const;
  for (const { event } of index.events({ from: index.length - 1, direction: "backward", kinds })) {
    if (++looked > MAX_EVENTS_LOOKED_AT) break;
    if (roleOfActor(event.actor) !== role) continue;
    if (event.kind !== "commit" && event.kind !== "recovered") continue;
    if (event.partition !== partition) continue;
    const offset = event.kind === "commit" ? event.offset : event.committedOffset;
    if (highest === null || offset > highest) highest = offset;
    // Offsets of one partition grow, so what came before is not higher.
    if (event.kind === "commit") break;
  }
  return highest;
}

function lastEvent(
  { index }: ActorLog,
  { actor, kinds }: {
    readonly actor: string;
    readonly kinds: readonly RuntimeEvent["kind"][];
  },
): RuntimeEvent | null {
  const from = index.length - 1;
  for (const { event } of index.events({ from, direction: "backward", kinds, actor })) return event;
  return null;
}
