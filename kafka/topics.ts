/**
 * The one table of topics. Nothing else in Outcry spells a topic's name.
 *
 * @module
 */

import type { TopicSettings } from "./event_log.ts";

/** What a topic's records are keyed by. */
export type TopicKey = "user" | "symbol" | "producer" | "source partition" | "state partition";

interface TopicRow extends Omit<TopicSettings, "name"> {
  readonly key: TopicKey;
  readonly purpose: string;
}

/**
 * The floor's topics. A run keeps every record until the run is deleted; only `snapshots`, whose
 * records replace one another, is compacted. `order-commands` is stamped by the log, because its
 * stamps are what the gateway decides by.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { TOPIC_NAMES, TOPICS } from "./topics.ts";
 * assert.equal(TOPICS["order-commands"].key, "user");
 * assert.equal(TOPICS["order-commands"].timestampType, "log-append-time");
 * assert.deepEqual(TOPIC_NAMES.filter((name) => TOPICS[name].cleanup === "compact"), ["snapshots"]);
 * ```
 */
export const TOPICS = {
  "market-data": {
    key: "symbol",
    purpose: "prices, trades and best quotes",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  "order-commands": {
    key: "user",
    purpose: "what users ask for, and settlements on their way back to the gateway",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "log-append-time",
  },
  "orders": {
    key: "symbol",
    purpose: "orders and cancels that the gateway let through",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  "notifications": {
    key: "user",
    purpose: "answers, fills and cancellations, as told to users",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  "intents": {
    key: "producer",
    purpose: "commands that a producer is about to send",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  "dead-letters": {
    key: "source partition",
    purpose: "bytes that are no valid message, and records skipped as poison",
    partitions: 6,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  "snapshots": {
    key: "state partition",
    purpose: "state of actors, by role, partition and offset",
    partitions: 6,
    cleanup: "compact",
    retentionMs: null,
    timestampType: "create-time",
  },
} as const satisfies Readonly<Record<string, TopicRow>>;

/** The name of a topic of the floor. */
export type TopicName = keyof typeof TOPICS;

/** All topic names, in the table's order. */
export const TOPIC_NAMES = Object.keys(TOPICS) as readonly TopicName[];

/**
 * The table as settings to create, with partition counts of one's own where wanted.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { topicSettings } from "./topics.ts";
 * const wanted = topicSettings({ partitions: { orders: 12 } });
 * assert.equal(wanted.find((topic) => topic.name === "orders")?.partitions, 12);
 * ```
 */
export function topicSettings(
  options: { readonly partitions?: Readonly<Partial<Record<TopicName, number>>> } = {},
): readonly TopicSettings[] {
  return TOPIC_NAMES.map((name) => {
    const { partitions, cleanup, retentionMs, timestampType } = TOPICS[name];
    return {
      name,
      partitions: options.partitions?.[name] ?? partitions,
      cleanup,
      retentionMs,
      timestampType,
    };
  });
}
