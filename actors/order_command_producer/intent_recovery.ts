/**
 * What a producer that comes back finds of itself in `intents`.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import { decodeRecord, type Intent } from "../../kafka/messages/mod.ts";
import { readBackwards } from "../log_access/read_backwards.ts";

/** Where a producer stopped. */
export interface ProducerPast {
  /** The number of its next intent. */
  readonly nextNumber: number;
  /** Commands of intents with a lower number are known to be in `order-commands`. */
  readonly acknowledgedBefore: number;
  /** Its last intents, oldest first: those not acknowledged, and as many more as were asked for. */
  readonly intents: readonly Intent[];
  /** By number: the headers of intents that carry any, such as the trace of a command. */
  readonly headers: ReadonlyMap<number, LogRecord["headers"]>;
  /** The end of the partition when it was read. */
  readonly endOffset: number;
}

/**
 * Reads the producer's partition from the end until it has every intent that is not acknowledged and
 * the last `keep`. Of two intents with one number the first counts: the writer of the second was
 * fenced before it sent anything.
 */
export async function recoverIntents(
  log: EventLog,
  options: { readonly producer: string; readonly partition: number; readonly keep: number },
): Promise<ProducerPast> {
  const { producer, partition, keep } = options;
  const intents = new Map<number, Intent>();
  const headers = new Map<number, LogRecord["headers"]>();
  let acknowledgedBefore = 0;
  let endOffset = 0;
  let last = -1;
  let lowest = Infinity;
  for await (const records of readBackwards(log, { topic: "intents", partition })) {
    endOffset = Math.max(endOffset, records.at(-1)!.offset + 1); // Stretches are never empty.
    // Newest first, so that the first intent of a number is what stays.
    for (const { record, message } of ownMessages(records, producer)) {
      if (message.type === "intents-acknowledged") {
        acknowledgedBefore = Math.max(acknowledgedBefore, message.before);
        continue;
      }
      intents.set(message.number, message);
      if (hasAny(record.headers)) headers.set(message.number, record.headers);
      else headers.delete(message.number);
      last = Math.max(last, message.number);
      lowest = Math.min(lowest, message.number);
    }
    if (lowest <= Math.min(acknowledgedBefore, last + 1 - keep) && acknowledgedBefore > 0) break;
  }
  const wanted = Math.min(acknowledgedBefore, last + 1 - keep);
  const kept = [...intents.values()].filter(({ number }) => number >= wanted);
  kept.sort((a, b) => a.number - b.number);
  return { nextNumber: last + 1, acknowledgedBefore, intents: kept, headers, endOffset };
}

function* ownMessages(records: readonly LogRecord[], producer: string) {
  for (const record of records.toReversed()) {
    if (record.key !== producer) continue;
    const decoded = decodeRecord("intents", record);
    if (decoded.ok && decoded.message.producer === producer) {
      yield { record, message: decoded.message };
    }
  }
}

function hasAny(headers: LogRecord["headers"]): boolean {
  for (const _ in headers) return true;
  return false;
}
