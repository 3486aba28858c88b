/**
 * What the engine tells: the bodies of its messages and where they go.
 *
 * @module
 */

import type { OrderCancelled, Side } from "../../kafka/messages/mod.ts";
import type { Outbox } from "../fold/fold.ts";
import type { OrderOwner, SymbolBook } from "./engine_state.ts";

/** One fill, seen from both sides. */
export interface Fill {
  readonly symbol: string;
  readonly tradeId: string;
  readonly aggressor: Side;
  readonly priceTicks: number;
  readonly quantityLots: number;
  readonly taker: OrderOwner;
  readonly takerNumber: number;
  readonly takerRemaining: number;
  readonly maker: OrderOwner;
  readonly makerNumber: number;
  readonly makerRemaining: number;
}

/** The trade, both users' fills, then both settlements; the taker's before the maker's. */
export function emitFill(out: Outbox, fill: Fill): void {
  const { symbol, tradeId, aggressor, priceTicks, quantityLots } = fill;
  out.emit(
    "market-data",
    symbol,
    { type: "trade", symbol, priceTicks, quantityLots, tradeId, aggressor },
    fill.taker.correlationId,
  );
  emitFilled(out, fill, "taker");
  emitFilled(out, fill, "maker");
  emitSettlement(out, fill, "taker");
  emitSettlement(out, fill, "maker");
}

function emitFilled(out: Outbox, fill: Fill, liquidity: "taker" | "maker"): void {
  const isTaker = liquidity === "taker";
  const { userId, orderId, clientTimestamp, correlationId } = fill[liquidity];
  out.emit("notifications", userId, {
    type: "order-filled",
    userId,
    orderId,
    clientTimestamp,
    orderNumber: isTaker ? fill.takerNumber : fill.makerNumber,
    symbol: fill.symbol,
    side: isTaker ? fill.aggressor : opposite(fill.aggressor),
    priceTicks: fill.priceTicks,
    quantityLots: fill.quantityLots,
    remainingLots: isTaker ? fill.takerRemaining : fill.makerRemaining,
    tradeId: fill.tradeId,
    liquidity,
  }, correlationId);
}

function emitSettlement(out: Outbox, fill: Fill, liquidity: "taker" | "maker"): void {
  const isTaker = liquidity === "taker";
  const { userId, correlationId } = fill[liquidity];
  out.emit("order-commands", userId, {
    type: "settle-fill",
    userId,
    orderNumber: isTaker ? fill.takerNumber : fill.makerNumber,
    symbol: fill.symbol,
    side: isTaker ? fill.aggressor : opposite(fill.aggressor),
    priceTicks: fill.priceTicks,
    quantityLots: fill.quantityLots,
    tradeId: fill.tradeId,
  }, correlationId);
}

/** An order that is over with a rest, and the release of what is reserved for the rest. */
export function emitCancelled(
  out: Outbox,
  owner: OrderOwner,
  rest: Pick<OrderCancelled, "orderNumber" | "symbol" | "quantityLots" | "reason">,
): void {
  const { userId, orderId, clientTimestamp, correlationId } = owner;
  const { orderNumber, symbol, quantityLots, reason } = rest;
  out.emit("notifications", userId, {
    type: "order-cancelled",
    userId,
    orderId,
    clientTimestamp,
    orderNumber,
    symbol,
    quantityLots,
    reason,
  }, correlationId);
  out.emit("order-commands", userId, {
    type: "release-order",
    userId,
    orderNumber,
    symbol,
    quantityLots,
  }, correlationId);
}

/** The best prices, after a message changed them. */
export function emitQuote(out: Outbox, { symbol, quote }: SymbolBook, correlationId: string): void {
  const { bidTicks, bidLots, askTicks, askLots } = quote;
  out.emit("market-data", symbol, {
    type: "quote",
    symbol,
    bidTicks: bidTicks === 0 ? null : bidTicks,
    bidLots,
    askTicks: askTicks === 0 ? null : askTicks,
    askLots,
  }, correlationId);
}

function opposite(side: Side): Side {
  return side === "buy" ? "sell" : "buy";
}
