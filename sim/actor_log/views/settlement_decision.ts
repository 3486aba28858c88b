/**
 * What a fill or a release did to the account that the gateway keeps.
 *
 * @module
 */

import type { ReleaseOrder, SettleFill } from "../../../kafka/messages/mod.ts";
import type { Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { messageLine, tradedText } from "./message_line.ts";
import { accountsOf } from "./raw_of.ts";
import type { RawAccount, RawLiveOrder } from "./raw_view.ts";
import { costOf, type Units } from "./units.ts";

/** The decision of a gateway's step on what an engine sent. */
export function settlementDecision(
  step: Step,
  message: SettleFill | ReleaseOrder,
  { units }: DecisionContext,
): Decision {
  const { before, after } = accountsOf(step);
  if (before === null || after === null) {
    return { headline: `The account took it: ${messageLine(message, units)}.`, reasons: [] };
  }
  if (before.order === null) {
    return {
      headline: `It matched no live order of ${message.userId}: counted, and without effect.`,
      reasons: [],
    };
  }
  const change: Settled = { before, after, order: before.order, units };
  return message.type === "settle-fill"
    ? fillDecision(message, change)
    : releaseDecision(message, change);
}

interface Settled {
  readonly before: RawAccount;
  readonly after: RawAccount;
  /** As it was before. */
  readonly order: RawLiveOrder;
  readonly units: Units;
}

function fillDecision(fill: SettleFill, change: Settled): Decision {
  const { units } = change;
  const { userId, symbol, priceTicks, quantityLots, tradeId } = fill;
  const cost = costOf(units, { symbol, priceTicks, quantityLots });
  return {
    headline: `Settled trade ${tradeId} for ${userId}: ${tradedText(fill, units)} ` +
      `for ${units.cash(cost)}.`,
    reasons: [
      fill.side === "buy" ? paidReason(change, cost) : soldReason(change, fill),
      openReason(change),
      holdingReason(change, symbol),
    ],
  };
}

function paidReason({ before, after, order, units }: Settled, cost: number): string {
  const left = after.order?.reserved ?? 0;
  const taken = order.reserved - left;
  const back = after.availableUnits - before.availableUnits;
  const paid = `It was paid out of what order no. ${order.orderNumber} had reserved`;
  if (back === 0) return `${paid}, ${units.cash(cost)}.`;
  const why = order.limitTicks !== null
    ? `the trade was below the limit of ${units.price(order.symbol, order.limitTicks)}`
    : "the order needs no more";
  return `${paid}: of ${units.cash(taken)}, ${units.cash(cost)} was paid and ${units.cash(back)} ` +
    `is free again, since ${why}.`;
}

function soldReason({ before, after, units }: Settled, { symbol, quantityLots }: SettleFill) {
  const came = after.availableUnits - before.availableUnits;
  return `Out of what was reserved went ${units.quantity(symbol, quantityLots)} ${symbol}, and ` +
    `${units.cash(came)} cash came in, free at once.`;
}

function openReason({ after, order, units }: Settled): string {
  if (after.order === null) {
    return `Order no. ${order.orderNumber} is filled to its end: nothing is reserved for it any more.`;
  }
  const { symbol, side, remainingLots, reserved } = after.order;
  const kept = side === "buy" ? `${units.cash(reserved)} cash` : `the same ${symbol}`;
  const open = `${units.quantity(symbol, remainingLots)} ${symbol}`;
  return `Still open: ${open} of it, with ${kept} reserved.`;
}

function holdingReason({ after, units }: Settled, symbol: string): string {
  const held = after.holding === null ? "" : `${units.quantity(symbol, after.holding.heldLots)} `;
  const free = units.cash(after.availableUnits);
  return `${after.userId} holds ${held}${symbol} now, and ${free} cash is free.`;
}

function releaseDecision(release: ReleaseOrder, change: Settled): Decision {
  const { before, after, order, units } = change;
  const { userId, symbol, quantityLots } = release;
  const left = `${units.quantity(symbol, quantityLots)} ${symbol}`;
  const freed = order.side === "buy"
    ? `${units.cash(after.availableUnits - before.availableUnits)} cash`
    : `${units.quantity(symbol, order.reserved)} ${symbol}`;
  return {
    headline: `Released order no. ${order.orderNumber} of ${userId}; free again: ${freed}.`,
    reasons: [
      `The engine says that the order is over with ${left} unfilled, just what is left of it here.`,
      order.side === "buy"
        ? `${units.cash(after.availableUnits)} cash is free now.`
        : "The shares never left the account; they may be sold again.",
    ],
  };
}
