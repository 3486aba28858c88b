/**
 * A fault as a scenario writes it, checked: one trigger, one verb, and what the verb must say.
 *
 * @module
 */

import { z } from "zod";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import { suggestion } from "../nearest.ts";
import { durationSchema, problem, strict, wholeNumber, wordSchema } from "../scenario_fields.ts";
import { ACTOR_GROUPS, isActorGroup, parseInstance, phaseTimeSchema } from "../scenario_events.ts";
import { wrongTarget } from "./fault_targets.ts";
import {
  FAULT_FIELDS,
  FAULT_VERB_NAMES,
  type FaultField,
  type FaultVerb,
  verbRow,
} from "./fault_verbs.ts";
import { CALLS, EVENT_KINDS, MOMENTS } from "./planned_fault.ts";

/** The longest that a fault lasts: an hour. */
const MAX_FAULT_MS = 3_600_000;

/** The most by which anything is late, and by which a clock is off: a minute, and a day. */
const MAX_LATE_MS = 60_000;
const MAX_OFF_MS = 86_400_000;

/** The most records, calls or times that a fault counts to. */
const MAX_COUNTED = 1_000_000_000;

const counted = () => wholeNumber(1, MAX_COUNTED);

/** A length of time with a sign, in milliseconds. */
const signedDurationSchema = z.union([z.number(), z.string()]).transform((value) => {
  if (typeof value === "number") {
    return value < 0 ? { sign: -1, value: -value } : { sign: 1, value };
  }
  return value.startsWith("-") ? { sign: -1, value: value.slice(1) } : { sign: 1, value };
}).transform(({ sign, value }, context) => {
  const parsed = durationSchema.safeParse(value);
  if (parsed.success) return sign * parsed.data;
  context.addIssue({ code: "custom", message: parsed.error.issues[0]!.message });
  return z.NEVER;
});

/**
 * One of two objects, told apart by a key that only the first has: so what is said to be wrong is wrong
 * with the one that was meant.
 */
function eitherOf<A extends z.ZodType<object, object>, B extends z.ZodType<object, object>>(
  key: string,
  [first, second]: readonly [A, B],
  right: string,
) {
  return z.custom<z.input<A> | z.input<B>>(
    (value) => typeof value === "object" && value !== null,
    problem(right),
  ).transform((value, context): z.output<A> | z.output<B> => {
    const parsed = (key in value ? first : second).safeParse(value);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) {
      context.addIssue({ code: "custom", path, message, input: value });
    }
    return z.NEVER;
  });
}

const betweenSchema = strict({
  between: z.tuple([durationSchema, durationSchema], problem(`must be two times: ["1s", "6s"]`))
    .refine(([from, to]) => from <= to, "must be two times, the earlier one first"),
});

const TIME_FORM =
  `must be a duration such as "3s", { phase: "rush", plus: "500ms" } or { between: ["1s", "6s"] }`;

/** A happening's time, or one that the seed draws. */
const timeSchema = z.union(
  [durationSchema, eitherOf("between", [betweenSchema, phaseTimeSchema], TIME_FORM)],
  problem(TIME_FORM),
);

const afterSchema = strict({
  records: counted(),
  topic: z.enum(TOPIC_NAMES, {
    error: ({ input }) => `must be one of ${TOPIC_NAMES.join(", ")}${near(input, TOPIC_NAMES)}`,
  }),
});

const whoseSchema = wordSchema.refine(
  (name) => isActorGroup(name) || parseInstance(name) !== null,
  {
    error: ({ input }) =>
      `must be an instance as in "trading-engine-0", or a group: ${ACTOR_GROUPS.join(", ")}` +
      near(input, ACTOR_GROUPS),
  },
);

const eventSchema = strict({
  event: z.enum(EVENT_KINDS, {
    error: ({ input }) => `must be one of ${EVENT_KINDS.join(", ")}${near(input, EVENT_KINDS)}`,
  }),
  actor: whoseSchema.optional(),
  nth: counted().optional(),
});

const callSchema = strict({
  call: z.enum(CALLS, {
    error: ({ input }) => `must be one of ${CALLS.join(", ")}${near(input, CALLS)}`,
  }),
  moment: z.enum(MOMENTS, problem(`must be "before" or "after"`)),
  nth: counted().optional(),
});

const whenSchema = eitherOf(
  "call",
  [callSchema, eventSchema],
  `must be { event: "snapshot" } or { call: "publish", moment: "after", nth: 7 }`,
);

function near(input: unknown, candidates: readonly string[]): string {
  return typeof input === "string" ? suggestion(input, candidates) : "";
}

