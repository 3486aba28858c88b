/**
 * What the engine's state has to do with a record: its symbol's book, and its order if that rests.
 *
 * @module
 */

import type { BookSide } from "../../../actors/trading_engine/book_side.ts";
import type { EngineState, SymbolBook } from "../../../actors/trading_engine/engine_state.ts";
import { NONE } from "../../../actors/trading_engine/order_index.ts";
import type { RawBook, RawRestingOrder } from "./raw_view.ts";
import type {
  Ladder,
  LadderLevel,
  RestingOrder,
  StateLens,
  StateValue,
  StateView,
} from "./state_view.ts";
import { type PlainUnits, unitsOf } from "./units.ts";

/** Levels of each side that a ladder lists. */
export const MAX_LADDER_LEVELS = 10;

/** Orders of each level that a ladder lists. */
export const MAX_LEVEL_ORDERS = 8;

/** The engine's lens. */
export const engineLens: StateLens<EngineState, "orders"> = {
  view(state, { message }) {
    const { parameters } = state;
    if (parameters === null) return { subject: "floor", value: { opened: false } };
    if (message === null || message.type === "floor-opened") return floorView(state);
    const { symbol, orderNumber } = message;
    const units = unitsOf(parameters).plain;
    const opened = state.findBook(symbol);
    if (opened !== null) return bookView(state, { opened, orderNumber, units });
    return emptyView(symbol, units);
  },
};

function floorView({ books, orders }: EngineState): StateView {
  const trades = books.reduce((sum, opened) => sum + (opened?.book.trades ?? 0), 0);
  const value = { opened: true, restingOrders: orders.count, trades };
  return { subject: "floor", value };
}

/** A symbol that has had no order yet, or that the floor does not list. */
function emptyView(symbol: string, units: PlainUnits): StateView {
  const spec = units.instruments.get(symbol);
  const raw: RawBook = {
    kind: "book",
    symbol,
    trades: 0,
    bidTicks: null,
    askTicks: null,
    order: null,
  };
  const subject = `book ${symbol}`;
  if (spec === undefined) return { subject, value: { listed: false }, raw };
  const { tickSize, lotSize } = spec;
  const ladder = { symbol, tickSize, lotSize, bids: [], asks: [], hiddenBids: 0, hiddenAsks: 0 };
  const value = { trades: 0, bestBid: null, bestAsk: null, order: "not in the book" };
  return { subject, value, ladder, raw };
}

interface About {
  readonly opened: SymbolBook;
  readonly orderNumber: number;
  readonly units: PlainUnits;
}

function bookView(state: EngineState, { opened, orderNumber, units }: About): StateView {
  const { symbol, book } = opened;
  const order = restingOrder(state, opened, orderNumber);
  return {
    subject: `book ${symbol}`,
    value: {
      trades: book.trades,
      bestBid: bestOf(symbol, book.bids, units),
      bestAsk: bestOf(symbol, book.asks, units),
      order: order === null ? "not in the book" : orderValue(symbol, order, units),
    },
    ladder: ladderOf(state, opened, units),
    raw: {
      kind: "book",
      symbol,
      trades: book.trades,
      bidTicks: book.bids.bestTicks || null,
      askTicks: book.asks.bestTicks || null,
      order,
    },
  };
}

function bestOf(symbol: string, side: BookSide, units: PlainUnits): StateValue {
  if (side.bestTicks === 0) return null;
  return {
    price: units.price(symbol, side.bestTicks),
    quantity: units.quantity(symbol, side.bestLots),
  };
}

function orderValue(symbol: string, order: RawRestingOrder, units: PlainUnits): StateValue {
  return {
    number: order.orderNumber,
    user: order.userId,
    id: order.orderId,
    side: order.side,
    price: units.price(symbol, order.priceTicks),
    remaining: units.quantity(symbol, order.lots),
  };
}

/** The order of a number, if it rests in this book. */
function restingOrder(
  { orders, owners }: EngineState,
  { book }: SymbolBook,
  orderNumber: number,
): RawRestingOrder | null {
  const slot = orders.slotOf(orderNumber);
  const owner = slot === NONE ? undefined : owners[slot];
  if (owner === undefined || !book.holds(slot)) return null;
  const isBid = (orders.places[slot]! & 1) === 0;
  const side = isBid ? book.bids : book.asks;
  const level = orders.levels[slot]!;
  return {
    orderNumber,
    userId: owner.userId,
    orderId: owner.orderId,
    side: isBid ? "buy" : "sell",
    priceTicks: side.ticksOf(level),
    lots: orders.lots[slot]!,
    levelLots: side.ladder.lots[level]!,
    levelOrders: side.ladder.counts[level]!,
  };
}

/**
 * The ladder shown last of each book. Of twenty levels one or two change in a step, and whoever reads a
 * whole run would spend most of the time on making and writing those that stay.
 */
const SHOWN = new WeakMap<SymbolBook, Ladder>();

function ladderOf(state: EngineState, opened: SymbolBook, units: PlainUnits): Ladder {
  const { symbol, book } = opened;
  const { tickSize, lotSize } = units.instruments.get(symbol)!; // only listed symbols have books
  const shown = SHOWN.get(opened);
  const bids = levelsOf(state, book.bids, shown?.bids ?? []);
  const asks = levelsOf(state, book.asks, shown?.asks ?? []);
  const ladder: Ladder = {
    symbol,
    tickSize,
    lotSize,
    bids,
    asks,
    hiddenBids: book.bids.ladder.levelCount - bids.length,
    hiddenAsks: book.asks.ladder.levelCount - asks.length,
  };
  SHOWN.set(opened, ladder);
  return ladder;
}

/** The levels; those that are as they were shown are the same objects. */
function levelsOf(
  state: EngineState,
  side: BookSide,
  shown: readonly LadderLevel[],
): readonly LadderLevel[] {
  const { ladder } = side;
  const levels: LadderLevel[] = [];
  for (let level = ladder.best; level !== NONE; level = ladder.after(level)) {
    if (levels.length === MAX_LADDER_LEVELS) break;
    const priceTicks = side.ticksOf(level);
    const lots = ladder.lots[level]!;
    const orderCount = ladder.counts[level]!;
    const head = ladder.heads[level]!;
    const was = shown.find((each) => each.priceTicks === priceTicks);
    const isSame = was !== undefined && was.lots === lots && was.orderCount === orderCount &&
      areOrdersAt(state, head, was.orders);
    levels.push(isSame ? was : { priceTicks, lots, orderCount, orders: ordersAt(state, head) });
  }
  return levels;
}

/** Whether these are the first orders of a level's queue; an order of a number is always the same one's. */
function areOrdersAt(
  { orders }: EngineState,
  head: number,
  listed: readonly RestingOrder[],
): boolean {
  let slot = head;
  for (const { orderNumber, lots } of listed) {
    if (slot === NONE || orders.numbers[slot] !== orderNumber || orders.lots[slot] !== lots) {
      return false;
    }
    slot = orders.next[slot]!;
  }
  return slot === NONE || listed.length === MAX_LEVEL_ORDERS;
}

/** The first orders of a level's queue. */
function ordersAt({ orders, owners }: EngineState, head: number): readonly RestingOrder[] {
  const listed: RestingOrder[] = [];
  for (let slot = head; slot !== NONE && listed.length < MAX_LEVEL_ORDERS;) {
    const { userId = "", orderId = "" } = owners[slot] ?? {};
    listed.push({ orderNumber: orders.numbers[slot]!, userId, orderId, lots: orders.lots[slot]! });
    slot = orders.next[slot]!;
  }
  return listed;
}
