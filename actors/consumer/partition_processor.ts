/**
 * What a consumer does with one partition: the seam between the loop that polls and commits and the
 * work that a role does with records.
 *
 * @module
 */

import type { LogRecord, PublishedBatch } from "../../kafka/event_log.ts";

/** Why a processor is asked to flush: time has passed, or the actor stops. */
export type FlushReason = "interval" | "stopping";

/** Works off one partition for a consumer. Its methods are never called while one is under way. */
export interface PartitionProcessor {
  /** The offset of the next record it wants; the consumer seeks there. */
  readonly position: number;
  /** What the last {@link process} published, where it tells. Left out: nothing. */
  readonly published?: readonly PublishedBatch[];
  /**
   * Records are in order, from `position` on; records below it are passed over by the processor.
   * Resolves when their effects are durable, so that `position` may be committed.
   */
  process(records: readonly LogRecord[]): Promise<void>;
  /**
   * Called now and then, and before the actor stops: makes whatever is buffered durable (e.g. a
   * snapshot). After `stopping` the processor is not used again.
   */
  flush(reason: FlushReason): Promise<void>;
  /** The partition was lost: drops everything, writes nothing. May come while a call is under way. */
  abandon(): void;
}
