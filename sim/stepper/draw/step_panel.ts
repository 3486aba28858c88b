/**
 * A step at one sight: who took what, what it decided and why, what changed, what it sent.
 *
 * @module
 */

import type { Step } from "../../actor_log/step.ts";
import { decisionOf } from "../../actor_log/views/decision.ts";
import { eventReasons, eventSentence } from "../../actor_log/views/event_sentence.ts";
import { type Units, unitsOf } from "../../actor_log/views/units.ts";
import type { Shown, StepperModel } from "../model/stepper_model.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { changeLines } from "./state_panel.ts";
import { recordText } from "./entry_text.ts";
import { eventLines } from "./events_panel.ts";
import { sentLines } from "./sent_panel.ts";

/** The lines of a step. */
export function stepPanel(model: StepperModel, shown: Shown, width: number): readonly Line[] {
  const units = unitsOf(model.run.parameters);
  const { entry, step, trouble } = shown;
  if (entry.kind === "event") {
    return [
      ...wrapLine(eventSentence(entry.event), { width, tone: "heading" }),
      ...eventReasons(entry.event).flatMap((text) => wrapLine(text, { width, indent: 2 })),
      ...section("around", eventLines(model, shown, width - NAME_COLUMNS)),
    ];
  }
  if (step === null) {
    return [
      ...wrapLine(recordText(entry.record, units), { width }),
      ...wrapLine(`This step cannot be had: ${trouble}`, { width, tone: "bad" }),
    ];
  }
  const room = width - NAME_COLUMNS;
  return [
    ...wrapLine(whose(shown, step), { width, tone: "heading" }),
    ...section("received", wrapLine(recordText(step.record, units), { width: room })),
    ...section("decided", decisionLines(shown, step, { units, width: room })),
    ...section("state", step.before === null && step.after === null ? [] : changeLines(step, room)),
    ...section("sent", sentLines(step, { units, width: room })),
    ...section("found", findingLines(step, room)),
    ...section(
      "events",
      shown.events.length === 0 ? [] : [
        lineOf(`${shown.events.length} of this actor next to this step (7)`),
      ],
    ),
  ];
}

/** Whose step it is, and who else takes the record. */
function whose({ entry }: Shown, { actor, owner, outcome }: Step): string {
  const name = owner === null ? actor : owner.actor;
  const incarnation = owner === null || owner.incarnation <= 1
    ? ""
    : `, incarnation ${owner.incarnation}`;
  const others = entry.kind === "record" ? entry.actors.filter((role) => role !== actor) : [];
  const more = others.length === 0 ? "" : `; Tab: ${others.join(", ")}`;
  return `${name}${incarnation}: ${outcome}${more}`;
}

function decisionLines(
  { facts }: Shown,
  step: Step,
  { units, width }: { readonly units: Units; readonly width: number },
): readonly Line[] {
  const { headline, reasons } = decisionOf(step, { units, ...facts });
  return [
    ...wrapLine(headline, { width, tone: "strong" }),
    ...reasons.flatMap((reason) => wrapLine(reason, { width, indent: 2 })),
  ];
}

function findingLines({ findings }: Step, width: number): readonly Line[] {
  return findings.flatMap(({ what }) => wrapLine(`! ${what}`, { width, tone: "bad" }));
}

/** Columns of the names of what there is to see of a step. */
const NAME_COLUMNS = 9;

/** Lines beside their name; nothing where there are none. */
function section(name: string, lines: readonly Line[]): readonly Line[] {
  return lines.map((line, i) => [
    { text: (i === 0 ? name : "").padEnd(NAME_COLUMNS), tone: "quiet" },
    ...line,
  ]);
}
