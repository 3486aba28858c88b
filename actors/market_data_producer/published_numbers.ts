/**
 * Where a source of prices stopped, as the log tells it.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import { decodeRecord, type Price } from "../../kafka/messages/mod.ts";
import { KeyPartitioner } from "../../kafka/partitioner.ts";
import { readBackwards } from "../log_access/read_backwards.ts";

const TOPIC = "market-data";

/**
 * The last price that `producer` published for each symbol; a symbol without one is left out. Reads
 * each partition from its end until every symbol is found, so the cost follows from how much came
 * after; only for a symbol never published the partition is read whole.
 */
export async function lastPublished(
  log: EventLog,
  producer: string,
  symbols: readonly string[],
): Promise<ReadonlyMap<string, Price>> {
  const partitioner = new KeyPartitioner(await log.partitionCount(TOPIC));
  const wanted = Map.groupBy(symbols, (symbol) => partitioner.partitionOf(symbol));
  const found = new Map<string, Price>();
  for (const [partition, here] of wanted) {
    const missing = new Set(here);
    for await (const records of readBackwards(log, { topic: TOPIC, partition })) {
      for (const price of pricesNewestFirst(records, producer, missing)) {
        found.set(price.symbol, price);
        missing.delete(price.symbol);
      }
      if (missing.size === 0) break;
    }
  }
  return found;
}

function* pricesNewestFirst(
  records: readonly LogRecord[],
  producer: string,
  wanted: ReadonlySet<string>,
): Generator<Price> {
  // Spelled as in the record, so that other records are passed over without being decoded.
  const name = JSON.stringify(producer);
  for (const record of records.toReversed()) {
    if (wanted.size === 0) return;
    if (record.key === null || !wanted.has(record.key)) continue;
    if (record.text === null || !record.text.includes(name)) continue;
    const decoded = decodeRecord(TOPIC, record);
    if (!decoded.ok) continue;
    const { message } = decoded;
    if (message.type !== "price" || message.producer !== producer) continue;
    if (wanted.has(message.symbol)) yield message;
  }
}
