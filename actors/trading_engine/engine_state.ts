/**
 * What one partition's trading engine knows: books by symbol, live orders and whose they are.
 *
 * @module
 */

import type { FloorParameters, OrderAccepted } from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import { adoptParameters } from "../floor/adopt_parameters.ts";
import { type Instrument, Instruments } from "../instruments.ts";
import { FillBuffer } from "./fill_buffer.ts";
import { LiveOrders } from "./live_orders.ts";
import { OrderBook } from "./order_book.ts";

/** Whose a live order is, and what is told with everything about it. */
export interface OrderOwner {
  readonly userId: string;
  readonly orderId: string;
  readonly clientTimestamp: number;
  /** `user/order`. */
  readonly correlationId: string;
}

/** A symbol that has had an order. */
export interface SymbolBook {
  readonly symbol: string;
  readonly book: OrderBook;
  /** The best prices as last told: 0 for an empty side. Follows from the book. */
  readonly quote: { bidTicks: number; bidLots: number; askTicks: number; askLots: number };
}

/** The owner that an order's own fields name. */
export function ownerOf(
  order: Pick<OrderAccepted, "userId" | "orderId" | "clientTimestamp">,
): OrderOwner {
  return new LiveOwner(order);
}

/** Joins its ids when that is asked for: most orders of a snapshot never are. */
class LiveOwner implements OrderOwner {
  readonly userId: string;
  readonly orderId: string;
  readonly clientTimestamp: number;
  #correlationId: string | null = null;

  constructor({ userId, orderId, clientTimestamp }: Omit<OrderOwner, "correlationId">) {
    this.userId = userId;
    this.orderId = orderId;
    this.clientTimestamp = clientTimestamp;
  }

  get correlationId(): string {
    return this.#correlationId ??= joinedId([this.userId, this.orderId]);
  }
}

/** The state of one partition of `orders`. Books are opened by their first order. */
export class EngineState {
  readonly orders = new LiveOrders();
  readonly fills = new FillBuffer();
  /** By slot of `orders`; undefined where no order is. */
  readonly owners: (OrderOwner | undefined)[] = [];
  /** In the order of the floor's symbols; undefined for one that has had no order. */
  readonly books: (SymbolBook | undefined)[] = [];
  #parameters: FloorParameters | null = null;
  #instruments: Instruments | null = null;

  /** Null before the floor is opened. */
  get parameters(): FloorParameters | null {
    return this.#parameters;
  }

  /**
   * @throws {FloorParametersError} when the floor is open already with other parameters
   * @throws {InstrumentError} when its symbols are wrong
   */
  open(opened: FloorParameters): void {
    const parameters = adoptParameters(this.#parameters, opened);
    if (this.#parameters !== null) return;
    this.#instruments = new Instruments(parameters);
    this.#parameters = parameters;
    for (let i = 0; i < parameters.symbols.length; i++) this.books.push(undefined);
  }

  /** @throws {Error} before the floor is opened, and for a symbol that it does not list */
  bookOf(symbol: string): SymbolBook {
    if (this.#instruments === null) {
      throw new Error(`Cannot take an order in ${symbol}: the floor has not been opened`);
    }
    const instrument = this.#instruments.get(symbol);
    if (instrument === undefined) {
      throw new Error(`Cannot take an order in ${symbol}: the floor does not list it`);
    }
    return this.books[instrument.index] ?? this.#openBook(instrument);
  }

  /** The book of a symbol, or null where none has been opened: by asking, none is. */
  findBook(symbol: string): SymbolBook | null {
    const instrument = this.#instruments?.get(symbol);
    return instrument === undefined ? null : this.books[instrument.index] ?? null;
  }

  #openBook({ symbol, index, unitsPerTickLot }: Instrument): SymbolBook {
    const { orders, fills } = this;
    const opened: SymbolBook = {
      symbol,
      book: new OrderBook({ unitsPerTickLot, index, orders, fills }),
      quote: { bidTicks: 0, bidLots: 0, askTicks: 0, askLots: 0 },
    };
    this.books[index] = opened;
    return opened;
  }
}

/** Brings the quote up to the book. Returns whether it changed. */
export function refreshQuote({ book, quote }: SymbolBook): boolean {
  const { bestTicks: bidTicks, bestLots: bidLots } = book.bids;
  const { bestTicks: askTicks, bestLots: askLots } = book.asks;
  if (
    bidTicks === quote.bidTicks && bidLots === quote.bidLots &&
    askTicks === quote.askTicks && askLots === quote.askLots
  ) return false;
  quote.bidTicks = bidTicks;
  quote.bidLots = bidLots;
  quote.askTicks = askTicks;
  quote.askLots = askLots;
  return true;
}
