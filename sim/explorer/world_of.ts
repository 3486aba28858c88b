/**
 * A world from a seed.
 *
 * Most rates are zero in a given world and high in some: a world in which everything goes wrong a little
 * reaches less than many in which a few things go wrong often (swarm testing: Groce et al., ISSTA 2012).
 *
 * @module
 */

import { CONSUMER_ROLES } from "../../actors/topology.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import { ACTOR_GROUPS, type ActorGroup } from "../scenario_events.ts";
import { PLAN_VERSION, type PlannedEvent, type SessionPlan } from "../session_plan.ts";
import type { LatencyBounds } from "../virtual/log_latency.ts";
import { Dice } from "./dice.ts";
import { latencyBy, type World, WORLD_VERSION } from "./world.ts";
import { drawFaults } from "./world_faults.ts";
import { drawAccounts, drawFlow, drawLimits, drawPhases, drawSymbols } from "./world_load.ts";

/** The highest seed, plus one: seeds are 32 bits, as everywhere. */
export const SEEDS = 2 ** 32;

/** The most partitions of one topic. */
const MAX_PARTITIONS = 6;

/** The longest a call of the log takes in a slow world. */
const MAX_LATENCY_MS = 40;

/** The world of a seed: the same on every machine. @throws {RangeError} when it is no seed */
export function worldOf(seed: number): World {
  if (!Number.isInteger(seed) || seed < 0 || seed >= SEEDS) {
    throw new RangeError(`Cannot draw a world: ${seed} is no seed from 0 to ${SEEDS - 1}`);
  }
  return {
    version: WORLD_VERSION,
    seed,
    plan: drawPlan(seed),
    ...drawPace(new Dice(seed, "pace")),
    latency: drawLatency(new Dice(seed, "latency")),
  };
}

function drawPlan(seed: number): SessionPlan {
  const load = new Dice(seed, "load");
  const symbols = drawSymbols(load);
  const accounts = drawAccounts(load, symbols);
  const phases = drawPhases(load);
  const last = phases[phases.length - 1]!; // There is at least one.
  const durationMs = last.startsAtMs + last.durationMs;
  const partitions = drawPartitions(new Dice(seed, "partitions"));
  const instances = drawInstances(new Dice(seed, "instances"), symbols.length);
  const events = drawComings(new Dice(seed, "comings"), { instances, durationMs });
  return {
    version: PLAN_VERSION,
    scenario: `world-${seed}`,
    teaches: `What seed ${seed} leads to.`,
    seed,
    symbols,
    accounts,
    instances,
    partitions,
    limits: drawLimits(new Dice(seed, "limits")),
    maxPricesPerSecond: 1_000,
    flow: drawFlow(new Dice(seed, "flow"), accounts),
    phases,
    durationMs,
    events,
    faults: drawFaults(new Dice(seed, "faults"), { instances, partitions, durationMs }),
    thresholds: [],
    invariants: "all",
    notes: [],
  };
}

type Partitions = Required<SessionPlan["partitions"]>;

function drawPartitions(dice: Dice): Partitions {
  const most = dice.pick([1, 2, 3, MAX_PARTITIONS]);
  return Object.fromEntries(
    TOPIC_NAMES.map((topic) => [topic, dice.whole(1, most)]),
  ) as Partitions; // Object.fromEntries forgets which keys it was given.
}

function drawInstances(dice: Dice, symbols: number): SessionPlan["instances"] {
  const counts: Readonly<Record<ActorGroup, number>> = {
    "order-gateway": dice.whole(1, 3),
    "trading-engine": dice.whole(1, 3),
    "portfolio-manager": dice.whole(1, 2),
    "notifier": dice.whole(0, 1),
    "audit-logger": dice.percent(85) ? dice.whole(1, 2) : 0,
    "order-command-producer": dice.whole(1, 2),
    "market-data-producer": dice.percent(60) ? dice.whole(1, Math.min(2, symbols)) : 0,
  };
  return Object.fromEntries(
    ACTOR_GROUPS.map((group) => [group, counts[group]]),
  ) as SessionPlan["instances"]; // Object.fromEntries forgets which keys it was given.
}

/** Instances that join and leave while the session runs. One of each group stays. */
function drawComings(dice: Dice, { instances, durationMs }: {
  readonly instances: SessionPlan["instances"];
  readonly durationMs: number;
}): PlannedEvent[] {
  if (dice.percent(55)) return [];
  const count = dice.whole(1, 4);
  const left = new Map<string, number>();
  const events: PlannedEvent[] = [];
  for (let n = 0; n < count; n++) {
    const [first, ...others] = CONSUMER_ROLES.filter((role) => instances[role] > 0);
    if (first === undefined) break;
    const group = dice.pick([first, ...others]);
    const atMs = dice.whole(0, durationMs);
    const gone = left.get(group) ?? 0;
    if (dice.percent(60) || instances[group] - gone <= 1) {
      events.push({ atMs, verb: "join", whom: group });
    } else {
      left.set(group, gone + 1);
      events.push({ atMs, verb: "leave", whom: `${group}-${instances[group] - gone - 1}` });
    }
  }
  return events.sort((a, b) => a.atMs - b.atMs);
}

function drawPace(dice: Dice): Omit<World, "version" | "seed" | "plan" | "latency"> {
  const unresponsiveAfterMs = dice.scale(100, 3_000);
  const backoffMs = dice.pick([5, 50, 250]);
  return {
    snapshotEveryRecords: dice.scale(5, 2_000),
    sessionTimeoutMs: dice.scale(200, 10_000),
    watchfulness: {
      pingEveryMs: Math.max(20, Math.floor(unresponsiveAfterMs / 4)),
      unresponsiveAfterMs,
      zombieAfterMs: dice.scale(10, 1_000),
      backoffMs,
      backoffCapMs: dice.pick([500, 1_000, 3_000]),
    },
  };
}

function drawLatency(dice: Dice): World["latency"] {
  const isSlow = dice.percent(30);
  const range = (): LatencyBounds => {
    if (dice.percent(40)) return { leastMs: 0, mostMs: 0 };
    const mostMs = dice.scale(1, isSlow ? MAX_LATENCY_MS : 4);
    return { leastMs: dice.whole(0, mostMs), mostMs };
  };
  return latencyBy(range);
}
