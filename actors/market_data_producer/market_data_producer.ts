/**
 * The market data producer: prices from models and files, published to `market-data` at their tempo
 * and no faster than the pace.
 *
 * A source: price n of a symbol follows from the options alone, so two incarnations publish the same
 * messages. One that comes back reads the log for the last number of each symbol and goes on after it.
 *
 * @module
 */

import type { EventLog, PublishedBatch } from "../../kafka/event_log.ts";
import { KeyPartitioner } from "../../kafka/partitioner.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { Pacer } from "../pacer.ts";
import type { Actor } from "../runtime/actor.ts";
import type { Clock } from "../runtime/clock.ts";
import {
  type NextWork,
  type Source,
  SourceActor,
  type SourceStart,
  type WorkDone,
} from "../source_actor.ts";
import { MALFORMED_ROWS_TOLD, malformedRowText, malformedTotalText } from "./malformed_rows.ts";
import {
  checkMarketDataOptions,
  type MarketDataProducerOptions,
  type SymbolPrices,
} from "./options.ts";
import { priceBatches, type PriceToPublish } from "./price_records.ts";
import { openSeries, type PricePoint } from "./price_series.ts";
import { lastPublished } from "./published_numbers.ts";
import type { TradeRow } from "./trade_replay.ts";

/** At most so many prices go into one publish. */
export const MAX_PRICES_PER_PUBLISH = 1_000;

/** One symbol's progress. */
interface Feed {
  readonly symbol: string;
  readonly series: AsyncGenerator<PricePoint>;
  /** The next price, not published yet; null when there is none any more. */
  head: PricePoint | null;
  /** The number of {@link head}. */
  number: number;
  last: { readonly number: number; readonly price: number } | null;
}

/**
 * Makes a market data producer. Its {@link Actor.run} resolves when all its prices are published.
 * `ask({ kind: "prices" })` tells each symbol's last published number and price.
 *
 * @throws {RangeError} for options that make no prices
 */
export function createMarketDataProducer(parts: {
  readonly start: SourceStart<MarketDataProducerOptions>;
  readonly log: EventLog;
  readonly clock: Clock;
}): Actor {
  checkMarketDataOptions(parts.start.options);
  return new SourceActor(parts.start, new PriceSource(parts), parts.clock);
}

class PriceSource implements Source {
  readonly #start: SourceStart<MarketDataProducerOptions>;
  readonly #options: MarketDataProducerOptions;
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #pacer: Pacer;
  readonly #feeds: Feed[] = [];
  #partitioner = new KeyPartitioner(1);
  #published = 0;
  #malformed = 0;
  #behindMs = 0;

  constructor({ start, log, clock }: {
    readonly start: SourceStart<MarketDataProducerOptions>;
    readonly log: EventLog;
    readonly clock: Clock;
  }) {
    this.#start = start;
    this.#options = start.options;
    this.#log = log;
    this.#clock = clock;
    this.#pacer = new Pacer(start.options.pace, clock);
  }

