/**
 * Runtime events of an actor next to one of its steps.
 *
 * @module
 */

import { eventSentence } from "../../actor_log/views/event_sentence.ts";
import { formatSince } from "../model/since.ts";
import type { Shown, StepperModel } from "../model/stepper_model.ts";
import { type Line, wrapLine } from "../screen/line.ts";

/** The events as a panel of their own. */
export function eventsPanel(model: StepperModel, shown: Shown, width: number): readonly Line[] {
  if (shown.events.length > 0) return eventLines(model, shown, width);
  return wrapLine("No runtime event of this actor stands next to this step.", { width });
}

/** A line or more for each event, the shown one marked. */
export function eventLines(
  { run }: StepperModel,
  { events, entry }: Shown,
  width: number,
): readonly Line[] {
  const own = entry.kind === "event" ? entry.event.number : null;
  const since = events.map(({ at }) => formatSince(at - run.startedAt));
  const pad = Math.max(0, ...since.map((text) => text.length)) + 3;
  return events.flatMap((event, i) => {
    const mark = event.number === own ? "▶" : " ";
    const head = `${mark} ${since[i]}`.padEnd(pad);
    return wrapLine(eventSentence(event), { width: width - pad }).map((line, row): Line => [
      { text: row === 0 ? head : " ".repeat(pad), tone: "quiet" },
      ...line,
    ]);
  });
}
