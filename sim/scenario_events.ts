/**
 * Scripted happenings: when an actor crashes, hangs, is terminated, joins or leaves.
 *
 * A happening names one verb and whom it befalls. Further verbs are added to {@link EVENT_VERBS} and
 * nowhere else.
 *
 * @module
 */

import { z } from "zod";
import type { Role } from "../actors/topology.ts";
import { durationSchema, problem, strict, wordSchema } from "./scenario_fields.ts";

/**
 * What a script may let happen. `crash`: the actor throws. `terminate`: its thread is ended from
 * outside. `hang`: it spins and no longer answers. `join`: the group gets one more instance.
 * `leave`: an instance drains and goes, and is not replaced.
 */
export const EVENT_VERBS = ["crash", "terminate", "hang", "join", "leave"] as const;
export type EventVerb = typeof EVENT_VERBS[number];

/** Groups of actors, each with its number of instances. */
export const ACTOR_GROUPS = [
  "order-gateway",
  "trading-engine",
  "portfolio-manager",
  "notifier",
  "audit-logger",
  "order-command-producer",
  "market-data-producer",
] as const satisfies readonly Role[];
export type ActorGroup = typeof ACTOR_GROUPS[number];

/** Whether a text names a group of actors. */
export function isActorGroup(name: string): name is ActorGroup {
  return ACTOR_GROUPS.some((group) => group === name);
}

const INSTANCE = /^(.+)-(\d{1,4})$/;

/** Group and number of an instance's name such as `trading-engine-0`, or null. */
export function parseInstance(
  name: string,
): { readonly group: ActorGroup; readonly number: number } | null {
  const match = INSTANCE.exec(name);
  if (match === null) return null;
  const group = match[1]!;
  return isActorGroup(group) ? { group, number: Number(match[2]) } : null;
}

const instanceSchema = z.string(problem(`must name an instance, such as "trading-engine-0"`))
  .refine(
    (name) => parseInstance(name) !== null,
    `must name an instance, as in "trading-engine-0"; groups are ${ACTOR_GROUPS.join(", ")}`,
  );

const groupSchema = z.enum(ACTOR_GROUPS, problem(`must be one of ${ACTOR_GROUPS.join(", ")}`));

/** A time after the start, or after the start of a phase. */
const atSchema = z.union([
  durationSchema,
  strict({ phase: wordSchema, plus: durationSchema.default(0) }),
], problem(`must be a duration such as "3s", or { phase: "rush", plus: "500ms" }`));

/** One scripted happening, as a scenario writes it: a time and exactly one verb. */
export const scenarioEventSchema = strict({
  at: atSchema,
  crash: instanceSchema.optional(),
  terminate: instanceSchema.optional(),
  hang: instanceSchema.optional(),
  join: groupSchema.optional(),
  leave: instanceSchema.optional(),
}).superRefine((event, context) => {
  const verbs = EVENT_VERBS.filter((verb) => event[verb] !== undefined);
  if (verbs.length === 1) return;
  context.addIssue({
    code: "custom",
    message: `must say exactly one of ${EVENT_VERBS.join(", ")}; it says ` +
      (verbs.length === 0 ? "none" : verbs.join(" and ")),
  });
});

export type ScenarioEvent = z.output<typeof scenarioEventSchema>;

/** The verb of a happening and whom it befalls. */
export function verbOf(event: ScenarioEvent): { readonly verb: EventVerb; readonly whom: string } {
  for (const verb of EVENT_VERBS) {
    const whom = event[verb];
    if (whom !== undefined) return { verb, whom };
  }
  throw new Error("Cannot read a happening: it names no verb, which its schema rules out");
}
