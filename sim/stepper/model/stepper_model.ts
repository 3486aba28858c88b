/**
 * What the stepper knows at a moment: which step is shown and how, what is being typed, what is being
 * loaded. Plain values; {@link update} makes the next one of it.
 *
 * @module
 */

import type { Role } from "../../../actors/topology.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { EntryFilter, RunFacts } from "../../actor_log/actor_log.ts";
import type { RecordPlace } from "../../actor_log/record_place.ts";
import type { Entry, Finding, Step } from "../../actor_log/step.ts";
import type { SupervisionTree } from "../../actor_log/views/supervision.ts";
import type { DecisionFacts } from "../../actor_log/decision_facts.ts";
import type { Tone } from "../../report/paint.ts";
import type { ScreenSize } from "../screen/frame.ts";
import type { InputLine } from "../screen/input_line.ts";
import type { Key } from "../screen/key.ts";
import type { Position } from "./position.ts";

/** What is shown of an entry, in the order in which it is offered. */
export const PANELS = [
  "step",
  "record",
  "state",
  "sent",
  "book",
  "actors",
  "events",
  "findings",
] as const;

/** A part of what there is to see of an entry. */
export type Panel = typeof PANELS[number];

/** A step of the run, and what stands around it. */
export interface Shown {
  readonly entry: Entry;
  /** Whose step on the record it is; null for a runtime event. */
  readonly actor: Role | null;
  /** Null for a runtime event, and where the step could not be had. */
  readonly step: Step | null;
  /** What came before the step that its decision is told with; null where there is no step. */
  readonly facts: DecisionFacts | null;
  /** Why the step could not be had. */
  readonly trouble: string | null;
  /** Entries just before and after in the run's order, itself among them. */
  readonly around: readonly Entry[];
  readonly supervision: SupervisionTree;
  readonly events: readonly RuntimeEvent[];
  /** All findings of the run so far. */
  readonly findings: readonly Finding[];
}

/** A point in the history of where one has been. */
export interface Visit {
  readonly rank: number;
  readonly actor: Role | null;
}

/** How a step was come to, for the history: only jumps are remembered. */
export type Manner = "step" | "jump" | "back" | "forward";

/** Which way to go. */
export type Direction = "forward" | "backward";

/** What the model wants done. */
export type StepperEffect =
  /** Shows an entry, as a step of this actor if it is one of it. */
  | {
    readonly kind: "show";
    readonly rank: number;
    readonly actor: string | null;
    readonly manner: Manner;
  }
  /** Shows the next entry that passes. */
  | {
    readonly kind: "find";
    readonly from: number;
    readonly direction: Direction;
    readonly filter: EntryFilter;
    readonly actor: string | null;
    readonly manner: Manner;
    /** What is said when there is none. */
    readonly nothing: string;
  }
  /** Shows the next record that carries a correlation id. */
  | {
    readonly kind: "related";
    readonly rank: number;
    readonly correlationId: string;
    readonly direction: Direction;
  }
  | { readonly kind: "cause"; readonly place: RecordPlace }
  | { readonly kind: "effects"; readonly place: RecordPlace }
  | { readonly kind: "go"; readonly position: Position }
  /** Sees whether the run has what a filter names, and goes to what passes it. */
  | { readonly kind: "filter"; readonly filter: EntryFilter; readonly rank: number }
  /** Ends what is being done. */
  | { readonly kind: "cancel" };

/** What came of it. */
export type StepperEvent =
  | { readonly kind: "arrived"; readonly shown: Shown; readonly manner: Manner }
  /** Nothing else is shown; what is said instead. */
  | { readonly kind: "stayed"; readonly notice: Notice }
  | { readonly kind: "offered"; readonly chooser: Chooser }
  | { readonly kind: "filtered"; readonly filter: EntryFilter }
  /** How far a search has come. */
  | { readonly kind: "progressed"; readonly rank: number };

/** Something said in a line. */
export interface Notice {
  readonly text: string;
  readonly tone: Extract<Tone, "good" | "bad" | "doubt" | "quiet">;
}

/** A choice among several. */
export interface Chooser {
  readonly title: string;
  readonly options: readonly {
    readonly label: string;
    readonly effect: StepperEffect;
  }[];
  /** Further ones that are not listed. */
  readonly unlisted: number;
  readonly chosen: number;
}

/** What a line is being typed for. */
export type PromptPurpose = "go" | "search-forward" | "search-backward" | "filter";

/** What keys mean at the moment. */
export type Mode =
  | { readonly kind: "steps" }
  | { readonly kind: "help"; readonly scroll: number }
  | {
    readonly kind: "prompt";
    readonly purpose: PromptPurpose;
    readonly line: InputLine;
    /** What was wrong with the line when it was entered. */
    readonly problem: string | null;
  }
  | { readonly kind: "chooser"; readonly chooser: Chooser };

/** Something that is being done. */
export interface Busy {
  readonly what: string;
  /** The rank that a search has reached; null where that means nothing. */
  readonly rank: number | null;
}

/** What the stepper knows at a moment. */
export interface StepperModel {
  readonly run: RunFacts;
  /** Entries of the run. */
  readonly length: number;
  readonly screen: ScreenSize;
  readonly shown: Shown | null;
  readonly panel: Panel;
  /** Lines of the panel that are above the screen. */
  readonly scroll: number;
  readonly filter: EntryFilter;
  readonly mode: Mode;
  readonly busy: Busy | null;
  /** Keys pressed while something was being done; they are taken when it is. */
  readonly typedAhead: readonly Key[];
  readonly past: readonly Visit[];
  readonly future: readonly Visit[];
  readonly notice: Notice | null;
  readonly lastSearch: string | null;
}

/** The model of a run that was just opened. */
export function initialModel(
  { run, length, filter }: {
    readonly run: RunFacts;
    readonly length: number;
    readonly filter: EntryFilter;
  },
): StepperModel {
  return {
    run,
    length,
    screen: { columns: 80, rows: 24 },
    shown: null,
    panel: "step",
    scroll: 0,
    filter,
    mode: { kind: "steps" },
    busy: { what: "opening", rank: null },
    typedAhead: [],
    past: [],
    future: [],
    notice: null,
    lastSearch: null,
  };
}

/** Where the model stands; null before anything is shown. */
export function visitOf({ shown }: StepperModel): Visit | null {
  return shown === null ? null : { rank: shown.entry.rank, actor: shown.actor };
}
