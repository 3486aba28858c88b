/**
 * What a step sent, and whether it got there.
 *
 * @module
 */

import { formatPartition, formatPlace } from "../../actor_log/record_place.ts";
import type { SentMessage, Step } from "../../actor_log/step.ts";
import { fieldsOf } from "../../actor_log/views/message_fields.ts";
import { messageLine } from "../../actor_log/views/message_line.ts";
import { type Units, unitsOf } from "../../actor_log/views/units.ts";
import type { StepperModel } from "../model/stepper_model.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { fieldLines } from "./record_panel.ts";

/** Where a message went. */
export function whereSent({ topic, partition, place }: SentMessage): string {
  return place === null
    ? `${formatPartition({ topic, partition })}, never got there`
    : formatPlace(place);
}

/** What was sent, a line each; that nothing was where an actor could have sent something. */
export function sentLines(
  { sent, actor }: Step,
  { units, width }: { readonly units: Units; readonly width: number },
): readonly Line[] {
  if (sent.length === 0) {
    return SENDS_NOTHING.has(actor) ? [] : [lineOf("nothing")];
  }
  const pad = Math.max(...sent.map((message) => whereSent(message).length));
  return sent.flatMap((each): readonly Line[] => {
    const where = whereSent(each);
    const what = messageLine(each.message, units);
    // Side by side where both fit, else one under the other.
    if (pad + 24 > width) {
      return [
        lineOf(where, each.place === null ? "bad" : "quiet"),
        ...wrapLine(what, { width, indent: 2 }),
      ];
    }
    return [[
      { text: `${where.padEnd(pad)}  `, tone: each.place === null ? "bad" : "quiet" },
      { text: what },
    ]];
  });
}

/** Actors that never write a message. */
const SENDS_NOTHING: ReadonlySet<string> = new Set(["audit-logger", "notifier"]);

/** What was sent, field by field. */
export function sentPanel(model: StepperModel, step: Step, width: number): readonly Line[] {
  const units = unitsOf(model.run.parameters);
  if (step.sent.length === 0) return wrapLine(`${step.actor} sent nothing here.`, { width });
  return step.sent.flatMap((each) => [
    ...wrapLine(`${each.index}  ${whereSent(each)}`, {
      width,
      tone: each.place === null ? "bad" : "heading",
    }),
    ...wrapLine(messageLine(each.message, units), { width, indent: 3, tone: "strong" }),
    ...fieldLines(fieldsOf(each.message, units), { width, indent: 3 }),
  ]);
}
