/**
 * What a trader sees of the market: the last price of each symbol.
 *
 * @module
 */

import type { EventLog, LogReader } from "../../kafka/event_log.ts";
import { decodeRecord, MAX_PRICE_TICKS } from "../../kafka/messages/mod.ts";
import { type DecimalStep, decimalStep, nearestCount } from "../decimal_step.ts";
import type { FlowSymbol } from "./options.ts";
import type { PriceView } from "./order_flow.ts";

const TOPIC = "market-data";

/** The log is asked for news at most this often, in ms. */
export const VIEW_REFRESH_MS = 20;

/** Records looked at per partition and refresh, the newest first: old prices interest nobody. */
export const VIEW_RECORDS = 64;

interface Seen {
  readonly tick: DecimalStep;
  readonly referenceTicks: number;
  priceTicks: number | null;
  tradeTicks: number | null;
  middleTicks: number | null;
}

/**
 * The last price, trade and best quote of each symbol. A price from outside is what orders are set
 * around where there is one; else the floor's own last trade, else the middle of the best quote, else
 * the reference price. (Were trades to outrank prices, the floor would drift off on its own.)
 */
export class MarketView implements PriceView {
  readonly #seen: ReadonlyMap<string, Seen>;
  #reader: LogReader | null = null;
  #refreshedAt = -Infinity;

  constructor(symbols: readonly FlowSymbol[]) {
    this.#seen = new Map(symbols.map(({ symbol, tickSize, referencePrice }) => {
      const tick = decimalStep(tickSize);
      const referenceTicks = clampTicks(nearestCount(referencePrice, tick));
      return [symbol, {
        tick,
        referenceTicks,
        priceTicks: null,
        tradeTicks: null,
        middleTicks: null,
      }];
    }));
  }

  /** Starts to watch, from a little before each partition's end. */
  async open(log: EventLog): Promise<void> {
    const [topic] = await log.describeTopics([TOPIC]);
    this.#reader = log.openReader((topic?.offsets ?? []).map(({ start, end }, partition) => ({
      topic: TOPIC,
      partition,
      offset: Math.max(start, end - VIEW_RECORDS),
    })));
  }

  close(): void {
    this.#reader?.close();
    this.#reader = null;
  }

  /** Looks for news without waiting for any, unless it has done so a moment ago. */
  async refresh(now: number): Promise<void> {
    if (this.#reader === null || now - this.#refreshedAt < VIEW_REFRESH_MS) return;
    this.#refreshedAt = now;
    const batches = await this.#reader.poll({ timeoutMs: 0 });
    for (const { topic, partition, records, nextOffset, endOffset } of batches) {
      for (const record of records.slice(-VIEW_RECORDS)) this.#see(decodeRecord(TOPIC, record));
      if (endOffset - nextOffset > VIEW_RECORDS) {
        this.#reader.seek({ topic, partition, offset: endOffset - VIEW_RECORDS });
      }
    }
  }

  anchorTicks(symbol: string): number {
    const seen = this.#seen.get(symbol);
    if (seen === undefined) throw new RangeError(`Cannot price ${symbol}: it is not in the view`);
    return seen.priceTicks ?? seen.tradeTicks ?? seen.middleTicks ?? seen.referenceTicks;
  }

  #see(decoded: ReturnType<typeof decodeRecord<typeof TOPIC>>): void {
    if (!decoded.ok) return;
    const { message } = decoded;
    const seen = this.#seen.get(message.symbol);
    if (seen === undefined) return;
    switch (message.type) {
      case "price":
        seen.priceTicks = clampTicks(nearestCount(message.price, seen.tick));
        return;
      case "trade":
        seen.tradeTicks = clampTicks(message.priceTicks);
        return;
      case "quote": {
        const { bidTicks, askTicks } = message;
        if (bidTicks !== null && askTicks !== null) {
          seen.middleTicks = clampTicks(Math.round((bidTicks + askTicks) / 2));
        }
        return;
      }
    }
  }
}

function clampTicks(ticks: number): number {
  return Math.min(MAX_PRICE_TICKS, Math.max(1, ticks));
}
