/**
 * From a scenario and what the command line says differently to a plan.
 *
 * @module
 */

import type { TradesFormat } from "../actors/market_data_producer/trade_replay.ts";
import { TOPIC_NAMES } from "../kafka/topics.ts";
import { partitionsOf } from "./faults/fault_needs.ts";
import { planFaults } from "./faults/plan_faults.ts";
import { suggestion } from "./nearest.ts";
import { planProblems } from "./plan_problems.ts";
import { planSymbols } from "./plan_symbols.ts";
import {
  type CheckedScenario,
  checkedScenario,
  crowdUser,
  type Scenario,
  ScenarioError,
} from "./scenario.ts";
import { type ActorGroup, verbOf } from "./scenario_events.ts";
import {
  type CheckedDefinition,
  MAX_PHASE_MS,
  MAX_RATE_PER_SECOND,
  type PriceModel,
} from "./scenario_schema.ts";
import { type Pace, peakRateOf, planPhases } from "./session_pace.ts";
import {
  PLAN_VERSION,
  type PlannedAccount,
  type PlannedEvent,
  type PlannedPhase,
  type PlannedSymbol,
  type SessionPlan,
} from "./session_plan.ts";

/** What may differ from the script. */
export interface Overrides {
  readonly seed?: number;
  /** The busiest phase's rate in commands a second; the others keep their proportion to it. */
  readonly ratePerSecond?: number;
  /** The whole session's length; phases and happenings keep their proportions. */
  readonly durationMs?: number;
  /** Partitions of every topic. */
  readonly partitions?: number;
  readonly instances?: Readonly<Partial<Record<ActorGroup, number>>>;
  readonly prices?: PriceFile;
}

/** A file of prices to replay, in the place of a symbol's model. */
export interface PriceFile {
  readonly file: string;
  readonly format: TradesFormat;
  readonly speed?: number;
  /** May be left out when the scenario leaves one symbol's file open, or has one symbol only. */
  readonly symbol?: string;
}

/** What compiling needs besides the scenario. */
export interface CompileOptions {
  readonly overrides?: Overrides;
  /** Makes the name of a file in a scenario one that can be opened. */
  readonly resolveFile?: (file: string) => string;
}

/**
 * The plan of a session. Files of closes are read, and files of trades are looked at, so that what is
 * wrong with them is said before anything starts.
 *
 * @throws {ScenarioError} when the overrides do not fit the scenario, or a file does not fit it
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compileScenario } from "./compile_scenario.ts";
 * import { scenario } from "./scenario.ts";
 * const calm = scenario("calm", {
 *   teaches: "What a quiet market looks like.",
 *   symbols: ["AAPL"],
 *   phases: [{ name: "trade", kind: "constant", ratePerSecond: 100, duration: "2s" }],
 * });
 * const plan = await compileScenario(calm, { overrides: { durationMs: 500, ratePerSecond: 1_000 } });
 * assert.equal(plan.durationMs, 500);
 * ```
 */
export async function compileScenario(
  made: Scenario,
  options: CompileOptions = {},
): Promise<SessionPlan> {
  const overrides = options.overrides ?? {};
  const resolveFile = options.resolveFile ?? ((file: string) => file);
  const scenario = checkedScenario(made);
  const definition = withPriceFile(scenario, overrides.prices);
  const pace = paceOf(scenario.name, definition, overrides);
  const phases = planPhases(definition.phases, pace);
  const symbols = await planSymbols(scenario.name, definition, resolveFile);
  const last = phases[phases.length - 1]!; // a definition has at least one
  const plan: SessionPlan = {
    version: PLAN_VERSION,
    scenario: scenario.name,
    teaches: definition.teaches,
    seed: overrides.seed ?? definition.seed,
    symbols: [...symbols],
    accounts: planAccounts(definition),
    instances: { ...definition.actors, ...overrides.instances },
    partitions: planPartitions(definition, overrides.partitions),
    limits: { ...definition.limits },
    maxPricesPerSecond: definition.market.maxPerSecond,
    flow: structuredClone(definition.flow),
    phases: [...phases],
    durationMs: last.startsAtMs + last.durationMs,
    events: planEvents(definition, phases, pace.timeFactor),
    faults: [],
    thresholds: scenario.thresholds.map((threshold) => ({ ...threshold })),
    invariants: definition.invariants === "all" ? "all" : [...definition.invariants],
    notes: notesOn(symbols),
  };
  const problems = planProblems(plan, definition);
  if (problems.length > 0) throw new ScenarioError(scenario.name, problems);
  // Not before there is a place for each of them.
  const { timeFactor } = pace;
  const { seed, partitions } = plan;
  const faults = planFaults(definition.faults, {
    seed,
    phases,
    timeFactor,
    partitions: (topic) => partitionsOf(topic, partitions),
  });
  return { ...plan, faults };
}

