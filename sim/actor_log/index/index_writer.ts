/**
 * Writes down every entry of the order, for all the lookups at once.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ChannelWriter, STRAYS_INDEX } from "./channel_blocks.ts";
import { IdWriter } from "./client_ids.ts";
import { CorrelationWriter } from "./correlation_segments.ts";
import type { LaneColumns } from "./lane_columns.ts";
import type { LaneTable } from "./lanes.ts";
import { OrderWriter } from "./order_chunks.ts";

/** Writes an index into its database. */
export class IndexWriter {
  /** Records so far. */
  records = 0;
  readonly #database: DatabaseSync;
  readonly #eventLane: number;
  readonly #order: OrderWriter;
  readonly #correlations: CorrelationWriter;
  readonly #channels: ChannelWriter;
  readonly #ids: IdWriter;
  readonly #insertEvent: StatementSync;
  #events = 0;

  constructor(database: DatabaseSync, { lanes, eventLane }: LaneTable) {
    this.#database = database;
    this.#eventLane = eventLane;
    this.#order = new OrderWriter(database, [...lanes.map(({ start }) => start), 0]);
    this.#correlations = new CorrelationWriter(database);
    this.#channels = new ChannelWriter(database, lanes.length);
    this.#ids = new IdWriter(database);
    this.#insertEvent = database.prepare("INSERT INTO events VALUES (?, ?, ?, ?, ?)");
  }

  /** Entries so far. */
  get length(): number {
    return this.#order.rank;
  }

  /** Adds the entry of a lane that {@link LaneColumns.at} says. */
  take(lane: number, columns: LaneColumns): void {
    const { at, times, offsets, channels, fingerprints, sequences, commands } = columns;
    const { rank } = this.#order;
    if (lane === this.#eventLane) {
      const { event, json } = columns.events[at]!;
      this.#insertEvent.run(rank, event.number, event.kind, event.actor, json);
      this.#order.add(lane, this.#events++, times[at]!);
      return;
    }
    const offset = offsets[at]!;
    this.records++;
    this.#order.add(lane, offset, times[at]!);
    if (fingerprints[at]! >= 0) this.#correlations.add(rank, fingerprints[at]!);
    const channel = channels[at]!;
    if (channel >= 0) this.#channels.add(lane, offset, channel, sequences[at]!);
    if (commands !== null) this.#ids.add(commands, at, rank);
  }

  /** Writes down what is left. */
  finish(): void {
    this.#order.flush();
    this.#correlations.flush();
    this.#channels.flush();
    this.#ids.flush();
    this.#database.exec(STRAYS_INDEX);
  }
}
