/**
 * Whom and what the faults of a world befall.
 *
 * @module
 */

import { CONSUMER_ROLES, type ConsumerRole, TOPOLOGY } from "../../actors/topology.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { SessionPlan } from "../session_plan.ts";
import type { Dice } from "./dice.ts";

/** What the faults befall. */
export interface FaultyWorld {
  readonly instances: SessionPlan["instances"];
  readonly partitions: Required<SessionPlan["partitions"]>;
  readonly durationMs: number;
}

/** Roles with snapshots, and what their partitions are called. */
const STATEFUL = ["order-gateway", "trading-engine", "portfolio-manager"] as const;

/** A group that consumes and has instances. */
export function roleOf(dice: Dice, { instances }: FaultyWorld): ConsumerRole {
  const [first, ...others] = CONSUMER_ROLES.filter((role) => instances[role] > 0);
  // Every world has a gateway.
  return dice.pick([first ?? "order-gateway", ...others]);
}

/** An instance that consumes. */
export function anyConsumer(dice: Dice, world: FaultyWorld): string {
  const role = roleOf(dice, world);
  return `${role}-${dice.whole(0, world.instances[role] - 1)}`;
}

/** An instance, a whole group, or whoever serves a partition; sometimes a producer. */
export function anyActor(dice: Dice, world: FaultyWorld): string {
  const kind = dice.whole(0, 19);
  if (kind === 0) return roleOf(dice, world);
  if (kind < 4) return anyServed(dice, world);
  return kind < 7 ? anyProducer(dice, world) : anyConsumer(dice, world);
}

/** An instance that is a source. */
export function anyProducer(dice: Dice, { instances }: FaultyWorld): string {
  const producer = instances["market-data-producer"] > 0 && dice.percent(30)
    ? "market-data-producer"
    : "order-command-producer";
  return `${producer}-${dice.whole(0, instances[producer] - 1)}`;
}

/** Whoever serves a partition then. */
function anyServed(dice: Dice, world: FaultyWorld): string {
  const role = roleOf(dice, world);
  const [first, ...others] = TOPOLOGY[role].reads;
  const topic = dice.pick([first, ...others]);
  return `${role} ${topic}/${dice.whole(0, world.partitions[topic] - 1)}`;
}

/** What a fold keeps snapshots of. */
export function anyState(dice: Dice, world: FaultyWorld): string {
  const role = dice.pick(STATEFUL);
  const [topic] = TOPOLOGY[role].reads;
  return `${role} ${topic}/${dice.whole(0, world.partitions[topic] - 1)}`;
}

/** The whole log, a topic of it, or one of its partitions. */
export function anyPlace(dice: Dice, world: FaultyWorld): string {
  if (dice.percent(30)) return "log";
  const topic = dice.pick(["order-commands", "orders", "notifications", "intents", "snapshots"]);
  return dice.percent(50) ? topic : partitionOf(dice, world, topic);
}

/** A partition of a topic. */
export function partitionOf(dice: Dice, { partitions }: FaultyWorld, topic: TopicName): string {
  return `${topic}/${dice.whole(0, partitions[topic] - 1)}`;
}
