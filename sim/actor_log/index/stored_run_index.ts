/**
 * The index of a run, read from its file.
 *
 * @module
 */

import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import type { TopicPartition } from "../../../kafka/event_log.ts";
import type { RecordPlace } from "../record_place.ts";
import { ChannelReader } from "./channel_reader.ts";
import { PART_END } from "./client_ids.ts";
import { fingerprintOf } from "./correlation_fingerprint.ts";
import { ranksWith } from "./correlation_segments.ts";
import type { IndexFacts } from "./index_file.ts";
import type { EventRow, IndexRows } from "./index_rows.ts";
import { LaneTable } from "./lanes.ts";
import { KEPT_BUCKETS, MAX_ORDERS_LISTED } from "./limits.ts";
import { IdLookup } from "./near_ids.ts";
import { type LanePlace, OrderReader } from "./order_reader.ts";
import { RecentlyUsed } from "./recently_used.ts";
import type {
  EntriesWanted,
  EventsWanted,
  IndexedOrder,
  IndexEntry,
  RunIndex,
} from "./run_index.ts";

/** An index on disk. */
export class StoredRunIndex implements RunIndex {
  readonly length: number;
  readonly records: number;
  readonly bytes: number;
  readonly unreadableEventLines: number;
  readonly #rows: IndexRows;
  readonly #table: LaneTable;
  readonly #order: OrderReader;
  readonly #channels: ChannelReader;
  readonly #ids: IdLookup;
  readonly #buckets = new RecentlyUsed<Uint8Array | null>(KEPT_BUCKETS);

  constructor(rows: IndexRows, facts: IndexFacts, bytes: number) {
    this.length = facts.length;
    this.records = facts.records;
    this.bytes = bytes;
    this.unreadableEventLines = facts.unreadableEventLines;
    this.#rows = rows;
    this.#table = new LaneTable(facts.lanes);
    this.#order = new OrderReader(rows, this.#table.lanes.length + 1, facts.length);
    this.#channels = new ChannelReader(rows);
    this.#ids = new IdLookup(rows);
  }

  entryAt(rank: number): IndexEntry {
    if (!Number.isSafeInteger(rank) || rank < 0 || rank >= this.length) {
      throw new RangeError(
        `Cannot show entry ${rank}: the run has ${this.length} entries, counted from 0`,
      );
    }
    return this.#entry(this.#order.at(rank));
  }

  rankOf(place: RecordPlace): number | null {
    const lane = this.#table.find(place);
    return lane < 0 ? null : this.#order.rankOf(lane, place.offset);
  }

  rankOfEvent(number: number): number | null {
    return this.#rows.rankOfEvent(number);
  }

  rankAtTime(time: number): number {
    return this.#order.rankAtTime(time);
  }

  *entries(wanted: EntriesWanted): Iterable<IndexEntry> {
    const { from, direction, partitions, events = true } = wanted;
    const lanes = partitions === undefined
      ? null
      : new Set(partitions.map((partition) => this.#table.find(partition)));
    const isWanted = (lane: number) =>
      lane === this.#table.eventLane ? events : lanes === null || lanes.has(lane);
    for (const place of this.#order.from(from, direction, isWanted)) yield this.#entry(place);
  }

  *events(wanted: EventsWanted): Iterable<{ readonly rank: number; readonly event: RuntimeEvent }> {
    const { direction, kinds, actor } = wanted;
    if (kinds?.length === 0) return;
    for (let { from } = wanted;;) {
      const rows = this.#rows.eventRows({ from, direction, kinds, actor });
      for (const { rank, json } of rows) yield { rank, event: eventOf(json) };
      const last: EventRow | undefined = rows.at(-1);
      if (last === undefined) return;
      from = last.rank + (direction === "forward" ? 1 : -1);
    }
  }

  searchFrom(into: TopicPartition, channel: string, sequence: number): number | null {
    const lane = this.#table.find(into);
    const number = this.#table.named(channel);
    if (lane < 0 || number < 0) return null;
    return this.#channels.searchFrom(lane, number, sequence);
  }

  about(correlationId: string, from = 0): Iterable<number> {
    const read = (id: number) => this.#buckets.get(id, () => this.#rows.correlations(id));
    return ranksWith(read, fingerprintOf(correlationId), { from, to: this.length });
  }

  ordersWith(orderId: string): readonly IndexedOrder[] {
    const firsts = new Map<string, number>();
    for (const entries of this.#ids.startingWith("orders", orderId + PART_END)) {
      const named = entries.map((entry) => {
        const [, userId, rank] = entry.split(PART_END);
        return { userId: userId!, rank: Number(rank) };
      }).sort((a, b) => a.rank - b.rank);
      for (const { userId, rank } of named) {
        if (firsts.size >= MAX_ORDERS_LISTED) break;
        if (!firsts.has(userId)) firsts.set(userId, rank);
      }
    }
    return [...firsts].flatMap(([userId, rank]) => {
      const entry = this.entryAt(rank);
      return entry.kind === "record" ? [{ userId, orderId, place: entry.place }] : [];
    });
  }

  nearestOrderIds(orderId: string): readonly string[] {
    return this.#ids.nearest("orders", orderId);
  }

  userNear(userId: string): { readonly found: boolean; readonly nearest: readonly string[] } {
    return { found: this.#ids.has("users", userId), nearest: this.#ids.nearest("users", userId) };
  }

  /** Closes the file. Idempotent. */
  [Symbol.dispose](): void {
    this.#rows.close();
  }

  #entry({ rank, lane, offset }: LanePlace): IndexEntry {
    const found = this.#table.lanes[lane];
    if (found === undefined) return { kind: "event", rank, event: eventOf(this.#rows.event(rank)) };
    const { topic, partition } = found;
    return { kind: "record", rank, place: { topic, partition, offset } };
  }
}

/** An event that was read as one when the index was built. */
function eventOf(json: string): RuntimeEvent {
  return JSON.parse(json) as RuntimeEvent;
}
