/**
 * What brought a record about.
 *
 * @module
 */

import { isDeepStrictEqual } from "node:util";
import type { Cause } from "./actor_log.ts";
import { folderOf } from "./actors_of.ts";
import { type IntentLookup, intentOf } from "./intents_and_commands.ts";
import { originOf } from "./outputs_in_log.ts";
import { formatPlace, parsePlace, type RecordPlace } from "./record_place.ts";
import type { FoldedRole } from "./states/step_folder.ts";
import type { Finding, ReadRecord, SentMessage } from "./step.ts";

/** What looking for a cause needs. */
export interface CauseLookup {
  readonly intents: IntentLookup;
  /** What a step sent; nothing for a record that the log does not have. */
  readonly sentBy: (place: RecordPlace, actor: FoldedRole) => Promise<readonly SentMessage[]>;
  /** Told of what is otherwise in the log than folded. */
  readonly keep: (finding: Finding) => void;
}

/** What brought a record about, by its origin, its intent, or the poison that it tells of. */
export async function causeOf(record: ReadRecord, lookup: CauseLookup): Promise<Cause> {
  const { message, place } = record;
  const origin = message === null ? null : originOf(message);
  if (origin !== null) return await stepThatGave(record, origin, lookup);
  if (message?.type === "dead-letter") return poisonedStep(message.id, place);
  if (place.topic === "order-commands") {
    const intent = await intentOf(lookup.intents, record);
    if (intent !== null) return { kind: "intent", place: intent };
    return { kind: "none", why: "no intent was written for it: a client or a stranger sent it" };
  }
  return { kind: "none", why: "it begins something: its source wrote it on its own" };
}

/** Whether a record comes from where it says is folded again: strangers may write what they like. */
async function stepThatGave(
  record: ReadRecord,
  origin: RecordPlace,
  { sentBy, keep }: CauseLookup,
): Promise<Cause> {
  const actor = folderOf(origin.topic);
  const sent = actor === null ? [] : await sentBy(origin, actor);
  const made = sent.find(({ message }) => message.id === record.message?.id);
  const about = { place: origin, found: record.place };
  if (actor === null || made === undefined) {
    const why =
      `it says that it comes from ${formatPlace(origin)}, which gives no such record: a ` +
      `stranger wrote it`;
    keep({ ...about, actor, what: `${formatPlace(record.place)} is from nowhere: ${why}` });
    return { kind: "none", why };
  }
  if (!isDeepStrictEqual(made.message, record.message)) {
    const what = `Folding ${formatPlace(origin)} gives another record than the log has at ` +
      `${formatPlace(record.place)}: its message differs`;
    keep({ ...about, actor, what });
  }
  return { kind: "step", actor, place: origin };
}

/** A poison mark is a source message; its id says whose fold threw on which record. */
function poisonedStep(id: string, letter: RecordPlace): Cause {
  const [kind, role, ...place] = id.split("/");
  const poisoned = kind === "poison" ? parsePlace(place.join("/")) : null;
  const actor = poisoned === null ? null : folderOf(poisoned.topic);
  if (poisoned !== null && actor !== null && actor === role) {
    return { kind: "step", actor, place: poisoned };
  }
  return { kind: "none", why: `the letter at ${formatPlace(letter)} names no record of the run` };
}
