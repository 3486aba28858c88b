/**
 * A fault with everything decided: one trigger, one verb, one target. Plain data, and small, since plans
 * are drawn, shrunk and printed by those who look for a fault that breaks something.
 *
 * @module
 */

import { z } from "zod";
import type { LogOperation } from "../../kafka/fault_injection/log_fault.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { FAULT_VERBS, type FaultVerb } from "./fault_verbs.ts";

/** Runtime events that a fault may wait for. */
export const EVENT_KINDS = [
  "starting",
  "ready",
  "assigned",
  "revoked",
  "recovered",
  "commit",
  "snapshot",
  "dead-letter",
  "fold-failed",
  "failure",
  "down",
  "restart",
  "give-up",
  "zombie",
  "zombie-ended",
  "undeliverable",
  "stopping",
  "log-unavailable",
  "log-available",
  "fault",
  "note",
] as const satisfies readonly RuntimeEvent["kind"][];
export type EventKind = typeof EVENT_KINDS[number];

/** Calls of the log at which an actor may crash. */
export const CALLS = [
  "publish",
  "commit",
  "poll",
  "heartbeat",
  "join",
  "read",
] as const satisfies readonly LogOperation[];

/** Before the log does what was asked of it, or after that and before the actor hears of it. */
export const MOMENTS = ["before", "after"] as const;

const wholeMs = z.number().int().nonnegative();
const countFromOne = z.number().int().positive();

const triggerSchema = z.discriminatedUnion("kind", [
  /** Milliseconds after the session's start. */
  z.strictObject({ kind: z.literal("time"), atMs: wholeMs }),
  /** When a topic has so many records. */
  z.strictObject({ kind: z.literal("count"), topic: z.enum(TOPIC_NAMES), records: countFromOne }),
  /** At the nth such event from the start on, of an instance, a group or anybody. */
  z.strictObject({
    kind: z.literal("event"),
    event: z.enum(EVENT_KINDS),
    actor: z.string().optional(),
    nth: countFromOne,
  }),
  /** At the target's own nth such call. */
  z.strictObject({
    kind: z.literal("call"),
    call: z.enum(CALLS),
    moment: z.enum(MOMENTS),
    nth: countFromOne,
  }),
]);

/** When a fault takes place. */
export type PlannedTrigger = z.infer<typeof triggerSchema>;

/** The schema of a planned fault: plans are read from files when runs are gone on with. */
export const plannedFaultSchema = z.strictObject({
  trigger: triggerSchema,
  verb: z.enum(Object.keys(FAULT_VERBS) as [FaultVerb, ...FaultVerb[]]), // its own keys
  /** As `fault_targets.ts` reads it. */
  target: z.string(),
  /** How long it lasts. */
  forMs: countFromOne.optional(),
  /** How much slower or later, or, of a clock, how far off: then it may be below 0. */
  byMs: z.number().int().optional(),
  /** How often it takes effect in each actor. */
  times: countFromOne.optional(),
  /** How many records reading goes back. */
  records: countFromOne.optional(),
});

/** A fault with everything decided. */
export type PlannedFault = z.infer<typeof plannedFaultSchema>;

/** What a plan's nth fault, from 0, is called in runtime events, in reports and by the log's faults. */
export function faultId(index: number): string {
  return `faults[${index}]`;
}
