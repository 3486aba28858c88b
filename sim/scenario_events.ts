/**
 * Scripted happenings that are nobody's fault: when an instance joins or leaves. What goes wrong is in
 * `faults/`.
 *
 * Further verbs are added to {@link EVENT_VERBS} and nowhere else.
 *
 * @module
 */

import { z } from "zod";
import type { Role } from "../actors/topology.ts";
import { isFaultVerb } from "./faults/fault_verbs.ts";
import { suggestion } from "./nearest.ts";
import { durationSchema, problem, strict, wordSchema } from "./scenario_fields.ts";

/**
 * What may happen on purpose. `join`: the group gets one more instance. `leave`: an instance drains and
 * goes, and is not replaced.
 */
export const EVENT_VERBS = ["join", "leave"] as const;
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

/** A time after the start of a phase. */
export const phaseTimeSchema = strict({ phase: wordSchema, plus: durationSchema.default(0) });

/** A time after the start, or after the start of a phase. */
const atSchema = z.union([
  durationSchema,
  phaseTimeSchema,
], problem(`must be a duration such as "3s", or { phase: "rush", plus: "500ms" }`));

const EVENT_KEYS = ["at", ...EVENT_VERBS] as const;

/** One scripted happening, as a scenario writes it: a time and exactly one verb. */
export const scenarioEventSchema = z.strictObject({
  at: atSchema,
  join: groupSchema.optional(),
  leave: instanceSchema.optional(),
}, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? wrongKeys(issue.keys as readonly string[]) // what this code of issue carries
      : `must be an object with ${EVENT_KEYS.join(", ")}`,
}).superRefine((event, context) => {
  // A verb that is none has been told of.
  if (context.issues.length > 0) return;
  const verbs = EVENT_VERBS.filter((verb) => event[verb] !== undefined);
  if (verbs.length === 1) return;
  const message = `must say exactly one of ${EVENT_VERBS.join(", ")}; it says ` +
    (verbs.length === 0 ? "none" : verbs.join(" and "));
  context.addIssue({ code: "custom", message });
});

/** What goes wrong was once written here, so it is told where it belongs. */
function wrongKeys(keys: readonly string[]): string {
  const fault = keys.find(isFaultVerb);
  if (fault !== undefined) {
    return `must not have "${fault}": what goes wrong belongs under faults, as in ` +
      `faults: [{ at: "3s", crash: "trading-engine-0" }]`;
  }
  const named = keys.map((key) => `${JSON.stringify(key)}${suggestion(key, EVENT_KEYS)}`);
  return `must not have ${named.join(", ")} (there are: ${EVENT_KEYS.join(", ")})`;
}

export type ScenarioEvent = z.output<typeof scenarioEventSchema>;

/** What happens to whom. */
export interface Happening {
  readonly verb: EventVerb;
  readonly whom: string;
}

/** The verb of a happening and whom it befalls. */
export function verbOf(event: ScenarioEvent): Happening {
  for (const verb of EVENT_VERBS) {
    const whom = event[verb];
    if (whom !== undefined) return { verb, whom };
  }
  throw new Error("Cannot read a happening: it names no verb, which its schema rules out");
}
