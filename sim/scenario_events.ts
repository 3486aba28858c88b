/**
 * Scripted happenings: when an actor crashes, hangs, is terminated, joins or leaves, and when the
 * connections to the log are cut, stalled or slow.
 *
 * A happening names one verb and whom it befalls; a fault of the network says how long it lasts, too.
 * Further verbs are added to {@link ACTOR_VERBS} or {@link NETWORK_VERBS} and nowhere else.
 *
 * @module
 */

import { z } from "zod";
import type { Role } from "../actors/topology.ts";
import { durationSchema, problem, strict, wordSchema } from "./scenario_fields.ts";

/**
 * What may befall actors. `crash`: the actor throws. `terminate`: its thread is ended from outside.
 * `hang`: it spins and no longer answers. `join`: the group gets one more instance. `leave`: an
 * instance drains and goes, and is not replaced.
 */
export const ACTOR_VERBS = ["crash", "terminate", "hang", "join", "leave"] as const;

/**
 * What may befall the connections to what is reached over a network. `cut`: all are closed, and new
 * ones at once. `stall`: they stay, and nothing passes. `delay`: everything passes later, each way.
 */
export const NETWORK_VERBS = ["cut", "stall", "delay"] as const;
export type NetworkVerb = typeof NETWORK_VERBS[number];

/** All that a script may let happen. */
export const EVENT_VERBS = [...ACTOR_VERBS, ...NETWORK_VERBS] as const;
export type EventVerb = typeof EVENT_VERBS[number];

/** What a script can cut off. */
export const NETWORK_TARGETS = ["log"] as const;

/** Whether a happening is a fault of the network, which begins and ends. */
export function isNetworkVerb(verb: EventVerb): verb is NetworkVerb {
  return NETWORK_VERBS.some((known) => known === verb);
}

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

const targetSchema = z.enum(
  NETWORK_TARGETS,
  problem(`must be one of ${NETWORK_TARGETS.map((target) => JSON.stringify(target)).join(", ")}`),
);

/** The longest fault of the network: an hour. */
const MAX_FAULT_MS = 3_600_000;

/** The longest delay: a minute. */
const MAX_DELAY_MS = 60_000;

/** A duration above 0. */
function lasting(maxMs: number, most: string) {
  return durationSchema.refine(
    (ms) => ms > 0 && ms <= maxMs,
    `must be above 0 and at most ${most}`,
  );
}

/** One scripted happening, as a scenario writes it: a time and exactly one verb. */
export const scenarioEventSchema = strict({
  at: atSchema,
  crash: instanceSchema.optional(),
  terminate: instanceSchema.optional(),
  hang: instanceSchema.optional(),
  join: groupSchema.optional(),
  leave: instanceSchema.optional(),
  cut: targetSchema.optional(),
  stall: targetSchema.optional(),
  delay: targetSchema.optional(),
  for: lasting(MAX_FAULT_MS, "an hour").optional(),
  by: lasting(MAX_DELAY_MS, "a minute").optional(),
}).superRefine((event, context) => {
  for (const message of wrongWith(event)) context.addIssue({ code: "custom", message });
});

/** A happening's own fields, of which exactly one verb must be there. */
type EventFields =
  & { readonly [V in EventVerb]?: string | undefined }
  & { readonly for?: number | undefined; readonly by?: number | undefined };

function* wrongWith(event: EventFields): Generator<string> {
  const [verb, ...others] = EVENT_VERBS.filter((verb) => event[verb] !== undefined);
  if (verb === undefined || others.length > 0) {
    yield `must say exactly one of ${EVENT_VERBS.join(", ")}; it says ` +
      (verb === undefined ? "none" : [verb, ...others].join(" and "));
    return;
  }
  const lasts = isNetworkVerb(verb);
  if (lasts && event.for === undefined) yield `must say how long, as in for: "20s"`;
  if (!lasts && event.for !== undefined) {
    yield `must not say "for": only ${NETWORK_VERBS.join(", ")} last`;
  }
  if (verb === "delay" && event.by === undefined) yield `must say by how much, as in by: "50ms"`;
  if (verb !== "delay" && event.by !== undefined) yield `must not say "by": only delay has it`;
}

export type ScenarioEvent = z.output<typeof scenarioEventSchema>;

/** What happens to whom; of a fault of the network for how long, of a delay by how much. */
export interface Happening {
  readonly verb: EventVerb;
  readonly whom: string;
  readonly forMs?: number;
  readonly byMs?: number;
}

/** The verb of a happening and whom it befalls. */
export function verbOf(event: ScenarioEvent): Happening {
  for (const verb of EVENT_VERBS) {
    const whom = event[verb];
    if (whom === undefined) continue;
    return {
      verb,
      whom,
      ...(event.for === undefined ? {} : { forMs: event.for }),
      ...(event.by === undefined ? {} : { byMs: event.by }),
    };
  }
  throw new Error("Cannot read a happening: it names no verb, which its schema rules out");
}
