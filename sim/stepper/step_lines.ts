/**
 * An entry as lines: for people who read them in a pager or look through them with `grep`, and for
 * programs.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { decidedIn } from "../actor_log/decision_facts.ts";
import { entryJsonLines, stepOrTrouble } from "../actor_log/entry_steps.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import type { Entry, Step } from "../actor_log/step.ts";
import type { Decision } from "../actor_log/views/decision.ts";
import { eventReasons } from "../actor_log/views/event_sentence.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { type Units, unitsOf } from "../actor_log/views/units.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import { entryPlace, entryText, entryTime } from "./draw/entry_text.ts";
import { whereSent } from "./draw/sent_panel.ts";
import { changeTexts } from "./draw/state_panel.ts";
import { tellingActors } from "./load_shown.ts";
import { formatSince } from "./model/since.ts";

/** An entry and whose steps of it are wanted. */
export interface Telling {
  readonly log: ActorLog;
  readonly entry: Entry;
  /** A role or an actor's id; left out: everybody's but the audit logger's. */
  readonly actor?: string | undefined;
}

/** An entry as lines of text: the record, and below it each actor's step on it. */
export async function plainLines({ log, entry, actor }: Telling): Promise<readonly string[]> {
  const units = unitsOf(log.run.parameters);
  const since = formatSince(entryTime(entry) - log.run.startedAt);
  const head = `#${entry.rank}  ${since}  ${entryPlace(entry)}  ${entryText(entry, units)}`;
  const below = entry.kind === "event"
    ? eventReasons(entry.event)
    : await textsOfSteps(log, entry, tellingActors(entry, actor));
  return [head, ...below.map((text) => `  ${text}`)].map(visibleText);
}

async function textsOfSteps(
  log: ActorLog,
  { rank, record }: Entry & { readonly kind: "record" },
  roles: readonly Role[],
): Promise<readonly string[]> {
  const units = unitsOf(log.run.parameters);
  const texts: string[] = [];
  for (const role of roles) {
    const step = await stepOrTrouble(log, record, role);
    if ("trouble" in step) texts.push(`${role}: cannot be had: ${step.trouble}`);
    else texts.push(...stepTexts(step, { decision: await decidedIn(log, step, rank), units }));
  }
  return texts;
}

function stepTexts(
  { owner, actor, outcome, sent, findings, before, after }: Step,
  { decision: { headline, reasons }, units }: {
    readonly decision: Decision;
    readonly units: Units;
  },
): readonly string[] {
  const who = owner === null ? actor : `${owner.actor} (incarnation ${owner.incarnation})`;
  const subject = (after ?? before)?.subject ?? "";
  return [
    `${who}, ${outcome}: ${headline}`,
    ...[
      ...reasons,
      ...changeTexts({ before, after }).map((text) => `${subject}: ${text}`),
      ...sent.map((each) => `sent ${whereSent(each)}: ${messageLine(each.message, units)}`),
      ...findings.map(({ what, found }) =>
        `! ${what}${found === null ? "" : ` (${formatPlace(found)})`}`
      ),
    ].map((text) => `  ${text}`),
  ];
}

/** An entry as lines of JSON: one for each actor's step, one for a runtime event. */
export function jsonLinesOf({ log, entry, actor }: Telling): Promise<readonly string[]> {
  return entryJsonLines(log, entry, tellingActors(entry, actor));
}
