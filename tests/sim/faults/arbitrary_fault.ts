/**
 * Planned faults of every verb and trigger, for properties.
 *
 * @module
 */

import fc from "fast-check";
import {
  type Befalls,
  FAULT_VERB_NAMES,
  type FaultVerb,
  verbRow,
} from "../../../sim/faults/fault_verbs.ts";
import {
  CALLS,
  EVENT_KINDS,
  MOMENTS,
  type PlannedFault,
  type PlannedTrigger,
} from "../../../sim/faults/planned_fault.ts";

const TARGETS: Readonly<Record<Befalls, readonly string[]>> = {
  "actors": ["trading-engine-0", "order-gateway", "trading-engine orders/3"],
  "actors or places": ["order-command-producer-0", "log", "orders", "trading-engine orders/3"],
  "places": ["log", "notifications", "order-commands/2"],
  "log": ["log"],
  "partitions": ["orders/3", "market-data/0"],
  "folded partitions": ["orders/3", "notifications/1"],
  "consumers": ["trading-engine", "notifier"],
  "snapshots": ["trading-engine", "order-gateway-0", "portfolio-manager notifications/1"],
  "producers": ["market-data-producer-0", "order-command-producer"],
};

const count = fc.integer({ min: 1, max: 1_000_000 });

const trigger: fc.Arbitrary<PlannedTrigger> = fc.oneof(
  fc.record(
    { kind: fc.constant("time" as const), atMs: fc.integer({ min: 0, max: 100_000 }) },
    { noNullPrototype: true },
  ),
  fc.record({
    kind: fc.constant("count" as const),
    topic: fc.constantFrom("orders" as const, "order-commands" as const),
    records: count,
  }, { noNullPrototype: true }),
  fc.record({
    kind: fc.constant("event" as const),
    event: fc.constantFrom(...EVENT_KINDS),
    actor: fc.constantFrom("trading-engine", "order-gateway-0"),
    nth: count,
  }, { requiredKeys: ["kind", "event", "nth"], noNullPrototype: true }),
);

const call: fc.Arbitrary<PlannedTrigger> = fc.record({
  kind: fc.constant("call" as const),
  call: fc.constantFrom(...CALLS),
  moment: fc.constantFrom(...MOMENTS),
  nth: count,
}, { noNullPrototype: true });

/** A fault of a verb. */
export function faultOf(verb: FaultVerb): fc.Arbitrary<PlannedFault> {
  const { befalls, needs, takes } = verbRow(verb);
  const off = fc.integer({ min: -86_400_000, max: 86_400_000 }).filter((ms) => ms !== 0);
  const values = {
    for: ["forMs", fc.integer({ min: 1, max: 3_600_000 })],
    by: ["byMs", verb === "jumpClock" ? off : fc.integer({ min: 1, max: 60_000 })],
    times: ["times", count],
    records: ["records", count],
  } as const;
  const fields = [...needs, ...takes].map((field) => values[field]);
  const model: Record<string, fc.Arbitrary<unknown>> = {
    trigger: verb === "crash" ? fc.oneof(trigger, call) : trigger,
    verb: fc.constant(verb),
    target: fc.constantFrom(...TARGETS[befalls]),
    ...Object.fromEntries(fields),
  };
  const requiredKeys = ["trigger", "verb", "target", ...needs.map((field) => values[field][0])];
  const drawn = fc.record(model, { requiredKeys, noNullPrototype: true });
  return drawn as fc.Arbitrary<PlannedFault>; // the model's keys are made as its verb says
}

/** A fault of any verb. */
export const anyFault: fc.Arbitrary<PlannedFault> = fc.oneof(...FAULT_VERB_NAMES.map(faultOf));
