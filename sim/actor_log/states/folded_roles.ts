/**
 * The folds that ran, by role, and the partitions that each of them folds.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import { type PartitionCounts, PartitionFold } from "../../../actors/fold/partition_fold.ts";
import { loadPoisonMarks } from "../../../actors/fold/poison_marks.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import { portfolioFold } from "../../../actors/portfolio_manager/portfolio_fold.ts";
import type { PortfolioState } from "../../../actors/portfolio_manager/portfolio_state.ts";
import type { EngineState } from "../../../actors/trading_engine/engine_state.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import type { StateLens } from "../views/state_view.ts";
import type { FoldedRole } from "./step_folder.ts";

/** What each role folds, and into what. */
interface FoldedRoles {
  readonly "order-gateway": { readonly state: GatewayState; readonly topic: "order-commands" };
  readonly "trading-engine": { readonly state: EngineState; readonly topic: "orders" };
  readonly "portfolio-manager": {
    readonly state: PortfolioState;
    readonly topic: "notifications";
  };
}

/** The state of a role. */
export type StateOf<R extends FoldedRole> = FoldedRoles[R]["state"];
/** The topic that a role folds. */
export type TopicOf<R extends FoldedRole> = FoldedRoles[R]["topic"];

/** A lens for each role. */
export type Lenses = { readonly [R in FoldedRole]: StateLens<StateOf<R>, TopicOf<R>> };

/** The folds themselves. */
export const FOLDS: { readonly [R in FoldedRole]: Fold<StateOf<R>, TopicOf<R>> } = {
  "order-gateway": orderGatewayFold,
  "trading-engine": tradingEngineFold,
  "portfolio-manager": portfolioFold,
};

/** In the order in which states are built. */
export const FOLDED_ROLES = Object.keys(FOLDS) as readonly FoldedRole[]; // The keys of FOLDS.

/** One partition of what one role folds. */
export interface FoldedPartition<R extends FoldedRole = FoldedRole> {
  readonly role: R;
  readonly topic: TopicOf<R>;
  readonly partition: number;
}

/** Every partition that is folded, in a fixed order. */
export function foldedPartitions(parameters: FloorParameters): readonly FoldedPartition[] {
  const counts = countsOf(parameters);
  return FOLDED_ROLES.flatMap((role) => {
    const { topic } = FOLDS[role];
    return Array.from({ length: counts[topic] }, (_, partition) => ({ role, topic, partition }));
  });
}

/** Partition counts by topic. */
export function countsOf(parameters: FloorParameters): PartitionCounts {
  return parameters.partitions as PartitionCounts; // Made with every topic of the table.
}

/** The offsets that a partition's fold passes over. */
export function poisonOf(
  log: EventLog,
  { role, topic, partition }: FoldedPartition,
  parameters: FloorParameters,
): Promise<ReadonlySet<number>> {
  const partitions = countsOf(parameters)["dead-letters"];
  return loadPoisonMarks(log, { role, source: { topic, partition }, partitions });
}

/** A fold of one partition, from its first record or from a snapshot. */
export function openFold<R extends FoldedRole>(
  { role, topic, partition }: FoldedPartition<R>,
  from: {
    readonly parameters: FloorParameters;
    readonly skip: ReadonlySet<number>;
    readonly snapshot?: Uint8Array | undefined;
  },
): PartitionFold<StateOf<R>, TopicOf<R>> {
  const partitions = countsOf(from.parameters);
  return new PartitionFold({
    fold: FOLDS[role],
    context: { topic, partition, partitions: partitions[topic] },
    partitions,
    skip: from.skip,
    ...(from.snapshot === undefined ? {} : { snapshot: from.snapshot }),
  });
}
