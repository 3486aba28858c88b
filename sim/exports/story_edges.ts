/**
 * Who sent what to whom in a story, record by record.
 *
 * @module
 */

import { folderOf } from "../actor_log/actors_of.ts";
import type { Passage, Story, ToldStep } from "../explain/story.ts";

/** A record on its way. */
export interface Edge {
  readonly passage: Passage;
  /** The step that gave it; null for what a client or a stranger sent, and for asides. */
  readonly sender: ToldStep | null;
}

/** The records of a story in the run's order, each with the step that gave it. */
export function edgesOf({ passages }: Pick<Story, "passages">): readonly Edge[] {
  const edges: Edge[] = [];
  const follow = (passage: Passage, cause: Passage | null) => {
    edges.push({ passage, sender: cause === null ? ownStep(passage) : givingStep(cause) });
    for (const effect of passage.effects) follow(effect, passage);
  };
  for (const passage of passages) follow(passage, null);
  return edges.sort((a, b) => a.passage.rank - b.passage.rank);
}

/** The step by which records follow from one: that of who folds it, or of the source that wrote it. */
function givingStep({ record, steps }: Passage): ToldStep | null {
  const role = folderOf(record.place.topic);
  return steps.find(({ step }) => step.actor === role) ??
    steps.find(({ step }) => step.outcome === "wrote") ?? null;
}

/** What a source wrote, its own step tells of. */
function ownStep({ steps }: Passage): ToldStep | null {
  return steps.find(({ step }) => step.outcome === "wrote") ?? null;
}
