/**
 * The trading engine: how books and trades follow from one partition of `orders`.
 *
 * Outputs of an accepted order, in this order: for each fill the trade, the taker's and the maker's
 * `order-filled`, the taker's and the maker's `settle-fill`; if a rest may not rest, `order-cancelled`
 * and `release-order`; a quote if the best prices or their lots changed. An order that is filled to
 * its end has no release: its settlements bring what is left of it to zero.
 *
 * @module
 */

import type { CancelRequested, OrderAccepted } from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import { FOLD_VERSIONS } from "../floor/fold_versions.ts";
import type { Fold, Outbox } from "../fold/fold.ts";
import { decodeEngineState, encodeEngineState } from "./engine_state_codec.ts";
import {
  EngineState,
  type OrderOwner,
  ownerOf,
  refreshQuote,
  type SymbolBook,
} from "./engine_state.ts";
import { emitCancelled, emitFill, emitQuote } from "./engine_outputs.ts";
import { NONE } from "./order_index.ts";

/** The role, as it names the consumer group and the fold's version in the floor's parameters. */
export const TRADING_ENGINE_ROLE = "trading-engine";

/**
 * The engine's fold. `apply` throws, which makes the record poison, only where the gateway has broken
 * its word: an order before `floor-opened`, in a symbol that the floor does not list, with a number
 * that is live already, or out of range; a cancel that names another's order.
 */
export const tradingEngineFold: Fold<EngineState, "orders"> = {
  role: TRADING_ENGINE_ROLE,
  version: FOLD_VERSIONS[TRADING_ENGINE_ROLE],
  topic: "orders",
  create: () => new EngineState(),
  apply(state, { message }, out) {
    switch (message.type) {
      case "order-accepted":
        return acceptOrder(state, message, out);
      case "cancel-requested":
        return cancelOrder(state, message, out);
      case "floor-opened":
        return state.open(message.parameters);
    }
  },
  encode: encodeEngineState,
  decode: decodeEngineState,
};

function acceptOrder(state: EngineState, order: OrderAccepted, out: Outbox): void {
  const opened = state.bookOf(order.symbol);
  const { book } = opened;
  const outcome = book.place(order);
  const owner = ownerOf(order);
  if (state.fills.length > 0) emitFills(state, order, owner, out);
  if (outcome === "rested") {
    state.owners[book.restingSlot] = owner;
  } else if (outcome !== "filled") {
    const { orderNumber, symbol } = order;
    const rest = { orderNumber, symbol, quantityLots: book.remainingLots };
    emitCancelled(out, owner, { ...rest, reason: outcome });
  }
  tellQuote(opened, owner, out);
}

function emitFills(state: EngineState, order: OrderAccepted, owner: OrderOwner, out: Outbox): void {
  const { fills, owners } = state;
  const { book } = state.bookOf(order.symbol);
  const firstTrade = book.trades - fills.length + 1;
  let takerRemaining = order.quantityLots;
  for (let i = 0; i < fills.length; i++) {
    const slot = fills.makerSlots[i]!;
    const maker = owners[slot];
    if (maker === undefined) {
      throw new Error(`Cannot fill order ${fills.makerNumbers[i]}: it has no owner`);
    }
    takerRemaining -= fills.lots[i]!;
    emitFill(out, {
      symbol: order.symbol,
      tradeId: joinedId([order.symbol, firstTrade + i], "-"),
      aggressor: order.side,
      priceTicks: fills.ticks[i]!,
      quantityLots: fills.lots[i]!,
      taker: owner,
      takerNumber: order.orderNumber,
      takerRemaining,
      maker,
      makerNumber: fills.makerNumbers[i]!,
      makerRemaining: fills.makerRemaining[i]!,
    });
    if (fills.makerRemaining[i] === 0) owners[slot] = undefined;
  }
}

function cancelOrder(state: EngineState, cancel: CancelRequested, out: Outbox): void {
  const opened = state.bookOf(cancel.symbol);
  const { userId, orderId, orderNumber, cancelId, symbol } = cancel;
  const slot = state.orders.slotOf(orderNumber);
  if (slot === NONE) {
    const body = { userId, orderId, orderNumber, cancelId, symbol };
    out.emit(
      "notifications",
      userId,
      { type: "cancel-missed", ...body },
      joinedId([userId, orderId]),
    );
    return;
  }
  const owner = state.owners[slot];
  if (
    owner === undefined || !opened.book.holds(slot) ||
    owner.userId !== userId || owner.orderId !== orderId
  ) {
    throw new Error(
      `Cannot cancel order ${orderNumber}: it is not ${userId}'s order ${orderId} in ${symbol}`,
    );
  }
  const quantityLots = opened.book.cancel(slot);
  state.owners[slot] = undefined;
  emitCancelled(out, owner, { orderNumber, symbol, quantityLots, reason: "requested" });
  tellQuote(opened, owner, out);
}

function tellQuote(opened: SymbolBook, cause: OrderOwner, out: Outbox): void {
  if (refreshQuote(opened)) emitQuote(out, opened, cause.correlationId);
}
