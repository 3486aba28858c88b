/**
 * An entry as lines: for people who read them in a pager or look through them with `grep`, and for
 * programs.
 *
 * @module
 */

import type { ActorLog } from "../actor_log/actor_log.ts";
import { decidedIn } from "../actor_log/decision_facts.ts";
import { jsonLine } from "../actor_log/json_line.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import type { Entry, Step } from "../actor_log/step.ts";
import { eventJson, recordJson, STEP_JSON_VERSION, stepLine } from "../actor_log/step_json.ts";
import type { Decision } from "../actor_log/views/decision.ts";
import { eventReasons } from "../actor_log/views/event_sentence.ts";
import { messageLine } from "../actor_log/views/message_line.ts";
import { type Units, unitsOf } from "../actor_log/views/units.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import { entryPlace, entryText, entryTime } from "./draw/entry_text.ts";
import { whereSent } from "./draw/sent_panel.ts";
import { changeTexts } from "./draw/state_panel.ts";
import { stepsOf } from "./load_shown.ts";
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
  const { rank } = entry;
  const head = `#${rank}  ${since}  ${entryPlace(entry)}  ${entryText(entry, units)}`;
  const below: string[] = entry.kind === "event" ? [...eventReasons(entry.event)] : [];
  for (const step of await stepsOf(log, entry, actor)) {
    if ("trouble" in step) below.push(`${step.actor}: cannot be had: ${step.trouble}`);
    else below.push(...stepTexts(step, { decision: await decidedIn(log, step, rank), units }));
  }
  return [head, ...below.map((text) => `  ${text}`)].map(visibleText);
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
export async function jsonLinesOf({ log, entry, actor }: Telling): Promise<readonly string[]> {
  const { startedAt } = log.run;
  const { rank } = entry;
  if (entry.kind === "event") return [jsonLine(eventJson(entry.event, { rank, startedAt }))];
  const lines: string[] = [];
  for (const step of await stepsOf(log, entry, actor)) {
    lines.push(
      "trouble" in step
        ? jsonLine({
          version: STEP_JSON_VERSION,
          kind: "untold",
          rank,
          actor: step.actor,
          record: recordJson(entry.record, startedAt),
          why: step.trouble,
        })
        : stepLine(step, { rank, startedAt, decision: await decidedIn(log, step, rank) }),
    );
  }
  return lines;
}
