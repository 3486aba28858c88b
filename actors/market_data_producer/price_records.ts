/**
 * Prices as records of `market-data`.
 *
 * @module
 */

import type { RecordBatch, RecordToPublish } from "../../kafka/event_log.ts";
import { encodeMessage, type Price } from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import type { KeyPartitioner } from "../../kafka/partitioner.ts";

/** What a price says. */
export interface PriceToPublish {
  readonly producer: string;
  readonly symbol: string;
  /** The producer's count of this symbol's prices, from 0. */
  readonly number: number;
  /** Decimal. */
  readonly price: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/** The message: the same price number of the same producer is always the same message. */
export function priceMessage(price: PriceToPublish): Price {
  return {
    type: "price",
    id: joinedId([price.producer, price.symbol, price.number]),
    correlationId: price.symbol,
    timestamp: price.timestamp,
    symbol: price.symbol,
    price: price.price,
    producer: price.producer,
    number: price.number,
  };
}

/** The prices as batches, one for each partition, in the order given. */
export function priceBatches(
  prices: readonly PriceToPublish[],
  partitioner: KeyPartitioner,
): readonly RecordBatch[] {
  const batches = new Map<number, RecordToPublish[]>();
  for (const price of prices) {
    const partition = partitioner.partitionOf(price.symbol);
    const records = batches.get(partition) ?? [];
    if (records.length === 0) batches.set(partition, records);
    const value = encodeMessage(priceMessage(price));
    records.push({ key: price.symbol, value, timestamp: price.timestamp });
  }
  return [...batches].map(([partition, records]) => ({ topic: "market-data", partition, records }));
}
