/**
 * Entries of no run, made by hand: for models and screens that are looked at alone.
 */

import type { RuntimeEventBody } from "../../../../actors/runtime/runtime_events.ts";
import { DEFAULT_GATEWAY_LIMITS, type Message } from "../../../../kafka/messages/mod.ts";
import type { EntryFilter, RunFacts } from "../../../../sim/actor_log/actor_log.ts";
import type { RecordPlace } from "../../../../sim/actor_log/record_place.ts";
import type { Entry, ReadRecord, Step } from "../../../../sim/actor_log/step.ts";
import { actorsOf } from "../../../../sim/actor_log/actors_of.ts";
import {
  initialModel,
  type Shown,
  type StepperModel,
} from "../../../../sim/stepper/model/stepper_model.ts";

/** 2026-03-02T14:30:00Z. */
export const STARTED_AT = Date.UTC(2026, 2, 2, 14, 30);

/** A run of one symbol and six partitions. */
export const RUN: RunFacts = {
  runId: "by-hand-1",
  directory: "runs/by-hand-1",
  scenario: { name: "by-hand", seed: 7 },
  startedAt: STARTED_AT,
  virtual: true,
  log: "embedded",
  finished: true,
  parameters: {
    foldVersions: {},
    partitions: { "order-commands": 6, "orders": 6, "notifications": 6, "intents": 6 },
    symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
    cashDecimals: 2,
    limits: DEFAULT_GATEWAY_LIMITS,
  },
};

/** Entries of that run. */
export const LENGTH = 100;

/** An order that 501 asks for, with whatever else is said of it. */
export function command(fields: Partial<Record<string, unknown>> = {}): Message {
  return {
    type: "place-order",
    id: "client/1",
    correlationId: "501/1002",
    timestamp: STARTED_AT,
    userId: "501",
    orderId: "1002",
    symbol: "AAPL",
    side: "buy",
    quantity: 10,
    price: 189.5,
    ...fields,
    // Made of fields that a place-order has.
  } as Message;
}

/** A record of a message; null: of bytes that are none. */
export function record(
  place: RecordPlace,
  message: Message | null = command(),
  text = message === null ? "{" : JSON.stringify(message),
): ReadRecord {
  return {
    place,
    timestamp: STARTED_AT + 1_203,
    key: "501",
    headers: {},
    text,
    bytes: text.length,
    message,
    malformed: message === null ? "not JSON" : null,
  };
}

/** A record's entry. */
export function recordEntry(
  rank: number,
  { place = { topic: "order-commands", partition: 3, offset: rank }, message = command(), text }: {
    readonly place?: RecordPlace;
    readonly message?: Message | null;
    readonly text?: string;
  } = {},
): Entry & { kind: "record" } {
  const read = record(place, message, text);
  return { kind: "record", rank, record: read, actors: actorsOf(read) };
}

/** A runtime event's entry. */
export function eventEntry(
  rank: number,
  body: RuntimeEventBody = { kind: "ready", afterMs: 4 },
): Entry {
  return {
    kind: "event",
    rank,
    event: { ...body, at: STARTED_AT + 1_210, number: 9, actor: "order-gateway-2", incarnation: 2 },
  };
}

/** An entry as it is shown, with a step that changed nothing. */
export function shownOf(entry: Entry, step: Partial<Step> = {}): Shown {
  const actor = entry.kind === "record" ? entry.actors[0] ?? null : null;
  return {
    entry,
    actor,
    step: entry.kind === "event" || actor === null ? null : {
      actor,
      owner: { actor: `${actor}-2`, incarnation: 1 },
      record: entry.record,
      outcome: "recorded",
      before: null,
      after: null,
      sent: [],
      findings: [],
      ...step,
    },
    facts: null,
    trouble: null,
    around: [entry],
    supervision: { supervisors: [] },
    events: [],
    findings: [],
  };
}

/** A model that shows an entry. */
export function modelAt(
  shown: Shown,
  { filter = {}, ...rest }: Partial<StepperModel> & { readonly filter?: EntryFilter } = {},
): StepperModel {
  const model = initialModel({ run: RUN, length: LENGTH, filter });
  return { ...model, busy: null, shown, ...rest };
}
