/**
 * Steps and runtime events as JSON, one object each: what `deno task step --json` and
 * `deno task export --to ndjson` print.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { Role } from "../../actors/topology.ts";
import type { Message } from "../../kafka/messages/mod.ts";
import { jsonLine } from "./json_line.ts";
import { formatPlace } from "./record_place.ts";
import type { ReadRecord, SentMessage, Step, StepOutcome, StepOwner, UntoldStep } from "./step.ts";
import type { LadderLevel, StateView } from "./views/state_view.ts";

/** Grows when a field is removed or means something else. Fields may be added without it. */
export const STEP_JSON_VERSION = 1;

/** A record, as JSON. */
export interface RecordJson {
  /** `topic/partition/offset`. */
  readonly place: string;
  /** The record's stamp, in milliseconds since the epoch. */
  readonly timestamp: number;
  /** The same in milliseconds since the run's start. */
  readonly sinceStartMs: number;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null when the bytes are no message of the topic. */
  readonly message: Message | null;
  /** Why they are none; null when they are one. */
  readonly malformed: string | null;
  /** The value as text, where it is no message; null where it is one, or no text. */
  readonly text: string | null;
}

/** A message that a step sent, as JSON. */
export interface SentJson extends Pick<SentMessage, "index" | "topic" | "partition" | "key"> {
  /** Where it first stands in the log; null: it never got there. */
  readonly place: string | null;
  readonly message: Message;
}

/** A decision, as {@link StepJson} has it. */
export interface DecisionJson {
  readonly headline: string;
  readonly reasons: readonly string[];
}

/** A step, as JSON. */
export interface StepJson {
  readonly version: typeof STEP_JSON_VERSION;
  readonly kind: "step";
  /** The record's place in the run's order. */
  readonly rank: number;
  readonly actor: Role;
  readonly owner: StepOwner | null;
  readonly record: RecordJson;
  readonly outcome: StepOutcome;
  readonly decision: DecisionJson;
  /** Null for actors without a state of their own. */
  readonly before: StateJson | null;
  readonly after: StateJson | null;
  readonly sent: readonly SentJson[];
  /** Where the log is otherwise than folded, in sentences. */
  readonly findings: readonly string[];
}

/** A state as it is shown, without what only programs of ours read. */
export type StateJson = Omit<StateView, "raw">;

/** A runtime event, as JSON. */
export interface EventJson {
  readonly version: typeof STEP_JSON_VERSION;
  readonly kind: "event";
  readonly rank: number;
  readonly sinceStartMs: number;
  readonly event: RuntimeEvent;
}

/** A step that cannot be folded, as JSON. */
export interface UntoldJson {
  readonly version: typeof STEP_JSON_VERSION;
  readonly kind: "untold";
  readonly rank: number;
  readonly actor: Role;
  readonly record: RecordJson;
  readonly why: string;
}

/** Where a step stands in its run, and what was decided. */
export interface StepContext {
  readonly rank: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly decision: DecisionJson;
}

/** A record as a JSON value. */
export function recordJson(record: ReadRecord, startedAt: number): RecordJson {
  const { place, timestamp, key, headers, message, malformed, text } = record;
  return {
    place: formatPlace(place),
    timestamp,
    sinceStartMs: timestamp - startedAt,
    key,
    headers,
    message,
    malformed,
    text: message === null ? text : null,
  };
}

/** A step as a JSON value. */
export function stepJson(step: Step, { rank, startedAt, decision }: StepContext): StepJson {
  return {
    version: STEP_JSON_VERSION,
    kind: "step",
    rank,
    actor: step.actor,
    owner: step.owner,
    record: recordJson(step.record, startedAt),
    outcome: step.outcome,
    decision: { headline: decision.headline, reasons: decision.reasons },
    before: stateJson(step.before),
    after: stateJson(step.after),
    sent: step.sent.map(({ index, topic, partition, key, place, message }) => ({
      index,
      topic,
      partition,
      key,
      place: place === null ? null : formatPlace(place),
      message,
    })),
    findings: step.findings.map(({ what }) => what),
  };
}

/** {@link stepJson} as one line, as `jsonLine` writes it: faster where much stays as it was. */
export function stepLine(step: Step, context: StepContext): string {
  const { before, after, sent, findings, ...first } = stepJson(step, context);
  return `${jsonLine(first).slice(0, -1)},"before":${stateText(before)},` +
    `"after":${stateText(after)},${jsonLine({ sent, findings }).slice(1)}`;
}

function stateText(state: StateJson | null): string {
  if (state === null || state.ladder === undefined) return jsonLine(state);
  const { ladder, ...others } = state;
  const { bids, asks, hiddenBids, hiddenAsks, ...about } = ladder;
  return `${jsonLine(others).slice(0, -1)},"ladder":${jsonLine(about).slice(0, -1)},` +
    `"bids":[${bids.map(levelText).join()}],"asks":[${asks.map(levelText).join()}],` +
    `${jsonLine({ hiddenBids, hiddenAsks }).slice(1)}}`;
}

/** A level is the same object in as many steps as it stays what it is. */
const LEVEL_TEXTS = new WeakMap<LadderLevel, string>();

function levelText(level: LadderLevel): string {
  const known = LEVEL_TEXTS.get(level);
  if (known !== undefined) return known;
  const text = jsonLine(level);
  LEVEL_TEXTS.set(level, text);
  return text;
}

function stateJson(view: StateView | null): StateJson | null {
  if (view === null) return null;
  const { subject, value, ladder } = view;
  return { subject, value, ...(ladder === undefined ? {} : { ladder }) };
}

/** A runtime event as a JSON value. */
export function eventJson(
  event: RuntimeEvent,
  { rank, startedAt }: Pick<StepContext, "rank" | "startedAt">,
): EventJson {
  return {
    version: STEP_JSON_VERSION,
    kind: "event",
    rank,
    sinceStartMs: event.at - startedAt,
    event,
  };
}

/** A step that cannot be folded as a JSON value. */
export function untoldJson(
  { actor, record, trouble }: UntoldStep,
  { rank, startedAt }: Pick<StepContext, "rank" | "startedAt">,
): UntoldJson {
  return {
    version: STEP_JSON_VERSION,
    kind: "untold",
    rank,
    actor,
    record: recordJson(record, startedAt),
    why: trouble,
  };
}
