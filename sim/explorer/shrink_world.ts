/**
 * Making a world smaller that breaks an invariant: fewer faults first, then less of everything else.
 *
 * @module
 */

import { TOPIC_NAMES } from "../../kafka/topics.ts";
import type { PlannedPhase, SessionPlan } from "../session_plan.ts";
import { Budget, type Fails, shrinkList } from "./shrink_list.ts";
import { latencyBy, type World } from "./world.ts";

/** Plays that shrinking takes at most. */
export const MAX_SHRINKING_PLAYS = 120;

/** The load is halved until it no longer fails, at most so often. */
const MAX_HALVINGS = 8;

/** How a world is shrunk. */
export interface ShrinkOptions {
  /** Whether a smaller world still breaks the same invariant. */
  readonly fails: Fails<World>;
  /** Default {@link MAX_SHRINKING_PLAYS}. */
  readonly maxPlays?: number;
}

/**
 * A smaller world of the same seed that still fails. What is removed is removed for good: the order is
 * faults, comings and goings, load, users, instances, symbols, partitions, latencies; and the faults
 * once more, since a smaller world may need fewer.
 */
export async function shrinkWorld(world: World, options: ShrinkOptions): Promise<World> {
  const budget = new Budget(options.maxPlays ?? MAX_SHRINKING_PLAYS);
  const given = { fails: options.fails, budget };
  let smallest = await shrinkFaults(world, given);
  smallest = await shrinkEvents(smallest, given);
  for (const simpler of SIMPLIFICATIONS) {
    for (let times = 0; times < MAX_HALVINGS; times++) {
      const candidate = simpler(smallest);
      if (candidate === null || !budget.take() || !await options.fails(candidate)) break;
      smallest = candidate;
    }
  }
  return smallest.plan.faults.length < 2 ? smallest : await shrinkFaults(smallest, given);
}

interface Shrinking {
  readonly fails: Fails<World>;
  readonly budget: Budget;
}

async function shrinkFaults(world: World, { fails, budget }: Shrinking): Promise<World> {
  const withFaults = (faults: SessionPlan["faults"]) => withPlan(world, { faults });
  const faults = await shrinkList(world.plan.faults, {
    fails: (fewer) => fails(withFaults([...fewer])),
    budget,
  });
  return withFaults([...faults]);
}

async function shrinkEvents(world: World, { fails, budget }: Shrinking): Promise<World> {
  const withEvents = (events: SessionPlan["events"]) => withPlan(world, { events });
  const events = await shrinkList(world.plan.events, {
    fails: (fewer) => fails(withEvents([...fewer])),
    budget,
  });
  return withEvents([...events]);
}

/** Each gives a simpler world, or null when it has nothing left to take away. */
const SIMPLIFICATIONS: readonly ((world: World) => World | null)[] = [
  ({ plan, ...world }) =>
    plan.phases.length < 2 ? null : { ...world, plan: withPhases(plan, plan.phases.slice(0, -1)) },
  ({ plan, ...world }) => {
    const phases = plan.phases.map(halved);
    return phases.every((phase, i) => phase === plan.phases[i])
      ? null
      : { ...world, plan: { ...plan, phases } };
  },
  (world) => {
    const { accounts } = world.plan;
    if (accounts.length < 2) return null;
    return withPlan(world, { accounts: accounts.slice(0, Math.ceil(accounts.length / 2)) });
  },
  (world) => {
    const { instances } = world.plan;
    const fewer = Object.fromEntries(
      Object.entries(instances).map(([group, count]) => [group, Math.min(1, count)]),
    ) as typeof instances; // Object.fromEntries forgets which keys it was given.
    const isFewer = Object.values(instances).some((count) => count > 1);
    // A leaving or hurt instance must be there.
    return isFewer && world.plan.events.length === 0 ? withPlan(world, { instances: fewer }) : null;
  },
  withFewerSymbols,
  (world) => {
    const least = Object.fromEntries(TOPIC_NAMES.map((topic) => [topic, 1]));
    const isLeast = Object.values(world.plan.partitions).every((count) => count === 1);
    return isLeast ? null : withPlan(world, { partitions: least });
  },
  (world) => {
    const latency = latencyBy(() => ({ leastMs: 0, mostMs: 0 }));
    const isQuick = Object.values(world.latency).every(({ mostMs }) => mostMs === 0);
    return isQuick ? null : { ...world, latency };
  },
];

function withPlan(world: World, plan: Partial<SessionPlan>): World {
  return { ...world, plan: { ...world.plan, ...plan } };
}

/** Half the load of a phase; below a command in a second it is left as it is. */
function halved(phase: PlannedPhase): PlannedPhase {
  switch (phase.kind) {
    case "silence":
      return phase;
    case "ramp":
      return phase.fromPerSecond + phase.toPerSecond < 2 ? phase : {
        ...phase,
        fromPerSecond: phase.fromPerSecond / 2,
        toPerSecond: phase.toPerSecond / 2,
      };
    default:
      return phase.ratePerSecond < 2 ? phase : { ...phase, ratePerSecond: phase.ratePerSecond / 2 };
  }
}

function withPhases(plan: SessionPlan, phases: SessionPlan["phases"]): SessionPlan {
  const last = phases[phases.length - 1]!; // The caller leaves at least one.
  return { ...plan, phases, durationMs: last.startsAtMs + last.durationMs };
}

/** The first half of the symbols; every producer of market data keeps one. */
function withFewerSymbols(world: World): World | null {
  const { symbols, instances, accounts } = world.plan;
  const count = Math.max(Math.ceil(symbols.length / 2), instances["market-data-producer"]);
  if (count >= symbols.length) return null;
  const left = symbols.slice(0, count);
  const names = new Set(left.map(({ symbol }) => symbol));
  return withPlan(world, {
    symbols: left,
    accounts: accounts.map((account) => ({
      ...account,
      holdings: Object.fromEntries(
        Object.entries(account.holdings).filter(([symbol]) => names.has(symbol)),
      ),
    })),
  });
}
