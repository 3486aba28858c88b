/**
 * Stories and sessions as JSON: what `deno task explain --json` prints.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { RunFacts } from "../actor_log/actor_log.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import { type RecordJson, recordJson, type StepJson, stepJson } from "../actor_log/step_json.ts";
import type { Passage, Story, ToldStep } from "./story.ts";
import type { Session } from "./tell_user.ts";

/** Grows when a field is removed or means something else. Fields may be added without it. */
export const STORY_JSON_VERSION = 1;

/** A run, as a story names it. */
export interface RunJson {
  readonly runId: string;
  readonly scenario: string | null;
  readonly seed: number | null;
  /** Milliseconds since the epoch; what is called `sinceStartMs` counts from it. */
  readonly startedAt: number;
  readonly virtual: boolean;
  readonly log: "embedded" | "kafka";
  readonly finished: boolean | null;
}

/** A step of a story. */
export interface ToldStepJson extends StepJson {
  /** Runtime events that concern the step, and what they changed; null when there are none. */
  readonly interruption: {
    readonly events: readonly RuntimeEvent[];
    readonly hidden: number;
    readonly consequences: readonly string[];
  } | null;
  readonly stopped: readonly string[];
}

/** A record of a story, and what followed from it. */
export interface PassageJson {
  readonly rank: number;
  readonly record: RecordJson;
  /** Null for a record that begins something. */
  readonly sinceCauseMs: number | null;
  readonly line: string;
  /** Told only because it brought about something of the story. */
  readonly aside: boolean;
  /** The place of the record that said the same before. */
  readonly repeatOf: string | null;
  readonly notes: readonly string[];
  readonly steps: readonly ToldStepJson[];
  readonly effects: readonly PassageJson[];
}

/** A story. */
export interface StoryJson {
  readonly version: typeof STORY_JSON_VERSION;
  readonly kind: "story";
  readonly run: RunJson;
  readonly order: { readonly userId: string; readonly orderId: string } | null;
  /** The record asked for; null for an order's story. */
  readonly place: string | null;
  readonly summary: readonly string[];
  readonly stopped: readonly string[];
  readonly passages: readonly PassageJson[];
  /** Records left out by the limit. */
  readonly hidden: number;
}

/** A user's session. */
export interface SessionJson {
  readonly version: typeof STORY_JSON_VERSION;
  readonly kind: "session";
  readonly run: RunJson;
  readonly userId: string;
  readonly count: { readonly commands: number; readonly exactly: boolean };
  /** The newest first. */
  readonly commands: readonly {
    readonly record: RecordJson;
    readonly orderId: string | null;
    readonly askedBefore: number;
    readonly line: string;
    readonly outcome: string;
    /** What the user was told. */
    readonly told: readonly RecordJson[];
    readonly hidden: number;
  }[];
}

/** A story as a JSON value. */
export function storyJson({ run, subject, ...story }: Story): StoryJson {
  return {
    version: STORY_JSON_VERSION,
    kind: "story",
    run: runJson(run),
    order: subject.kind === "order" ? { userId: subject.userId, orderId: subject.orderId } : null,
    place: subject.kind === "record" ? formatPlace(subject.place) : null,
    summary: story.summary,
    stopped: story.stopped,
    passages: story.passages.map((passage) => passageJson(passage, run.startedAt)),
    hidden: story.hidden,
  };
}

/** A session as a JSON value. */
export function sessionJson({ run, userId, count, commands }: Session): SessionJson {
  return {
    version: STORY_JSON_VERSION,
    kind: "session",
    run: runJson(run),
    userId,
    count,
    commands: commands.map(({ record, orderId, askedBefore, line, outcome, told, hidden }) => ({
      record: recordJson(record, run.startedAt),
      orderId,
      askedBefore,
      line,
      outcome,
      told: told.map((each) => recordJson(each.record, run.startedAt)),
      hidden,
    })),
  };
}

function runJson({ runId, scenario, startedAt, virtual, log, finished }: RunFacts): RunJson {
  return {
    runId,
    scenario: scenario?.name ?? null,
    seed: scenario?.seed ?? null,
    startedAt,
    virtual,
    log,
    finished,
  };
}

function passageJson(passage: Passage, startedAt: number): PassageJson {
  const { rank, record, sinceCauseMs, line, aside, repeatOf, notes, steps, effects } = passage;
  return {
    rank,
    record: recordJson(record, startedAt),
    sinceCauseMs,
    line,
    aside,
    repeatOf: repeatOf === null ? null : formatPlace(repeatOf),
    notes,
    steps: steps.map((told) => toldStepJson(told, { rank, startedAt })),
    effects: effects.map((effect) => passageJson(effect, startedAt)),
  };
}

function toldStepJson(
  { step, decision, interruption, stopped }: ToldStep,
  context: { readonly rank: number; readonly startedAt: number },
): ToldStepJson {
  return { ...stepJson(step, { ...context, decision }), interruption, stopped };
}
