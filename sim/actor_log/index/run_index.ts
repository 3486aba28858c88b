/**
 * The index of a run: one order of all that happened, and where to find things in it. Everything here is
 * of the disk, bounded in memory by named limits, and nothing here is folded.
 *
 * The order is one of those that could have been. Every partition of every topic but `snapshots` is a
 * lane, and the runtime events are one more; a lane keeps its own order. The first entry of each lane
 * that is left is its head, and again and again the first of the heads that wait for nothing is taken.
 *
 * A head waits while what it follows from has not been taken:
 *
 * - a derived message (it has a sequence), for the record that its id names as its origin, if the log has
 *   that record: one whose origin is nonsense or beyond a partition's end waits for nothing, nor does one
 *   that names itself or a later record of its own partition;
 * - a client's command with an id `producer/number`, until an intent has been taken whose id has the same
 *   producer and its number or a higher one, if the log has such an intent;
 * - a runtime event `commit`, `snapshot` or `recovered` (its committed offset), for all records below the
 *   offset that it names; `dead-letter` and `fold-failed`, for the record that it names too; as far as
 *   the log has them.
 *
 * Of the heads that do not wait, the one with the smaller time goes first: the largest stamp of its lane
 * so far, so that a clock that steps back holds nobody up. At equal times a derived message whose origin
 * the log has goes before what begins something, and that before a runtime event, so that what an order
 * leads to is read in one piece; then the lanes' order decides: `intents`, `orders`, `notifications`,
 * `market-data`, `order-commands`, `dead-letters`, each by partition, then the runtime events. When all
 * heads wait, which only forged origins bring about, the first of them by the same comparison is taken.
 * The same log and events give the same order.
 *
 * @module
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { TopicPartition } from "../../../kafka/event_log.ts";
import type { RecordPlace } from "../record_place.ts";

/** One entry of the order. */
export type IndexEntry =
  | { readonly kind: "record"; readonly rank: number; readonly place: RecordPlace }
  | { readonly kind: "event"; readonly rank: number; readonly event: RuntimeEvent };

/** Which entries are wanted, from where, which way. */
export interface EntriesWanted {
  /** The first rank looked at, itself included. */
  readonly from: number;
  /** Which way. */
  readonly direction: "forward" | "backward";
  /** Only records of these partitions; left out: of all. */
  readonly partitions?: readonly TopicPartition[];
  /** Whether runtime events are among them. Default true. */
  readonly events?: boolean;
}

/** An order that a client asked for. */
export interface IndexedOrder {
  /** Whose it is. */
  readonly userId: string;
  /** Unique for its user. */
  readonly orderId: string;
  /** The first command or intent of the run that names it. */
  readonly place: RecordPlace;
}

/** Which runtime events are wanted. */
export interface EventsWanted {
  /** The first rank looked at, itself included. */
  readonly from: number;
  /** Which way. */
  readonly direction: "forward" | "backward";
  /** Left out: of all kinds. */
  readonly kinds?: readonly RuntimeEvent["kind"][];
  /** An actor's or supervisor's id. */
  readonly actor?: string;
}

/** Where everything of a run is. Ranks count the entries of its order from 0. */
export interface RunIndex extends Disposable {
  /** Entries: the records of every topic but `snapshots`, and the runtime events. */
  readonly length: number;
  /** Records among them. */
  readonly records: number;
  /** Bytes of the index on disk. */
  readonly bytes: number;
  /** What is at a rank. @throws {RangeError} when there is no such rank */
  entryAt(rank: number): IndexEntry;
  /** Null for a record that the run does not have. */
  rankOf(place: RecordPlace): number | null;
  /** Null for an event that the run does not have. */
  rankOfEvent(number: number): number | null;
  /** The first entry at or after a time, in milliseconds since the epoch; {@link length} when none is. */
  rankAtTime(time: number): number;
  /** Entries one after another; one that names partitions skips the others at little cost. */
  entries(wanted: EntriesWanted): Iterable<IndexEntry>;
  /** Runtime events one after another, with their ranks. */
  events(wanted: EventsWanted): Iterable<{ readonly rank: number; readonly event: RuntimeEvent }>;
  /**
   * An offset of `into` at or before the first record that came by `channel` (`topic/partition` of the
   * origin) with `sequence`, fewer than `CHANNEL_STRIDE` records before it; null when `into` has no such
   * record, or the channel is none of the run's partitions.
   */
  searchFrom(into: TopicPartition, channel: string, sequence: number): number | null;
  /**
   * Ranks of the records that carry a correlation id, in order; with others now and then, where two ids
   * have the same fingerprint, so whoever asks must look. Everything about an order carries `user/order`.
   * With `from` only ranks from there on; what is before it costs nothing then.
   */
  about(correlationId: string, from?: number): Iterable<number>;
  /** The orders with this id, of all users; at most a named limit of them, in the run's order. */
  ordersWith(orderId: string): readonly IndexedOrder[];
  /** Ids of orders near to one that is not there: the nearest first. */
  nearestOrderIds(orderId: string): readonly string[];
  /** The first command of a user, or null; for "there is no such user" also the nearest ids. */
  userNear(userId: string): { readonly found: boolean; readonly nearest: readonly string[] };
}
