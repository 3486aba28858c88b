/**
 * Why an order traded as it did: with whom, why they came first, and what became of the rest.
 *
 * @module
 */

import type {
  CancelRequested,
  OrderAccepted,
  OrderCancelled,
  Quote,
} from "../../../kafka/messages/mod.ts";
import type { Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { fillSentences, fillsOf } from "./fill_sentences.ts";
import { booksOf } from "./raw_of.ts";
import type { RawBook, RawRestingOrder } from "./raw_view.ts";
import { costOf, type Units } from "./units.ts";
import { checkedOrder } from "./wanted_order.ts";
import { many } from "./words.ts";

/** The decision of an engine's step that was applied. */
export function engineDecision(step: Step, context: DecisionContext): Decision {
  const { message } = step.record;
  switch (message?.type) {
    case "order-accepted":
      return orderDecision(step, message, context);
    case "cancel-requested":
      return cancelDecision(step, message, context);
    default:
      return { headline: "The engine took the record.", reasons: [] };
  }
}

/** An order that came in, and all that became of it. */
interface Entered {
  readonly order: OrderAccepted;
  readonly tradedLots: number;
  readonly cancelled: OrderCancelled | null;
  readonly resting: RawRestingOrder | null;
  readonly after: RawBook | null;
  readonly units: Units;
}

function orderDecision(step: Step, order: OrderAccepted, { units }: DecisionContext): Decision {
  const fills = fillsOf(step);
  const tradedLots = fills.reduce((sum, { trade }) => sum + trade.quantityLots, 0);
  const { after } = booksOf(step);
  const resting = after?.order ?? null;
  const cancelled = cancelledOf(step);
  const entered: Entered = { order, tradedLots, cancelled, resting, after, units };
  const { userId, orderId, symbol } = order;
  const name = `${userId}'s order ${orderId}`;
  const rest = restText(entered);
  const headline = tradedLots === 0
    ? untradedText(entered, name)
    : `${order.side === "buy" ? "Bought" : "Sold"} ${ofAll(entered)} ${symbol} for ${name} ` +
      `${priceText(entered, fills.map(({ trade }) => trade.priceTicks))}` +
      `${rest === null ? "" : `; ${rest}`}.`;
  return {
    headline,
    reasons: [
      ...fillSentences(step, order, units),
      ...restReasons(entered, costOfFills(units, fills)),
      ...quoteReason(step, units),
    ],
  };
}

/** An order that met nobody. */
function untradedText(entered: Entered, name: string): string {
  const { order, cancelled, resting, units } = entered;
  const what = checkedOrder(order, units);
  if (cancelled !== null) return `Cancelled ${name}, ${what}: there is nothing it may trade with.`;
  if (resting === null) return `Took ${name}, ${what}.`;
  return `Put ${name} into the book, ${what}${asBest(entered, resting)}.`;
}

/** ` as best bid`, where an order is. */
function asBest({ order, after }: Entered, resting: RawRestingOrder): string {
  const best = order.side === "buy" ? after?.bidTicks : after?.askTicks;
  if (best !== resting.priceTicks) return "";
  return ` as best ${order.side === "buy" ? "bid" : "ask"}`;
}

function costOfFills(units: Units, fills: ReturnType<typeof fillsOf>): number {
  return fills.reduce((sum, { trade }) => sum + costOf(units, trade), 0);
}

function cancelledOf(step: Step): OrderCancelled | null {
  for (const { message } of step.sent) if (message.type === "order-cancelled") return message;
  return null;
}

/** `3 of 10`, or `all 10`. */
function ofAll({ order, tradedLots, units }: Entered): string {
  const { symbol, quantityLots } = order;
  const all = units.quantity(symbol, quantityLots);
  return tradedLots === quantityLots
    ? `all ${all}`
    : `${units.quantity(symbol, tradedLots)} of ${all}`;
}

function priceText({ order, units }: Entered, ticks: readonly number[]): string {
  const [first = 0] = ticks;
  const last = ticks.at(-1) ?? first;
  const from = `at ${units.price(order.symbol, first)}`;
  const fills = ticks.length === 1 ? "" : ` in ${many(ticks.length, "fill")}`;
  return first === last ? from + fills : `${from} to ${units.price(order.symbol, last)}${fills}`;
}

/** What became of what did not trade; null when all did. */
function restText(entered: Entered): string | null {
  const { order, tradedLots, cancelled, resting, units } = entered;
  const { symbol, quantityLots } = order;
  if (tradedLots === quantityLots) return null;
  const rest = units.quantity(symbol, quantityLots - tradedLots);
  if (cancelled !== null) return `the rest of ${rest} was cancelled`;
  if (resting === null) return null;
  return `${rest} ${resting.lots === 1 ? "rests" : "rest"} at ` +
    `${units.price(symbol, resting.priceTicks)}${asBest(entered, resting)}`;
}

function restReasons(entered: Entered, spentUnits: number): readonly string[] {
  const { order, tradedLots, cancelled, resting } = entered;
  if (tradedLots === order.quantityLots) {
    return ["It is filled to its end; its settlements bring what is reserved for it to zero."];
  }
  if (cancelled !== null) {
    return [
      cancelled.reason === "budget" ? budgetReason(entered, spentUnits) : unfilledReason(entered),
      "It is over: its release tells the gateway to free what is still reserved for it.",
    ];
  }
  return resting === null ? [] : [`${againstText(entered)}.`, queueReason(entered, resting)];
}

/** Why nothing more could be traded. */
function againstText({ order, tradedLots, after, units }: Entered): string {
  const { side, symbol, limitTicks } = order;
  const isBuy = side === "buy";
  const best = isBuy ? after?.askTicks : after?.bidTicks;
  if (after === null || best === undefined) return "No more could be traded";
  if (best === null) {
    return `Nobody ${isBuy ? "offers" : "bids"}${tradedLots > 0 ? " any more" : ""}`;
  }
  const price = units.price(symbol, best);
  if (limitTicks === null) return `The best ${isBuy ? "ask" : "bid"} is ${price}`;
  return isBuy
    ? `The best ask, ${price}, is above its limit of ${units.price(symbol, limitTicks)}`
    : `The best bid, ${price}, is below its limit of ${units.price(symbol, limitTicks)}`;
}

function unfilledReason(entered: Entered): string {
  const why = entered.order.limitTicks === null
    ? "an order without a limit cannot rest"
    : "it is immediate or cancel, and may not rest";
  return `${againstText(entered)}, and ${why}.`;
}

function budgetReason({ order, tradedLots, after, units }: Entered, spentUnits: number): string {
  const { symbol, budgetUnits, limitTicks, quantityLots } = order;
  const budget = budgetUnits ?? 0;
  const left = `Of the ${units.cash(budget)} that were reserved for it, ` +
    `${units.cash(budget - spentUnits)} are left`;
  const best = after?.askTicks ?? null;
  if (best !== null && (limitTicks === null || best <= limitTicks)) {
    return `${left}, less than one lot costs at the best ask of ${units.price(symbol, best)}.`;
  }
  if (limitTicks === null) return `${left}.`;
  const rest = { symbol, priceTicks: limitTicks, quantityLots: quantityLots - tradedLots };
  return `${left}, less than its rest would cost at its limit: ${units.cash(costOf(units, rest))}.`;
}

function queueReason({ order, after, units }: Entered, resting: RawRestingOrder): string {
  const { symbol, side } = order;
  const ahead = resting.levelOrders - 1;
  const queue = ahead === 0
    ? "It is alone at its price"
    : `${many(ahead, "order")} with ${units.quantity(symbol, resting.levelLots - resting.lots)} ` +
      `${symbol} ${ahead === 1 ? "is" : "are"} ahead of it at its price`;
  const best = side === "buy" ? after?.bidTicks : after?.askTicks;
  if (best === null || best === undefined || best === resting.priceTicks) return `${queue}.`;
  return `${queue}; the best ${side === "buy" ? "bid" : "ask"} is ${units.price(symbol, best)}.`;
}

function quoteReason(step: Step, units: Units): readonly string[] {
  for (const { message } of step.sent) {
    if (message.type === "quote") return [`The best prices are now: ${quoteText(message, units)}.`];
  }
  return ["The best prices and their lots are as they were."];
}

function quoteText({ symbol, bidTicks, bidLots, askTicks, askLots }: Quote, units: Units): string {
  const bid = bidTicks === null
    ? "no bid"
    : `bid ${units.price(symbol, bidTicks)} x ${units.quantity(symbol, bidLots)}`;
  const ask = askTicks === null
    ? "no ask"
    : `ask ${units.price(symbol, askTicks)} x ${units.quantity(symbol, askLots)}`;
  return `${bid}, ${ask}`;
}

function cancelDecision(
  step: Step,
  { userId, orderId, symbol }: CancelRequested,
  { units }: DecisionContext,
): Decision {
  const cancelled = cancelledOf(step);
  const name = `${userId}'s order ${orderId}`;
  if (cancelled === null) {
    if (!step.sent.some(({ message }) => message.type === "cancel-missed")) {
      return { headline: `Took the cancel of ${name}.`, reasons: [] };
    }
    return {
      headline: `Too late to cancel ${name}: it is not in the book of ${symbol} any more.`,
      reasons: [
        "It was filled or cancelled before. The gateway took it for live when it let the cancel " +
        "through: the news of its end was still on the way there.",
        "Nothing changed; the user is told that the cancel missed.",
      ],
    };
  }
  const was = booksOf(step).before?.order ?? null;
  const where = was === null ? "" : `, which rested at ${units.price(symbol, was.priceTicks)}`;
  return {
    headline: `Cancelled ${name}, as asked: ${units.quantity(symbol, cancelled.quantityLots)} ` +
      `${symbol} were left of it${where}.`,
    reasons: [
      "Its release tells the gateway to free what is still reserved for it.",
      ...quoteReason(step, units),
    ],
  };
}
