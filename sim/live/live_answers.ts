/**
 * What is answered to a line that was typed to a running floor: sentences, or one JSON object a line.
 *
 * @module
 */

import { jsonLine } from "../actor_log/json_line.ts";
import { visibleText } from "../actor_log/visible_text.ts";
import type { Units } from "../actor_log/views/units.ts";
import type { LiveActor, LiveNews } from "./attach_live.ts";
import { LIVE_HELP } from "./live_commands.ts";
import type { LiveStep } from "./live_records.ts";
import type { LiveErrorCode } from "./protocol.ts";
import { shownRecord } from "./shown_record.ts";

/** Partitions of an actor that a line names. */
const PARTITIONS_NAMED = 8;

/** Of each line of JSON. Grows when a field is removed or means something else. */
export const LIVE_JSON_VERSION = 1;

/** One answer, or something that happened meanwhile. */
export type LiveAnswer =
  | { readonly kind: "attached"; readonly run: string; readonly directory: string }
  | { readonly kind: "help" }
  | { readonly kind: "actors"; readonly actors: readonly LiveActor[] }
  | { readonly kind: "chosen" | "suspended" | "resumed"; readonly actor: string }
  | { readonly kind: "step"; readonly step: LiveStep }
  /** There is nothing to feed it now. */
  | { readonly kind: "nothing"; readonly actor: string }
  | { readonly kind: "error"; readonly code: LiveErrorCode | "log"; readonly message: string }
  | { readonly kind: "news"; readonly news: LiveNews }
  | { readonly kind: "ended"; readonly why: string };

/** Lines of text. */
export function plainAnswer(answer: LiveAnswer, units: Units): readonly string[] {
  switch (answer.kind) {
    case "attached":
      return [visibleText(`attached to run ${answer.run}; "help" lists what may be typed`)];
    case "help":
      return LIVE_HELP.split("\n");
    case "actors":
      return answer.actors.map(actorLine);
    case "chosen":
      return [visibleText(`${answer.actor} is chosen`)];
    case "suspended":
      return [visibleText(`${answer.actor} is suspended; the others go on`)];
    case "resumed":
      return [visibleText(`${answer.actor} goes on`)];
    case "step":
      return stepLines(answer.step, units);
    case "nothing":
      return [visibleText(`${answer.actor}: there is nothing for it to do now`)];
    case "error":
      return [visibleText(answer.message)];
    case "news":
      return newsLines(answer.news);
    case "ended":
      return [visibleText(`it is over: ${answer.why}`)];
  }
}

/** One line of JSON. */
export function jsonAnswer(answer: LiveAnswer): string {
  const text = answer.kind === "help" ? { text: LIVE_HELP } : {};
  return jsonLine({ version: LIVE_JSON_VERSION, ...answer, ...text });
}

function actorLine({ id, phase, partitions, lag, heldBy, restarts }: LiveActor): string {
  // Those that are furthest behind come first; where nothing ever was, nothing is told.
  const used = partitions.filter(({ end }) => end > 0).sort((a, b) => b.lag - a.lag);
  const named = used.slice(0, PARTITIONS_NAMED).map(({ topic, partition, next, end }) =>
    `${topic}/${partition} ${next} of ${end}`
  );
  const more = used.length - named.length;
  const parts = [
    heldBy === "another" ? `${phase} by another stepper` : phase,
    ...(restarts === 0 ? [] : [`${restarts} restarts`]),
    ...(partitions.length === 0 ? [] : [`lag ${lag}`]),
    ...named,
    ...(more > 0 ? [`and ${more} more`] : []),
  ];
  return visibleText(`${id}: ${parts.join(", ")}`);
}

function stepLines(step: LiveStep, units: Units): readonly string[] {
  const { actor, read, wrote, moreWrote, decision, undecided } = step;
  const first = read === null
    ? `${actor} made a message of its own`
    : `${actor} was fed ${shownRecord(read, units)}`;
  return [
    visibleText(first),
    ...(decision === null ? [] : [visibleText(`  decided ${decision.headline}`)]),
    ...(undecided === null ? [] : [visibleText(`  what it decided is not known: ${undecided}`)]),
    ...wrote.map((record) => `  wrote ${shownRecord(record, units)}`),
    ...(moreWrote > 0 ? [`  wrote ${moreWrote} more`] : []),
  ];
}

function newsLines(news: LiveNews): readonly string[] {
  switch (news.kind) {
    case "released":
      return [visibleText(`${news.actor} goes on: ${news.why}`)];
    case "lost":
      return [`${news.count} runtime events came too fast and are not shown`];
    case "ended":
      return [visibleText(`process ${news.process ?? "of the session"} is gone: ${news.why}`)];
    case "event": {
      const { actor, incarnation, kind } = news.event;
      const why = news.event.kind === "failure" ? `: ${news.event.error}` : "";
      return [visibleText(`${actor} (incarnation ${incarnation}): ${kind}${why}`)];
    }
  }
}
