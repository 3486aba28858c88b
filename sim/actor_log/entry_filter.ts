/**
 * Which entries of a run are wanted, and which partitions they can be in at all.
 *
 * @module
 */

import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import { CONSUMER_ROLES, type Role } from "../../actors/topology.ts";
import type { TopicPartition } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import { TOPIC_NAMES, type TopicName } from "../../kafka/topics.ts";
import type { EntryFilter } from "./actor_log.ts";
import { textSieve } from "./raw_sieve.ts";
import type { Entry, ReadRecord, StepOwner } from "./step.ts";
import { subjectOf } from "./subject.ts";

/** Runtime events that tell of something going wrong, and of what was done about it. */
const FAILURE_KINDS: ReadonlySet<RuntimeEvent["kind"]> = new Set([
  "dead-letter",
  "fold-failed",
  "failure",
  "restart",
  "give-up",
  "zombie",
  "fault",
  "log-unavailable",
]);

/** Topics that are in a run's order. */
export const ORDERED_TOPICS: readonly TopicName[] = TOPIC_NAMES.filter((name) =>
  name !== "snapshots"
);

const SOURCES: Readonly<Partial<Record<Role, TopicName>>> = {
  "order-command-producer": "intents",
  "market-data-producer": "market-data",
};

/** The role of an actor's id, such as `order-gateway` of `order-gateway-2`, or of a role's own name. */
export function roleOfActor(actor: string): string {
  return actor.replace(/-\d+$/, "");
}

/**
 * Whether an entry passes. `ownerOf` tells who did a step, and is asked only where a filter names an
 * instance.
 */
export function passes(
  entry: Entry,
  filter: EntryFilter,
  ownerOf: (role: Role, entry: Entry & { kind: "record" }) => StepOwner | null = () => null,
): boolean {
  return entry.kind === "event"
    ? eventPasses(entry.event, filter)
    : recordPasses(entry.record, filter) && actorPasses(entry, filter, ownerOf);
}

function eventPasses(event: RuntimeEvent, filter: EntryFilter): boolean {
  const { actor, type, failures, text, userId, symbol, orderId, topic, partition } = filter;
  if (userId !== undefined || symbol !== undefined || orderId !== undefined) return false;
  if (topic !== undefined || partition !== undefined) return false;
  if (actor !== undefined && event.actor !== actor && roleOfActor(event.actor) !== actor) {
    return false;
  }
  if (type !== undefined && event.kind !== type) return false;
  if (failures === true && !FAILURE_KINDS.has(event.kind)) return false;
  return text === undefined || contains(JSON.stringify(event), text);
}

function recordPasses(record: ReadRecord, filter: EntryFilter): boolean {
  const { place, message } = record;
  const { userId, symbol, orderId, type, topic, partition, failures } = filter;
  if (topic !== undefined && place.topic !== topic) return false;
  if (partition !== undefined && place.partition !== partition) return false;
  if (type !== undefined && (message?.type ?? "malformed") !== type) return false;
  if (failures === true && place.topic !== "dead-letters") return false;
  if (!textSieve(filter)(record)) return false;
  if (userId === undefined && symbol === undefined && orderId === undefined) return true;
  const about = subjectOf(record);
  return (userId === undefined || about.userId === userId) &&
    (symbol === undefined || about.symbol === symbol) &&
    (orderId === undefined || about.orderId === orderId);
}

function actorPasses(
  entry: Entry & { kind: "record" },
  { actor }: EntryFilter,
  ownerOf: (role: Role, entry: Entry & { kind: "record" }) => StepOwner | null,
): boolean {
  if (actor === undefined) return true;
  const role = entry.actors.find((role) => role === roleOfActor(actor));
  if (role === undefined) return false;
  return role === actor || ownerOf(role, entry)?.actor === actor;
}

function contains(where: string, what: string): boolean {
  return where.toLowerCase().includes(what.toLowerCase());
}

/**
 * The partitions that records passing the filter can be in; null: any. A user's records may be in any:
 * a stranger can have put one where it does not belong, and that one is of interest.
 */
export function partitionsFor(
  filter: EntryFilter,
  partitions: FloorParameters["partitions"],
): readonly TopicPartition[] | null {
  const { actor, topic, partition, failures } = filter;
  const role = actor === undefined ? null : roleOfActor(actor);
  const wanted: TopicPartition[] = [];
  for (const name of ORDERED_TOPICS) {
    if (topic !== undefined && name !== topic) continue;
    if (failures === true && name !== "dead-letters") continue;
    if (role !== null && !isMetBy(role, name)) continue;
    for (let number = 0; number < (partitions[name] ?? 0); number++) {
      if (partition !== undefined && number !== partition) continue;
      wanted.push({ topic: name, partition: number });
    }
  }
  const all = ORDERED_TOPICS.reduce((sum, name) => sum + (partitions[name] ?? 0), 0);
  return wanted.length === all ? null : wanted;
}

/** Whether records of a topic are steps of a role; for what is no role's name there are none. */
function isMetBy(role: string, topic: TopicName): boolean {
  if (role === "audit-logger") return true;
  if (role === "notifier" || role === "portfolio-manager") return topic === "notifications";
  if (role === "order-gateway") return topic === "order-commands";
  if (role === "trading-engine") return topic === "orders";
  return Object.entries(SOURCES).some(([source, written]) => source === role && written === topic);
}

/** Names that a filter's actor may begin with: every role. */
export const ROLES_TO_FILTER: readonly Role[] = [
  ...CONSUMER_ROLES,
  "order-command-producer",
  "market-data-producer",
];
