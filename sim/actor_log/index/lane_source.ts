/**
 * Reads lanes ahead: a batch at a time, so many records of all of them together.
 *
 * @module
 */

import { readBatches } from "../../../actors/log_access/read_range.ts";
import type { EventLog, LogRecord } from "../../../kafka/event_log.ts";
import type { LaneColumns } from "./lane_columns.ts";
import type { Lane, LaneTable } from "./lanes.ts";
import { READ_AHEAD_RECORDS } from "./limits.ts";
import type { RecordClaims } from "./record_claims.ts";

/** What comes next in a lane. */
export interface Source {
  /** Fills the columns with what comes next; false at the end. */
  fill(columns: LaneColumns): Promise<boolean>;
  close(): Promise<void>;
}

/** How many records are read ahead of each lane. */
export function readAheadOf({ lanes }: LaneTable): number {
  const { all, least, most } = READ_AHEAD_RECORDS;
  return Math.min(most, Math.max(least, Math.floor(all / Math.max(1, lanes.length))));
}

/** The records of a lane, as far as it goes. A batch must not be looked at behind the next. */
export function laneBatches(
  log: EventLog,
  { topic, partition, start, end }: Lane,
  maxRecords: number,
): AsyncGenerator<readonly LogRecord[]> {
  return readBatches(log, { topic, partition }, {
    from: start,
    to: end,
    maxRecords,
    isReleasing: true,
  });
}

/** The records of one lane. */
export class LaneSource implements Source {
  readonly #batches: AsyncGenerator<readonly LogRecord[]>;
  readonly #lane: Lane;
  readonly #number: number;
  readonly #claims: RecordClaims;
  readonly #onRead: (records: number) => void;

  constructor(batches: AsyncGenerator<readonly LogRecord[]>, parts: {
    readonly lane: Lane;
    readonly number: number;
    readonly claims: RecordClaims;
    /** Told of every batch. */
    readonly onRead: (records: number) => void;
  }) {
    this.#batches = batches;
    this.#lane = parts.lane;
    this.#number = parts.number;
    this.#claims = parts.claims;
    this.#onRead = parts.onRead;
  }

  async fill(columns: LaneColumns): Promise<boolean> {
    const next = await this.#batches.next();
    if (next.done === true) return false;
    columns.fill(next.value, this.#lane.topic, this.#claims, this.#number);
    this.#onRead(next.value.length);
    return true;
  }

  async close(): Promise<void> {
    await this.#batches.return(undefined);
  }
}