const targetsShape = Object.fromEntries(
  FAULT_VERB_NAMES.map((verb) => [verb, wordSchema.optional()]),
) as Record<FaultVerb, z.ZodOptional<typeof wordSchema>>; // fromEntries forgets the keys

/** One fault, as a scenario writes it. */
export const scenarioFaultSchema = strict({
  at: timeSchema.optional(),
  after: afterSchema.optional(),
  when: whenSchema.optional(),
  ...targetsShape,
  for: durationSchema.refine(
    (ms) => ms > 0 && ms <= MAX_FAULT_MS,
    "must be above 0 and at most an hour",
  ).optional(),
  by: signedDurationSchema.optional(),
  times: counted().optional(),
  records: counted().optional(),
}).superRefine((fault, context) => {
  // A verb that is none has been told of.
  if (context.issues.length > 0) return;
  for (const { path = [], message, input } of wrongWith(fault)) {
    context.addIssue({ code: "custom", path, message, input });
  }
});

/** A fault that has been checked; it still refers to phases and instances by name. */
export type ScenarioFault = z.output<typeof scenarioFaultSchema>;

interface Wrong {
  readonly path?: string[];
  readonly message: string;
  readonly input?: unknown;
}

const TRIGGERS = ["at", "after", "when"] as const;

function* wrongWith(fault: ScenarioFault): Generator<Wrong> {
  const triggers = TRIGGERS.filter((name) => fault[name] !== undefined);
  if (triggers.length !== 1) yield { message: exactlyOne("of", TRIGGERS, triggers) };
  const verbs = FAULT_VERB_NAMES.filter((name) => fault[name] !== undefined);
  const [verb] = verbs;
  if (verb === undefined || verbs.length > 1) {
    yield { message: exactlyOne("verb of", FAULT_VERB_NAMES, verbs) };
    return;
  }
  const row = verbRow(verb);
  const wrong = wrongTarget(row.befalls, fault[verb]!);
  if (wrong !== null) yield { path: [verb], message: wrong, input: fault[verb] };
  yield* wrongFields(fault, verb);
  yield* wrongBy(fault, verb);
  if (fault.when !== undefined && "call" in fault.when && verb !== "crash") {
    yield {
      path: ["when"],
      message: `must not be a call with ${verb}: only crash takes place at a call of the log`,
      input: fault.when,
    };
  }
}

function exactlyOne(what: string, known: readonly string[], said: readonly string[]): string {
  return `must have exactly one ${what} ${known.join(", ")}; it has ` +
    (said.length === 0 ? "none" : said.join(" and "));
}

/** How a field is written, for messages. */
const EXAMPLES: Readonly<Record<FaultField, string>> = {
  for: `how long, as in for: "20s"`,
  by: `by how much, as in by: "50ms"`,
  times: "how often, as in times: 3",
  records: "how many records back, as in records: 100",
};

function* wrongFields(fault: ScenarioFault, verb: FaultVerb): Generator<Wrong> {
  const { needs, takes } = verbRow(verb);
  for (const field of FAULT_FIELDS) {
    const isSaid = fault[field] !== undefined;
    if (!isSaid && needs.includes(field)) {
      yield { message: `must say ${EXAMPLES[field]}, with ${verb}` };
    }
    if (!isSaid || needs.includes(field) || takes.includes(field)) continue;
    const others = FAULT_VERB_NAMES.filter((other) => {
      const row = verbRow(other);
      return row.needs.includes(field) || row.takes.includes(field);
    });
    yield { message: `must not say "${field}" with ${verb}: it goes with ${others.join(", ")}` };
  }
}

function* wrongBy({ by }: ScenarioFault, verb: FaultVerb): Generator<Wrong> {
  if (by === undefined) return;
  if (verb !== "jumpClock") {
    if (by > 0 && by <= MAX_LATE_MS) return;
    yield { path: ["by"], message: "must be above 0 and at most a minute", input: by };
  } else if (by === 0 || Math.abs(by) > MAX_OFF_MS) {
    yield { path: ["by"], message: "must not be 0, and at most a day either way", input: by };
  }
}

/** The verb of a fault that has been checked, and whom it befalls. */
export function verbOfFault(
  fault: ScenarioFault,
): { readonly verb: FaultVerb; readonly target: string } {
  for (const verb of FAULT_VERB_NAMES) {
    const target = fault[verb];
    if (target !== undefined) return { verb, target };
  }
  throw new Error("Cannot read a fault: it names no verb, which its schema rules out");
}
