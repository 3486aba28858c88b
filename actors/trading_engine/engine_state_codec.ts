/**
 * The engine's state as canonical bytes: orders are listed in priority order, and nothing shows which
 * slots, levels or pages they happen to occupy.
 *
 * @module
 */

import type { FloorParameters } from "../../kafka/messages/mod.ts";
import { packOwnedState, viewState } from "../fold/state_bytes.ts";
import { EngineState, ownerOf, refreshQuote, type SymbolBook } from "./engine_state.ts";

/** Numbers of one order: order number, price, lots, client timestamp, index of its user. */
const ORDER_FIELDS = 5;

interface BookHead {
  readonly symbol: string;
  readonly trades: number;
  readonly bids: number;
  readonly asks: number;
}

interface StateHead {
  readonly parameters: FloorParameters | null;
  /** Symbols that have had a trade or have an order, in the floor's order. */
  readonly books: readonly BookHead[];
  /**
   * Whose orders there are, in the order of their names: nearly the same from one state to the next, so
   * that rows of orders that did not change are the same bytes.
   */
  readonly users: readonly string[];
  /** Order ids: book by book, bids before asks, best first. */
  readonly orderIds: readonly string[];
}

/** Numbers are written as the machine holds them: little endian, on every machine that Deno runs on. */
export function encodeEngineState(state: EngineState): Uint8Array {
  const { orders, owners } = state;
  const numbers = new Float64Array(orders.count * ORDER_FIELDS);
  const books: BookHead[] = [];
  const userIndexes = new Map<string, number>();
  const orderIds: string[] = [];
  const write = (slot: number, ticks: number) => {
    const owner = owners[slot];
    if (owner === undefined) {
      throw new Error(`Cannot encode order ${orders.numbers[slot]}: it has no owner`);
    }
    const user = userIndexes.get(owner.userId) ?? userIndexes.size;
    if (user === userIndexes.size) userIndexes.set(owner.userId, user);
    const at = orderIds.length * ORDER_FIELDS;
    numbers[at] = orders.numbers[slot]!;
    numbers[at + 1] = ticks;
    numbers[at + 2] = orders.lots[slot]!;
    numbers[at + 3] = owner.clientTimestamp;
    numbers[at + 4] = user;
    orderIds.push(owner.orderId);
  };
  for (const opened of state.books) {
    const head = opened === undefined ? null : encodeBook(opened, write);
    if (head !== null) books.push(head);
  }
  const users = [...userIndexes.keys()].sort();
  renumber(numbers, users.map((user) => userIndexes.get(user)!));
  const head: StateHead = { parameters: state.parameters, books, users, orderIds };
  return packOwnedState(head, [new Uint8Array(numbers.buffer)]);
}

/** Lets every order name its user by the place of the user's index in `indexes`. */
function renumber(numbers: Float64Array, indexes: readonly number[]): void {
  const places = new Float64Array(indexes.length);
  indexes.forEach((index, place) => places[index] = place);
  for (let at = ORDER_FIELDS - 1; at < numbers.length; at += ORDER_FIELDS) {
    numbers[at] = places[numbers[at]!]!;
  }
}

function encodeBook(
  { symbol, book }: SymbolBook,
  write: (slot: number, ticks: number) => void,
): BookHead | null {
  const counts = [book.bids, book.asks].map((side) => {
    let count = 0;
    for (const slot of side.slots()) {
      write(slot, side.ticksOf(book.orders.levels[slot]!));
      count++;
    }
    return count;
  });
  const [bids = 0, asks = 0] = counts;
  if (book.trades + bids + asks === 0) return null;
  return { symbol, trades: book.trades, bids, asks };
}

/** The state that {@link encodeEngineState} gave. */
export function decodeEngineState(bytes: Uint8Array): EngineState {
  const { head: json, parts: [numbers = new Uint8Array()] } = viewState(bytes);
  // Written by encodeEngineState; whoever keeps the bytes checks their digest.
  const head = json as StateHead;
  const state = new EngineState();
  if (head.parameters !== null) state.open(head.parameters);
  state.orders.reserve(head.orderIds.length);
  const view = new DataView(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  let order = 0;
  for (const { symbol, trades, bids, asks } of head.books) {
    const opened = state.bookOf(symbol);
    opened.book.trades = trades;
    for (let i = 0; i < bids + asks; i++, order++) {
      const at = order * ORDER_FIELDS * 8;
      const orderNumber = view.getFloat64(at, true);
      const slot = opened.book.restore(
        { orderNumber, side: i < bids ? "buy" : "sell" },
        view.getFloat64(at + 8, true),
        view.getFloat64(at + 16, true),
      );
      const userId = head.users[view.getFloat64(at + 32, true)];
      const orderId = head.orderIds[order];
      if (userId === undefined || orderId === undefined) {
        throw new RangeError(`Cannot decode order ${orderNumber}: its owner is missing`);
      }
      const clientTimestamp = view.getFloat64(at + 24, true);
      state.owners[slot] = ownerOf({ userId, orderId, clientTimestamp });
    }
    refreshQuote(opened);
  }
  return state;
}
