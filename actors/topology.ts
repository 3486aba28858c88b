/**
 * The whole floor as a table: who reads what, as which group, keyed by what, and what it writes. The
 * one place that knows all of it.
 *
 * @module
 */

import type { TopicName } from "../kafka/topics.ts";

/** A role that consumes: any number of instances share its topics' partitions as one group. */
export interface ConsumerRow {
  readonly kind: "consumer";
  /** Also the group's name. */
  readonly reads: readonly TopicName[];
  readonly writes: readonly TopicName[];
  /** Whether its state is a fold with snapshots. */
  readonly stateful: boolean;
}

/** A role that is a source. */
export interface ProducerRow {
  readonly kind: "producer";
  readonly reads: readonly TopicName[];
  readonly writes: readonly TopicName[];
}

/** The topics that the audit logger follows: all but `snapshots`, which is derived and compacted. */
export const AUDITED_TOPICS = [
  "market-data",
  "order-commands",
  "orders",
  "notifications",
  "intents",
  "dead-letters",
] as const satisfies readonly TopicName[];

/** The floor. Consumers are listed in the order in which they are started. */
export const TOPOLOGY = {
  "audit-logger": {
    kind: "consumer",
    reads: AUDITED_TOPICS,
    writes: ["snapshots"],
    stateful: true,
  },
  "notifier": { kind: "consumer", reads: ["notifications"], writes: [], stateful: false },
  "portfolio-manager": {
    kind: "consumer",
    reads: ["notifications"],
    writes: ["dead-letters", "snapshots"],
    stateful: true,
  },
  "trading-engine": {
    kind: "consumer",
    reads: ["orders"],
    writes: ["notifications", "order-commands", "market-data", "dead-letters", "snapshots"],
    stateful: true,
  },
  "order-gateway": {
    kind: "consumer",
    reads: ["order-commands"],
    writes: ["orders", "notifications", "dead-letters", "snapshots"],
    stateful: true,
  },
  "market-data-producer": { kind: "producer", reads: ["market-data"], writes: ["market-data"] },
  "order-command-producer": {
    kind: "producer",
    reads: ["market-data", "intents"],
    writes: ["intents", "order-commands"],
  },
} as const satisfies Readonly<Record<string, ConsumerRow | ProducerRow>>;

/** A role of the floor. */
export type Role = keyof typeof TOPOLOGY;

/** The roles that share partitions as a group. */
export type ConsumerRole = {
  [R in Role]: (typeof TOPOLOGY)[R]["kind"] extends "consumer" ? R : never;
}[Role];

/** The most instances of one role. */
export const MAX_INSTANCES = 64;

/** The roles that are sources. */
export type ProducerRole = Exclude<Role, ConsumerRole>;

/** All consuming roles, in the order in which they are started. */
export const CONSUMER_ROLES: readonly ConsumerRole[] = [
  "audit-logger",
  "notifier",
  "portfolio-manager",
  "trading-engine",
  "order-gateway",
];

/** The topics whose partitions are folded, and so begin with the floor's parameters. */
export const FOLDED_TOPICS = ["order-commands", "orders", "notifications"] as const;
