/**
 * A scenario: the script of one session on the floor.
 *
 * @module
 */

import { RULE_IDS } from "./auditor/verdict.ts";
import { suggestion } from "./nearest.ts";
import { type FaultStage, partitionsOf, unmetNeeds } from "./faults/fault_needs.ts";
import { type ActorGroup, parseInstance, verbOf } from "./scenario_events.ts";
import { describeProblems, problemLine, ScenarioError } from "./scenario_problems.ts";
import type { ScenarioDefinition } from "./scenario_definition.ts";
import {
  type CheckedDefinition,
  type DefinitionInput,
  definitionSchema,
} from "./scenario_schema.ts";
import { parseThreshold, type Threshold } from "./thresholds.ts";

export { ScenarioError } from "./scenario_problems.ts";
export type { ScenarioDefinition } from "./scenario_definition.ts";

/** Marks scenarios across copies of this module, which `instanceof` would not. */
const SCENARIO = Symbol.for("outcry.scenario");

/** A script that has been checked. Frozen; made by {@link scenario}. */
export interface Scenario {
  /** Names its runs' folders: 1 to 64 of `a-z`, `0-9`, `_` and `-`, a letter first. */
  readonly name: string;
  /** As it was written, with everything filled in that was left out. */
  readonly definition: Readonly<ScenarioDefinition>;
}

/** A scenario as those see it who play it. */
export interface CheckedScenario extends Scenario {
  readonly [SCENARIO]: true;
  readonly definition: Readonly<CheckedDefinition>;
  /** The definition's thresholds, parsed. */
  readonly thresholds: readonly Threshold[];
}

/** The name of a user of accounts that are only counted, by index from 0: `user-1`, `user-2`, ... */
export function crowdUser(index: number): string {
  return `user-${index + 1}`;
}

function isCrowdUser(userId: string, count: number): boolean {
  const index = Number(userId.slice("user-".length)) - 1;
  return index >= 0 && index < count && crowdUser(index) === userId;
}

/** Names become names of folders. */
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/**
 * Checks a script. A scenario's file exports the result as its default.
 *
 * Every rate is in commands a second, every duration in milliseconds or a text such as `"3s"`; prices,
 * cash and quantities are decimals. Load is an open model: commands are sent when the script intends
 * them, however the floor is doing, and latency counts from that moment.
 *
 * @throws {ScenarioError} listing every problem: where, what was found, what would be right.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scenario } from "./scenario.ts";
 * const calm = scenario("calm", {
 *   teaches: "What a quiet market looks like.",
 *   symbols: ["AAPL", { symbol: "GOOGL", tickSize: 0.05 }],
 *   accounts: 20,
 *   phases: [
 *     { name: "open", kind: "ramp", fromPerSecond: 0, toPerSecond: 200, duration: "1s" },
 *     { name: "trade", kind: "constant", ratePerSecond: 200, duration: "2s" },
 *   ],
 *   thresholds: { "answer.p99": "<50ms", "orders.lost": "==0" },
 * });
 * assert.equal(calm.definition.phases.length, 2);
 * ```
 */
export function scenario(name: string, definition: ScenarioDefinition): Scenario {
  return checkScenario(name, definition);
}

/** {@link scenario}, for those who play it. @throws {ScenarioError} */
function checkScenario(name: string, definition: DefinitionInput): CheckedScenario {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ScenarioError(String(name), [
      problemLine(["name"], name, "must be 1 to 64 of a-z, 0-9, _ and -, a letter first"),
    ]);
  }
  const parsed = definitionSchema.safeParse(definition);
  if (!parsed.success) throw new ScenarioError(name, describeProblems(parsed.error, definition));
  const thresholds: Threshold[] = [];
  const problems = [...namesThatDoNotMatch(parsed.data)];
  for (const [metric, text] of Object.entries(parsed.data.thresholds)) {
    const threshold = parseThreshold(metric, text);
    if (threshold.ok) thresholds.push(threshold.threshold);
    else problems.push(`thresholds[${JSON.stringify(metric)}]: ${threshold.error}`);
  }
  if (problems.length > 0) throw new ScenarioError(name, problems);
  return deepFreeze({ [SCENARIO]: true as const, name, definition: parsed.data, thresholds });
}

/** Whether a value was made by {@link scenario}. */
export function isScenario(value: unknown): value is CheckedScenario {
  return typeof value === "object" && value !== null && Reflect.get(value, SCENARIO) === true;
}

/** A scenario as {@link scenario} has checked it. @throws {ScenarioError} when something else made it */
export function checkedScenario(made: Scenario): CheckedScenario {
  if (isScenario(made)) return made;
  throw new ScenarioError(String(made.name), [`must be what scenario("name", { ... }) returns`]);
}