function paceOf(name: string, definition: CheckedDefinition, overrides: Overrides): Pace {
  const peak = Math.max(...definition.phases.map(peakRateOf));
  const durationMs = definition.phases.reduce((sum, { duration }) => sum + duration, 0);
  if (overrides.ratePerSecond !== undefined && peak === 0) {
    throw new ScenarioError(name, ["--rate: there is nothing to scale: every phase is silent"]);
  }
  if ((overrides.ratePerSecond ?? 0) > MAX_RATE_PER_SECOND) {
    throw new ScenarioError(name, [
      `--rate: ${overrides.ratePerSecond}: must be at most ${MAX_RATE_PER_SECOND}`,
    ]);
  }
  if ((overrides.durationMs ?? 0) > MAX_PHASE_MS) {
    throw new ScenarioError(name, [`--duration: must be at most a day`]);
  }
  return {
    rateFactor: overrides.ratePerSecond === undefined ? 1 : overrides.ratePerSecond / peak,
    timeFactor: overrides.durationMs === undefined
      ? 1
      : Math.max(1, Math.round(overrides.durationMs)) / durationMs,
  };
}

function planAccounts({ accounts, symbols }: CheckedDefinition): PlannedAccount[] {
  const holdingsOf = (holdings: number | Readonly<Record<string, number>>) =>
    typeof holdings === "number"
      ? Object.fromEntries(symbols.map(({ symbol }) => [symbol, holdings]))
      : { ...holdings };
  if (Array.isArray(accounts)) {
    return accounts.map(({ userId, cash, holdings }) => ({
      userId,
      cash,
      holdings: holdingsOf(holdings),
    }));
  }
  const { count, cash, holdings } = accounts;
  return Array.from({ length: count }, (_, i) => ({
    userId: crowdUser(i),
    cash,
    holdings: holdingsOf(holdings),
  }));
}

function planPartitions(
  definition: CheckedDefinition,
  override: number | undefined,
): SessionPlan["partitions"] {
  const wanted = override ?? definition.partitions;
  if (wanted === undefined) return {};
  if (typeof wanted === "object") return { ...wanted } as SessionPlan["partitions"]; // keys: topics
  return Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, wanted]));
}

function planEvents(
  { events }: CheckedDefinition,
  phases: readonly PlannedPhase[],
  timeFactor: number,
): PlannedEvent[] {
  const planned = events.map((event) => {
    const { at } = event;
    // A phase's start has been scaled with the phases already.
    const atMs = typeof at === "number"
      ? at * timeFactor
      : phases.find(({ name }) => name === at.phase)!.startsAtMs + at.plus * timeFactor;
    return { atMs, ...verbOf(event) };
  });
  return planned.sort((a, b) => a.atMs - b.atMs);
}

function notesOn(symbols: readonly PlannedSymbol[]): string[] {
  const notes = new Set<string>();
  for (const { prices } of symbols) {
    if (prices.model === "closes") {
      notes.add(
        "Prices pass through real closes; the steps between two closes are drawn as a seeded " +
          "Brownian bridge.",
      );
    } else if (prices.model === "replay") {
      const pace = prices.speed === 1 ? "at their own pace" : `at ${prices.speed} times their pace`;
      notes.add(`Prices are real trades, replayed ${pace}.`);
    } else {
      notes.add("Prices are drawn from a seeded geometric Brownian motion with jumps.");
    }
  }
  return [...notes];
}

/** The definition with `--prices` in the place of one symbol's model. */
function withPriceFile(
  scenario: CheckedScenario,
  prices: PriceFile | undefined,
): CheckedDefinition {
  if (prices === undefined) return scenario.definition;
  const definition = scenario.definition;
  const replaced = symbolToReplay(scenario, prices.symbol);
  const symbol = prices.symbol ?? replaced;
  const model: PriceModel = {
    kind: "replay",
    format: prices.format,
    // A path given on the command line is the caller's to resolve, so it comes here resolved.
    file: prices.file,
    speed: prices.speed ?? 1,
  };
  return {
    ...definition,
    symbols: definition.symbols.map((spec) =>
      spec.symbol === replaced ? { ...spec, symbol } : spec
    ),
    market: { ...definition.market, models: { ...definition.market.models, [symbol]: model } },
  };
}

/** Which of the scenario's symbols the file's prices are for. */
function symbolToReplay(scenario: CheckedScenario, wanted: string | undefined): string {
  const { symbols, market } = scenario.definition;
  const names = symbols.map(({ symbol }) => symbol);
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const open = names.filter((name) => market.models[name]?.kind === "replay");
  // A lone symbol gives its place, and takes the file's name for it.
  const candidates = open.length > 0 ? open : names;
  if (candidates.length === 1) return candidates[0]!;
  const problem = wanted === undefined
    ? `--symbol: missing: the scenario has several; must be one of ${names.join(", ")}`
    : `--symbol: ${JSON.stringify(wanted)}: must be one of ${names.join(", ")}` +
      suggestion(wanted, names);
  throw new ScenarioError(scenario.name, [problem]);
}
