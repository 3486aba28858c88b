/**
 * The panel that is chosen, as lines.
 *
 * @module
 */

import type { Finding } from "../../actor_log/step.ts";
import { formatPlace } from "../../actor_log/record_place.ts";
import type { Shown, StepperModel } from "../model/stepper_model.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { actorsPanel } from "./actors_panel.ts";
import { bookPanel } from "./book_panel.ts";
import { eventsPanel } from "./events_panel.ts";
import { eventPanel, recordPanel } from "./record_panel.ts";
import { sentPanel } from "./sent_panel.ts";
import { statePanel } from "./state_panel.ts";
import { stepPanel } from "./step_panel.ts";

/** The lines of the chosen panel, for a width. */
export function panelLines(model: StepperModel, width: number): readonly Line[] {
  const { shown, panel } = model;
  if (shown === null) return emptyPanel(model, width);
  switch (panel) {
    case "step":
      return stepPanel(model, shown, width);
    case "record":
      return shown.entry.kind === "event"
        ? eventPanel(shown.entry.event, width)
        : recordPanel(model, shown.entry.record, width);
    case "state":
    case "sent":
    case "book":
      return ofStep(model, shown, { panel, width });
    case "actors":
      return actorsPanel(shown.supervision, { width, marked: actorOf(shown) });
    case "events":
      return eventsPanel(model, shown, width);
    case "findings":
      return findingsPanel(shown, width);
  }
}

function emptyPanel({ length, busy }: StepperModel, width: number): readonly Line[] {
  if (length > 0 || busy !== null) return [];
  return wrapLine("This run has no entries: nothing was sent and nothing happened.", { width });
}

function ofStep(
  model: StepperModel,
  { step, trouble, entry }: Shown,
  { panel, width }: { readonly panel: "state" | "sent" | "book"; readonly width: number },
): readonly Line[] {
  if (entry.kind === "event") {
    return wrapLine("A runtime event is no step: it has no state and sends nothing.", { width });
  }
  if (step === null) return wrapLine(`This step cannot be had: ${trouble}`, { width, tone: "bad" });
  if (panel === "state") return statePanel(step, width);
  return panel === "sent" ? sentPanel(model, step, width) : bookPanel(step, width);
}

/** The actor that an entry is about, where the run tells which one it was. */
export function actorOf({ entry, step }: Shown): string | null {
  return entry.kind === "event" ? entry.event.actor : step?.owner?.actor ?? null;
}

function findingsPanel({ findings }: Shown, width: number): readonly Line[] {
  if (findings.length === 0) {
    return wrapLine("Everything folded so far is what the log holds.", { width, tone: "good" });
  }
  return findings.flatMap((finding: Finding) => [
    lineOf(`! ${finding.actor} at ${formatPlace(finding.place)}`, "bad"),
    ...wrapLine(finding.what, { width, indent: 2 }),
  ]);
}
