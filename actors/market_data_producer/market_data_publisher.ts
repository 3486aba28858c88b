/**
 * Publishing prices by hand: what a program does with `floor.marketData.publish`.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { KeyPartitioner } from "../../kafka/partitioner.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { type Pace, Pacer } from "../pacer.ts";
import type { Clock } from "../runtime/clock.ts";
import { priceBatches, type PriceToPublish } from "./price_records.ts";
import { lastPublished } from "./published_numbers.ts";

/** Prices that may wait for their turn; one more is refused. */
export const MAX_QUEUED_PRICES = 100_000;

/** At most so many prices go into one publish. */
const MAX_PRICES_PER_PUBLISH = 1_000;

/** The pace of a publisher that is told none. */
export const DEFAULT_PUBLISH_PACE: Pace = { perSecond: 10_000, burst: 100 };

/** How a publisher is opened. */
export interface MarketDataPublisherOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** Lasting name; two publishers at a time must not share one. */
  readonly producer: string;
  /** The symbols that may be published. */
  readonly symbols: readonly string[];
  /** Default {@link DEFAULT_PUBLISH_PACE}. */
  readonly pace?: Pace;
}

/** Refused before it was queued: the price is not published. */
export class InvalidPriceError extends TypeError {
  /** Which of the arguments is wrong. */
  readonly code: "unknown-symbol" | "invalid-price" | "invalid-timestamp";

  /** The message is action, colon, state. */
  constructor(code: InvalidPriceError["code"], message: string) {
    super(message);
    this.name = "InvalidPriceError";
    this.code = code;
  }
}

interface Waiting {
  readonly price: PriceToPublish;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Publishes prices, as `floor.marketData` does: in the order of the calls, at the pace, each acknowledged before it resolves. */
export class MarketDataPublisher implements AsyncDisposable {
  readonly #options: MarketDataPublisherOptions;
  readonly #partitioner: KeyPartitioner;
  readonly #pacer: Pacer;
  readonly #stop = new AbortController();
  /** The next number of each symbol. */
  readonly #numbers: Map<string, number>;
  #queue: Waiting[] = [];
  #pump: Promise<void> | null = null;
  #failure: unknown = null;
  #closed = false;

  private constructor(
    options: MarketDataPublisherOptions,
    found: { readonly partitions: number; readonly numbers: Map<string, number> },
  ) {
    this.#options = options;
    this.#partitioner = new KeyPartitioner(found.partitions);
    this.#numbers = found.numbers;
    this.#pacer = new Pacer(options.pace ?? DEFAULT_PUBLISH_PACE, options.clock);
  }

  /** Opens a publisher that counts on from what the log holds of its producer. */
  static async open(options: MarketDataPublisherOptions): Promise<MarketDataPublisher> {
    const { log, producer, symbols } = options;
    const partitions = await log.partitionCount("market-data");
    const last = await lastPublished(log, producer, symbols);
    const numbers = new Map(
      symbols.map((symbol) => [symbol, (last.get(symbol)?.number ?? -1) + 1]),
    );
    return new MarketDataPublisher(options, { partitions, numbers });
  }

  /** Prices that wait for their turn. */
  get queued(): number {
    return this.#queue.length;
  }

  /**
   * Resolves when the price is durable in the log. Calls may be made in any number at once, up to
   * {@link MAX_QUEUED_PRICES}: they keep their order and wait for the pace.
   *
   * @param price decimal
   * @param timestamp milliseconds since the epoch, the caller's claim; the clock's time when left out
   * @throws {InvalidPriceError} for a symbol that the floor does not have, a price that is not a
   * positive number, or a timestamp that is none
   * @throws {RangeError} when too many prices wait already
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { InvalidPriceError, startFloor } from "../../mod.ts";
   *
   * await using floor = await startFloor({
   *   log: "memory",
   *   symbols: ["AAPL"],
   *   marketDataPace: { perSecond: 10_000, burst: 100 },
   * });
   * const prices = Array.from({ length: 50 }, (_, i) => 189.5 + i / 100);
   * await Promise.all(prices.map((price) => floor.marketData.publish("AAPL", price, 1625159076)));
   * await assert.rejects(floor.marketData.publish("AAPL", -1), InvalidPriceError);
   * ```
   */
  async publish(symbol: string, price: number, timestamp?: number): Promise<void> {
    const at = timestamp ?? Math.floor(this.#options.clock.now());
    this.#check(symbol, price, at);
    const number = this.#numbers.get(symbol)!; // #check saw that the symbol is known.
    this.#numbers.set(symbol, number + 1);
    const { producer } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({
      price: { producer, symbol, number, price, timestamp: at },
      resolve,
      reject,
    });
    this.#pump ??= this.#work();
    await promise;
  }

  /** Publishes what waits, then refuses further prices. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#pump !== null) await this.#pump;
  }

  /** Ends at once: what waits is rejected. */
  abort(): void {
    this.#closed = true;
    this.#stop.abort();
  }

  /** {@link close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #check(symbol: string, price: number, timestamp: number): void {
    if (this.#closed) throw new Error("Cannot publish a price: the publisher is closed");
    if (this.#failure !== null) {
      throw new Error("Cannot publish a price: an earlier publish failed", {
        cause: this.#failure,
      });
    }
    if (!this.#numbers.has(symbol)) {
      throw new InvalidPriceError(
        "unknown-symbol",
        `Cannot publish a price: symbol ${JSON.stringify(symbol)} is unknown`,
      );
    }
    if (typeof price !== "number" || !Number.isFinite(price) || price <= 0) {
      throw new InvalidPriceError(
        "invalid-price",
        `Cannot publish a price of ${symbol}: ${String(price)} is not a positive number`,
      );
    }
    if (typeof timestamp !== "number" || !Number.isFinite(timestamp) || timestamp < 0) {
      throw new InvalidPriceError(
        "invalid-timestamp",
        `Cannot publish a price of ${symbol}: timestamp ${String(timestamp)} is no time`,
      );
    }
    if (this.#queue.length >= MAX_QUEUED_PRICES) {
      throw new RangeError(
        `Cannot publish a price of ${symbol}: ${MAX_QUEUED_PRICES} prices are waiting`,
      );
    }
  }

  async #work(): Promise<void> {
    // The caller's loop of publishes runs to its end first, so that one batch takes them all.
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const most = Math.min(this.#queue.length, MAX_PRICES_PER_PUBLISH);
      const tokens = await this.#pacer.take(most, this.#stop.signal);
      if (tokens === 0) {
        this.#rejectAll(new Error("Cannot publish a price: the publisher was aborted"));
        break;
      }
      const batch = this.#queue.splice(0, tokens);
      try {
        await publishUntilAcknowledged(
          this.#options.log,
          priceBatches(batch.map(({ price }) => price), this.#partitioner),
          { clock: this.#options.clock, signal: this.#stop.signal },
        );
      } catch (error) {
        // Nothing later may overtake records that are not acknowledged.
        this.#failure = error;
        for (const { reject } of batch) reject(error);
        this.#rejectAll(error);
        break;
      }
      for (const { resolve } of batch) resolve();
    }
    this.#pump = null;
  }

  #rejectAll(error: unknown): void {
    for (const { reject } of this.#queue) reject(error);
    this.#queue = [];
  }
}