  async open(): Promise<void> {
    const { producer, symbols } = this.#options;
    this.#partitioner = new KeyPartitioner(await this.#log.partitionCount("market-data"));
    const last = await lastPublished(this.#log, producer, symbols.map(({ symbol }) => symbol));
    for (const symbol of symbols) {
      const known = last.get(symbol.symbol);
      const number = known === undefined ? 0 : known.number + 1;
      const feed: Feed = {
        symbol: symbol.symbol,
        series: this.#openSeries(symbol, number),
        head: null,
        number: number - 1,
        last: known === undefined ? null : { number: known.number, price: known.price },
      };
      this.#feeds.push(feed);
      await this.#advance(feed);
    }
  }

  async work(limit: number, signal: AbortSignal): Promise<WorkDone> {
    const now = this.#clock.now();
    const most = Math.min(limit, MAX_PRICES_PER_PUBLISH);
    const prices: PriceToPublish[] = [];
    let next: NextWork = { kind: "now" };
    while (prices.length < most) {
      const feed = this.#earliest();
      if (feed === null) {
        next = { kind: "exhausted" };
        break;
      }
      const dueAt = this.#dueAt(feed);
      if (prices.length === 0) this.#behindMs = Math.max(0, now - dueAt);
      if (dueAt > now) {
        next = { kind: "wait", waitMs: dueAt - now };
        break;
      }
      if (this.#pacer.takeNow(1) === 0) {
        next = { kind: "wait", waitMs: this.#pacer.waitMs() };
        break;
      }
      prices.push(await this.#takeHead(feed, dueAt));
    }
    return { ...next, published: await this.#publish(prices, signal) };
  }

  finish(): Promise<void> {
    if (this.#malformed > 0) {
      this.#start.tell({ kind: "note", text: malformedTotalText(this.#malformed) });
    }
    return Promise.resolve();
  }

  async close(): Promise<void> {
    for (const feed of this.#feeds) await feed.series.return(undefined);
  }

  counters(): Readonly<Record<string, number>> {
    return {
      published: this.#published,
      malformedRows: this.#malformed,
      behindMs: Math.round(this.#behindMs),
    };
  }

  ask(question: unknown): Promise<unknown> {
    if (typeof question !== "object" || question === null || !("kind" in question)) {
      return Promise.reject(new TypeError("Cannot answer: the question has no kind"));
    }
    if (question.kind !== "prices") {
      return Promise.reject(new TypeError(`Cannot answer ${String(question.kind)}: known: prices`));
    }
    return Promise.resolve(
      Object.fromEntries(this.#feeds.map(({ symbol, last }) => [symbol, last])),
    );
  }

  #openSeries(symbol: SymbolPrices, from: number): AsyncGenerator<PricePoint> {
    const onMalformed = (row: TradeRow & { readonly ok: false }) => this.#tellMalformed(row);
    const clock = this.#clock;
    return openSeries(symbol, {
      seed: this.#options.seed,
      from,
      onMalformed,
      hold: (work) => clock.hold?.(work) ?? work,
    });
  }

  async #publish(
    prices: readonly PriceToPublish[],
    signal: AbortSignal,
  ): Promise<readonly PublishedBatch[]> {
    if (prices.length === 0) return [];
    const batches = priceBatches(prices, this.#partitioner);
    const waiting = { clock: this.#clock, signal };
    const published = await publishUntilAcknowledged(this.#log, batches, waiting);
    this.#published += prices.length;
    for (const { symbol, number, price } of prices) {
      const feed = this.#feeds.find((each) => each.symbol === symbol);
      if (feed !== undefined) feed.last = { number, price };
    }
    return published;
  }

  #earliest(): Feed | null {
    let earliest: Feed | null = null;
    for (const feed of this.#feeds) {
      if (feed.head === null) continue;
      // Feeds with a head only; among equals the first named goes first.
      if (earliest === null || feed.head.sessionMs < earliest.head!.sessionMs) earliest = feed;
    }
    return earliest;
  }

  #dueAt(feed: Feed): number {
    const { startAt, elapsedBefore = 0 } = this.#options;
    return startAt + Math.max(0, feed.head!.sessionMs - elapsedBefore);
  }

  async #takeHead(feed: Feed, dueAt: number): Promise<PriceToPublish> {
    const price: PriceToPublish = {
      producer: this.#options.producer,
      symbol: feed.symbol,
      number: feed.number,
      price: feed.head!.price,
      timestamp: Math.max(0, Math.floor(this.#clock.claimed?.(dueAt) ?? dueAt)),
    };
    await this.#advance(feed);
    return price;
  }

  async #advance(feed: Feed): Promise<void> {
    const { count = Infinity, sessionMs = Infinity } = this.#options.until ?? {};
    feed.number++;
    const next = feed.number < count ? await feed.series.next() : null;
    feed.head = next === null || next.done || next.value.sessionMs >= sessionMs ? null : next.value;
  }

  #tellMalformed(row: TradeRow & { readonly ok: false }): void {
    this.#malformed++;
    if (this.#malformed > MALFORMED_ROWS_TOLD) return;
    this.#start.tell({ kind: "note", text: malformedRowText(row) });
    if (this.#malformed === MALFORMED_ROWS_TOLD) {
      this.#start.tell({ kind: "note", text: "Further malformed rows are only counted" });
    }
  }
}
