/**
 * For whom a record is a step.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { FoldedRole } from "./states/step_folder.ts";
import type { ReadRecord } from "./step.ts";

/** The role whose fold takes a topic's records and gives outputs or holds portfolios. */
const FOLDED_BY: Readonly<Partial<Record<TopicName, FoldedRole>>> = {
  "order-commands": "order-gateway",
  "orders": "trading-engine",
  "notifications": "portfolio-manager",
};

/** Who folds a topic; null for one that nobody folds. */
export function folderOf(topic: TopicName): FoldedRole | null {
  return FOLDED_BY[topic] ?? null;
}

/** The role that wrote a source record of its own; null where an actor's fold or a client did. */
function sourceOf({ place, message }: Pick<ReadRecord, "place" | "message">): Role | null {
  if (place.topic === "intents") return "order-command-producer";
  return message?.type === "price" ? "market-data-producer" : null;
}

/** The roles for which a record is a step: its source, who folds it, who passes it on, who keeps it. */
export function actorsOf(record: Pick<ReadRecord, "place" | "message">): readonly Role[] {
  const { topic } = record.place;
  const roles: (Role | null)[] = [
    sourceOf(record),
    folderOf(topic),
    topic === "notifications" ? "notifier" : null,
    topic === "snapshots" ? null : "audit-logger",
  ];
  return roles.filter((role) => role !== null);
}
