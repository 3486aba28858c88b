/**
 * Fill by fill: from whom, and why they came first.
 *
 * @module
 */

import type { OrderAccepted, OrderFilled, Trade } from "../../../kafka/messages/mod.ts";
import type { Step } from "../step.ts";
import type { LadderLevel } from "./state_view.ts";
import type { Units } from "./units.ts";
import { many } from "./words.ts";

/** Fills of one order that are told one by one. */
export const MAX_FILLS_TOLD = 8;

/** One fill, as it was sent. */
export interface ToldFill {
  readonly trade: Trade;
  /** The resting order's leg. */
  readonly maker: OrderFilled;
}

/** The fills of an engine's step, in their order. */
export function fillsOf(step: Step): readonly ToldFill[] {
  const makers = new Map<string, OrderFilled>();
  for (const { message } of step.sent) {
    if (message.type === "order-filled" && message.liquidity === "maker") {
      makers.set(message.tradeId, message);
    }
  }
  return step.sent.flatMap(({ message }) => {
    const maker = message.type === "trade" ? makers.get(message.tradeId) : undefined;
    return message.type === "trade" && maker !== undefined ? [{ trade: message, maker }] : [];
  });
}

/** A sentence for each fill, as far as they are told one by one, and one for the rest. */
export function fillSentences(
  step: Step,
  order: OrderAccepted,
  units: Units,
): readonly string[] {
  const fills = fillsOf(step);
  const queue = new Queue(
    (order.side === "buy" ? step.before?.ladder?.asks : step.before?.ladder?.bids) ?? [],
  );
  const told = fills.slice(0, MAX_FILLS_TOLD).map((fill) =>
    fillSentence(fill, { order, units, why: whyFirst(fill, { order, queue, units }) })
  );
  const rest = fills.slice(MAX_FILLS_TOLD);
  if (rest.length === 0) return told;
  const { symbol } = order;
  const sum = units.quantity(
    symbol,
    rest.reduce((lots, { trade }) => lots + trade.quantityLots, 0),
  );
  const last = units.price(symbol, rest.at(-1)!.trade.priceTicks); // there is one
  return [...told, `${many(rest.length, "more fill")} of ${sum} in all, the last at ${last}.`];
}

function fillSentence(
  { trade, maker }: ToldFill,
  { order, units, why }: {
    readonly order: OrderAccepted;
    readonly units: Units;
    readonly why: string;
  },
): string {
  const { symbol, quantityLots, priceTicks, tradeId } = trade;
  const from = order.side === "buy" ? "from" : "to";
  const whom = maker.userId === order.userId
    ? `their own order ${maker.orderId} (self-trades are permitted)`
    : `${maker.userId}'s order ${maker.orderId}`;
  const left = maker.remainingLots === 0
    ? ""
    : ` Left of it: ${units.quantity(symbol, maker.remainingLots)}.`;
  return `${units.quantity(symbol, quantityLots)} at ${units.price(symbol, priceTicks)} ${from} ` +
    `${whom} (trade ${tradeId})${why}.${left}`;
}

/** Why a resting order was the next to trade, as far as the ladder before shows it. */
function whyFirst(
  { trade, maker }: ToldFill,
  { order, queue, units }: {
    readonly order: OrderAccepted;
    readonly queue: Queue;
    readonly units: Units;
  },
): string {
  const place = queue.take(maker.orderNumber, trade.priceTicks);
  if (place === null) return "";
  const side = order.side === "buy" ? "ask" : "bid";
  const best = place.betterTicks === null
    ? `the best ${side}`
    : `the best ${side} once ${units.price(order.symbol, place.betterTicks)} was taken`;
  const wait = place.waiting === 1 ? "waits" : "wait";
  const behind = place.waiting === 0
    ? "the only one there"
    : `the oldest there (${many(place.waiting, "more order")} ${wait} behind it)`;
  return `: ${best}, and ${behind}`;
}

/** The resting orders as a ladder lists them, taken in their order. */
class Queue {
  readonly #levels: readonly LadderLevel[];
  #level = 0;
  #order = 0;

  constructor(levels: readonly LadderLevel[]) {
    this.#levels = levels;
  }

  /** The place of the next order; null where the ladder does not list it. */
  take(
    orderNumber: number,
    priceTicks: number,
  ): { readonly waiting: number; readonly betterTicks: number | null } | null {
    const first = this.#levels[this.#level];
    if (first !== undefined && first.priceTicks !== priceTicks) {
      this.#level++;
      this.#order = 0;
    }
    const level = this.#levels[this.#level];
    const at = this.#order++;
    if (level?.priceTicks !== priceTicks || level.orders[at]?.orderNumber !== orderNumber) {
      return null;
    }
    const better = this.#levels[this.#level - 1];
    return { waiting: level.orderCount - 1 - at, betterTicks: better?.priceTicks ?? null };
  }
}
