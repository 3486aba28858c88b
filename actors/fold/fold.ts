/**
 * The rule that makes recovery simple: a stateful actor is a pure, deterministic fold over one input
 * partition. No clock, no random source, no second input: time is the record's stamp.
 *
 * @module
 */

import type { Envelope, MessageTopic, TopicMessages } from "../../kafka/messages/mod.ts";

/** Which partition a fold folds. */
export interface FoldContext {
  /** The input topic. */
  readonly topic: MessageTopic;
  /** Counted from 0. */
  readonly partition: number;
  /** How many partitions the input topic has. */
  readonly partitions: number;
}

/** A message without its envelope, which the outbox adds. */
export type Body<M> = M extends Envelope ? Omit<M, keyof Envelope> : never;

/** The topics that folds write to. */
export type OutputTopic = "orders" | "notifications" | "order-commands" | "market-data";

/** Takes what a fold emits for the record at hand. */
export interface Outbox {
  /**
   * Emits a message to the partition of `key`. Id, causation, sequence and timestamp follow from the
   * input; `correlationId` says what the message belongs to (`user/order` for an order's). The body
   * is copied at once and may be used again.
   */
  emit<T extends OutputTopic>(
    topic: T,
    key: string,
    body: Body<TopicMessages[T]>,
    correlationId: string,
  ): void;
}

/** The record around a message. */
export interface FoldInput<M> {
  /** Valid by its topic's schema. */
  readonly message: M;
  /** What chose the partition: a user or a symbol, as the table of topics says. */
  readonly key: string | null;
  /** The record's place in the input partition. */
  readonly offset: number;
  /** Milliseconds since the epoch: the largest stamp seen in the partition, this record's included. */
  readonly now: number;
}

/**
 * One role's logic: how a partition's state follows from its records.
 *
 * @example The lots traded of each symbol, folded from the engine's trades
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_PARTITION_COUNTS, type Fold, openMemoryLog } from "../../mod.ts";
 * import { packState, PartitionFold, topicSettings, unpackState } from "../../mod.ts";
 *
 * type Volumes = Map<string, number>;
 * const volumes: Fold<Volumes, "market-data"> = {
 *   role: "volumes",
 *   version: 1,
 *   topic: "market-data",
 *   create: () => new Map(),
 *   apply(state, { message }) {
 *     if (message.type !== "trade") return;
 *     state.set(message.symbol, (state.get(message.symbol) ?? 0) + message.quantityLots);
 *   },
 *   encode: (state) => packState([...state].sort()),
 *   decode: (bytes) => new Map(unpackState(bytes).head as [string, number][]),
 * };
 *
 * await using log = await openMemoryLog();
 * await log.createTopics(topicSettings({ partitions: { "market-data": 1 } }));
 * const trades = [40, 2].map((quantityLots, i) => ({
 *   type: "trade", symbol: "AAPL", priceTicks: 16000, quantityLots, tradeId: `t${i}`, aggressor: "buy",
 *   id: `orders/0/${i}/0`, correlationId: "501/1", causationId: "c", sequence: i, timestamp: 1625159076,
 * }));
 * const records = trades.map((trade) => ({ key: "AAPL", value: JSON.stringify(trade) }));
 * const source = { topic: "market-data", partition: 0 };
 * // The second publish repeats the first, as after a crash: it changes nothing.
 * await log.publish([{ ...source, records }]);
 * await log.publish([{ ...source, records }]);
 *
 * const folded = new PartitionFold({
 *   fold: volumes,
 *   context: { topic: "market-data", partition: 0, partitions: 1 },
 *   partitions: DEFAULT_PARTITION_COUNTS,
 * });
 * const reader = log.openReader([{ ...source, offset: 0 }]);
 * for (const batch of await reader.poll({ timeoutMs: 1_000 })) {
 *   for (const record of batch.records) folded.apply(record, { publishing: false });
 * }
 * reader.close();
 * assert.deepEqual([...folded.state], [["AAPL", 42]]);
 * ```
 */
export interface Fold<State, T extends MessageTopic = MessageTopic> {
  /** Names its snapshots and skip marks. */
  readonly role: string;
  /** Changes whenever the same records would give another state or other outputs. */
  readonly version: number;
  /** What it folds: one state for each of the topic's partitions. */
  readonly topic: T;
  /** The state before the first record. */
  create(context: FoldContext): State;
  /**
   * Folds one message into the state, in place, and emits what follows from it. Outputs depend on
   * nothing but the records so far. A throw makes the record poison (see `docs/architecture.md`); a
   * refusal is an output, never a throw.
   */
  apply(state: State, input: FoldInput<TopicMessages[T]>, out: Outbox): void;
  /**
   * Whether a derived message, under its record's key, fits what this partition knows; one that does
   * not is refused before its sequence is used up, and goes to `dead-letters`. Without it every derived
   * message is admitted.
   */
  admits?(state: State, input: Pick<FoldInput<TopicMessages[T]>, "message" | "key">): boolean;
  /**
   * Canonical bytes: equal states give equal bytes, however they came about. They are the caller's, who
   * gives their memory back: never bytes that the fold keeps.
   */
  encode(state: State): Uint8Array;
  /** The state that {@link encode} gave. */
  decode(bytes: Uint8Array, context: FoldContext): State;
}