function* namesThatDoNotMatch(definition: CheckedDefinition): Generator<string> {
  const symbols = definition.symbols.map(({ symbol }) => symbol);
  yield* doubles(symbols, (i) => ["symbols", i]);
  yield* doubles(definition.phases.map(({ name }) => name), (i) => ["phases", i, "name"]);
  yield* unknownSymbols(Object.keys(definition.market.models), symbols, ["market", "models"]);
  if (Array.isArray(definition.accounts)) {
    yield* doubles(definition.accounts.map(({ userId }) => userId), (i) => ["accounts", i]);
    for (const [i, { holdings }] of definition.accounts.entries()) {
      yield* unknownSymbols(heldSymbols(holdings), symbols, ["accounts", i, "holdings"]);
    }
  } else {
    const held = heldSymbols(definition.accounts.holdings);
    yield* unknownSymbols(held, symbols, ["accounts", "holdings"]);
  }
  yield* eventsWithoutPlace(definition);
  yield* faultsWithoutPlace(definition);
  yield* floodWithoutUser(definition);
  if (definition.invariants === "all") return;
  for (const [i, rule] of definition.invariants.entries()) {
    if (RULE_IDS.some((id) => id === rule)) continue;
    const right = `must be one of ${RULE_IDS.join(", ")}${suggestion(rule, RULE_IDS)}`;
    yield problemLine(["invariants", i], rule, right);
  }
}

function heldSymbols(holdings: number | Record<string, number>): readonly string[] {
  return typeof holdings === "number" ? [] : Object.keys(holdings);
}

function* doubles(
  names: readonly string[],
  pathOf: (index: number) => readonly (string | number)[],
): Generator<string> {
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    if (seen.has(name)) yield problemLine(pathOf(i), name, "must be named once only");
    seen.add(name);
  }
}

function* unknownSymbols(
  named: readonly string[],
  symbols: readonly string[],
  path: readonly (string | number)[],
): Generator<string> {
  for (const symbol of named) {
    if (symbols.includes(symbol)) continue;
    yield problemLine([...path, symbol], symbol, `must be one of symbols: ${symbols.join(", ")}`);
  }
}

function* eventsWithoutPlace(definition: CheckedDefinition): Generator<string> {
  for (const [i, event] of definition.events.entries()) {
    yield* unknownPhase(event.at, definition, ["events", i]);
    const { verb, whom } = verbOf(event);
    const instance = parseInstance(whom);
    if (verb === "join" || instance === null) continue;
    const possible = possibleInstances(definition, instance.group);
    if (instance.number < possible) continue;
    yield problemLine(["events", i, verb], whom, rightInstances(instance.group, possible));
  }
}

function* faultsWithoutPlace(definition: CheckedDefinition): Generator<string> {
  const stage: FaultStage = {
    instances: (group) => possibleInstances(definition, group),
    partitions: (topic) => partitionsOf(topic, definition.partitions),
  };
  for (const [i, fault] of definition.faults.entries()) {
    if (fault.at !== undefined) yield* unknownPhase(fault.at, definition, ["faults", i]);
    for (const { of, name, path, text, there } of unmetNeeds(fault, stage)) {
      const right = of === "instances"
        ? rightInstances(name, there)
        : `must be one of the ${there} partitions of ${name}, from 0`;
      yield problemLine(["faults", i, ...path], text, right);
    }
  }
}

function* unknownPhase(
  at: number | object,
  definition: CheckedDefinition,
  path: readonly (string | number)[],
): Generator<string> {
  if (typeof at !== "object" || !("phase" in at)) return;
  const phases = definition.phases.map(({ name }) => name);
  if (phases.some((name) => name === at.phase)) return;
  const right = `must be one of phases: ${phases.join(", ")}`;
  yield problemLine([...path, "at", "phase"], at.phase, right);
}

/** Instances that a group starts with, and those that join it by the script. */
function possibleInstances({ actors, events }: CheckedDefinition, group: ActorGroup): number {
  return actors[group] + events.filter(({ join }) => join === group).length;
}

function rightInstances(group: ActorGroup, possible: number): string {
  return possible === 0
    ? `must not be of ${group}, which has no instances`
    : `must be one of the ${possible} instances of ${group}, from 0`;
}

function* floodWithoutUser({ flow, accounts }: CheckedDefinition): Generator<string> {
  const { floodingUser, mix } = flow;
  if (floodingUser === undefined) {
    if (mix.flood === 0) return;
    yield problemLine(["flow", "floodingUser"], undefined, "must name who sends the flood");
    return;
  }
  const known = Array.isArray(accounts)
    ? accounts.some(({ userId }) => userId === floodingUser)
    : isCrowdUser(floodingUser, accounts.count);
  if (known) return;
  const right = Array.isArray(accounts)
    ? "must be the userId of an account"
    : `must be one of user-1 to user-${accounts.count}`;
  yield problemLine(["flow", "floodingUser"], floodingUser, right);
}

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === "object" && inner !== null) deepFreeze(inner);
  }
  return Object.freeze(value);
}
