/**
 * What may follow a record through a fold: it sees, and has no say.
 *
 * @module
 */

import type { RecordToPublish } from "../../kafka/event_log.ts";
import type { FoldCounters } from "./partition_fold.ts";

/** Follows one record. Nothing here throws: what a fold throws makes its record poison. */
export interface RecordTrace {
  /** Go with every output of the record, beside the value. No fold reads headers. */
  readonly headers: NonNullable<RecordToPublish["headers"]>;
  /** Told of the message, when the bytes are one. */
  decoded(message: object): void;
  /** Told of every output's body, which is valid during the call only. */
  emitted(topic: string, body: object): void;
  /** Told what the record counts as. */
  counted(what: keyof FoldCounters): void;
}
