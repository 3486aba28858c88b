/**
 * The index of a run: one order of all that happened, and where to find things in it. Everything here is
 * of the disk, bounded in memory by named limits, and nothing here is folded.
 *
 * The order is one of those that could have been: a record comes after the record whose fold gave it, a
 * command after its intent, partitions keep their order, a runtime event that names an offset comes
 * after the records below it. Among what may come next, what has the smaller stamp goes first; at equal
 * stamps what follows from something goes before what begins something, so that an order's life is read
 * in one piece. The same log gives the same order.
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
  readonly direction: "forward" | "backward";
  /** Only records of these partitions; left out: of all. */
  readonly partitions?: readonly TopicPartition[];
  /** Whether runtime events are among them. Default true. */
  readonly events?: boolean;
}

/** An order that a client asked for. */
export interface IndexedOrder {
  readonly userId: string;
  readonly orderId: string;
  /** The first command or intent of the run that names it. */
  readonly place: RecordPlace;
}

/** Which runtime events are wanted. */
export interface EventsWanted {
  readonly from: number;
  readonly direction: "forward" | "backward";
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
  /** @throws {RangeError} when there is no such rank */
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
   * origin) with `sequence`, and after it by less than a named stride of records; null when `into` has
   * no such record.
   */
  searchFrom(into: TopicPartition, channel: string, sequence: number): number | null;
  /** The orders with this id, of all users; at most a named limit of them, in the run's order. */
  ordersWith(orderId: string): readonly IndexedOrder[];
  /** Ids of orders near to one that is not there: the nearest first. */
  nearestOrderIds(orderId: string): readonly string[];
  /** The first command of a user, or null; for "there is no such user" also the nearest ids. */
  userNear(userId: string): { readonly found: boolean; readonly nearest: readonly string[] };
}
