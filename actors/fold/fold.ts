/**
 * The rule that makes recovery simple: a stateful actor is a pure, deterministic fold over one input
 * partition. No clock, no random source, no second input: time is the record's stamp.
 *
 * @module
 */

import type { Envelope, MessageTopic, TopicMessages } from "../../kafka/messages/mod.ts";

/** Which partition a fold folds. */
export interface FoldContext {
  readonly topic: MessageTopic;
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
   * is encoded at once and may be used again.
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
  readonly message: M;
  readonly key: string | null;
  readonly offset: number;
  /** Milliseconds since the epoch: the largest stamp seen in the partition, this record's included. */
  readonly now: number;
}

/** One role's logic: how a partition's state follows from its records. */
export interface Fold<State, T extends MessageTopic = MessageTopic> {
  readonly role: string;
  /** Changes whenever the same records would give another state or other outputs. */
  readonly version: number;
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
   * Whether a derived message fits what this partition knows; one that does not is refused before its
   * sequence is looked at, and goes to `dead-letters`. Without it every derived message is admitted.
   */
  admits?(state: State, message: TopicMessages[T]): boolean;
  /** Canonical bytes: equal states give equal bytes, however they came about. */
  encode(state: State): Uint8Array;
  /** The state that {@link encode} gave. */
  decode(bytes: Uint8Array, context: FoldContext): State;
}
