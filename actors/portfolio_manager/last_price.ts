/**
 * The price of a symbol now, looked up when somebody asks: the newest trade or price in the log, read
 * backwards from the end. It is no part of any fold's state.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { decodeRecord, type MarketData } from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { Instrument } from "../instruments.ts";
import { readBackwards } from "../log_access/read_backwards.ts";

/** Looked through at most; a symbol silent for longer has no price now. */
export const PRICE_SEARCH_RECORDS = 100_000;

/** The symbol's newest price as a decimal, or undefined when none is near the log's end. */
export async function lastPrice(
  log: EventLog,
  instrument: Instrument,
): Promise<number | undefined> {
  const topic = "market-data";
  const partition = partitionForKey(instrument.symbol, await log.partitionCount(topic));
  let searched = 0;
  for await (const records of readBackwards(log, { topic, partition })) {
    for (const record of records.toReversed()) {
      if (record.key !== instrument.symbol) continue;
      const decoded = decodeRecord(topic, record);
      const price = decoded.ok ? priceOf(decoded.message, instrument) : undefined;
      if (price !== undefined) return price;
    }
    searched += records.length;
    if (searched >= PRICE_SEARCH_RECORDS) return undefined;
  }
  return undefined;
}

function priceOf(message: MarketData, instrument: Instrument): number | undefined {
  if (message.type === "price") return message.price;
  if (message.type === "trade") return instrument.ticksToPrice(message.priceTicks);
  return undefined;
}
