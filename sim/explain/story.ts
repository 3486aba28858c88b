/**
 * A story: records of a run as a tree of causes and effects, and what actors decided about each.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { RunFacts } from "../actor_log/actor_log.ts";
import type { RecordPlace } from "../actor_log/record_place.ts";
import type { DecisionJson } from "../actor_log/step_json.ts";
import type { ReadRecord, Step } from "../actor_log/step.ts";

/** What a story is about. */
export type StorySubject =
  | { readonly kind: "order"; readonly userId: string; readonly orderId: string }
  | { readonly kind: "record"; readonly place: RecordPlace };

/** What befell those who worked on a record, before it was done with. */
export interface Interruption {
  /** In the run's order. */
  readonly events: readonly RuntimeEvent[];
  /** Events left out, where there were many. */
  readonly hidden: number;
  /** What it did and did not change, in sentences. */
  readonly consequences: readonly string[];
}

/** A step as a story tells it. */
export interface ToldStep {
  readonly step: Step;
  readonly decision: DecisionJson;
  /** Null when nothing befell it. */
  readonly interruption: Interruption | null;
  /** Where the step's own effects ended too early, in sentences. */
  readonly stopped: readonly string[];
}

/** A record of the tree, and what followed from it. */
export interface Passage {
  readonly record: ReadRecord;
  readonly rank: number;
  /** Milliseconds after the record that it follows from; null for one that begins something. */
  readonly sinceCauseMs: number | null;
  /** What it says, in a line. */
  readonly line: string;
  /** Whether it is told only because it brought about something of what the story is about. */
  readonly aside: boolean;
  /** The record that said the same before; null for one that says it first. */
  readonly repeatOf: RecordPlace | null;
  /** What its place in the story means, in sentences. */
  readonly notes: readonly string[];
  readonly steps: readonly ToldStep[];
  readonly effects: readonly Passage[];
}

/** A tree with what it comes to. */
export interface Story {
  readonly run: RunFacts;
  readonly subject: StorySubject;
  /** What it comes to, in sentences. */
  readonly summary: readonly string[];
  /** What begins something, in the run's order. */
  readonly passages: readonly Passage[];
  /** Where it stopped, in sentences; empty when it came to an end. */
  readonly stopped: readonly string[];
  /** Records left out by the limit. */
  readonly hidden: number;
}

/** All passages of a tree, each before what followed from it. */
export function* allPassages(passages: readonly Passage[]): Generator<Passage> {
  for (const passage of passages) {
    yield passage;
    yield* allPassages(passage.effects);
  }
}

/** The passages of a story in the run's order. */
export function inRunOrder({ passages }: Pick<Story, "passages">): readonly Passage[] {
  return [...allPassages(passages)].sort((a, b) => a.rank - b.rank);
}

/** Where the steps of a tree stopped. */
export function stopsIn(passages: readonly Passage[]): readonly string[] {
  return [...allPassages(passages)].flatMap(({ steps }) => steps.flatMap(({ stopped }) => stopped));
}
