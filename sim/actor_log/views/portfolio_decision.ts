/**
 * What the portfolio manager booked, and what profit a sale realised.
 *
 * @module
 */

import type { Notification, OrderFilled } from "../../../kafka/messages/mod.ts";
import type { Step } from "../step.ts";
import type { Decision, DecisionContext } from "./decision.ts";
import { listOf, messageLine, tradedText } from "./message_line.ts";
import { type BeforeAndAfter, portfoliosOf } from "./raw_of.ts";
import type { RawPortfolio, RawPosition } from "./raw_view.ts";
import { sharesOf } from "./shares.ts";
import { costOf, type Units } from "./units.ts";

/** The decision of a portfolio manager's step that was applied. */
export function portfolioDecision(step: Step, { units }: DecisionContext): Decision {
  const { message, place } = step.record;
  if (message === null || place.topic !== "notifications") {
    return { headline: "The portfolio manager took the record.", reasons: [] };
  }
  // A message of notifications, by its topic.
  const notification = message as Notification;
  const portfolios = portfoliosOf(step);
  switch (notification.type) {
    case "order-filled":
      return fillDecision(notification, portfolios, units);
    case "account-opened":
    case "deposit-accepted":
      return cashDecision(notification, portfolios, units);
    default:
      return {
        headline: `Nothing to book: ${messageLine(notification, units)}.`,
        reasons: [
          "Answers, cancellations and refusals move neither cash nor shares; only fills, openings " +
          "and deposits do.",
        ],
      };
  }
}

function cashDecision(
  message: Extract<Notification, { readonly type: "account-opened" | "deposit-accepted" }>,
  { after }: BeforeAndAfter<RawPortfolio>,
  units: Units,
): Decision {
  if (message.duplicate) {
    return {
      headline: `Nothing to book: ${messageLine(message, units)}.`,
      reasons: ["It is a first answer given again; the first one was booked."],
    };
  }
  const amount = message.type === "account-opened" ? message.cashUnits : message.amountUnits;
  const shares = message.type === "account-opened" ? sharesOf(message.holdings, units) : [];
  const brought = listOf([`${units.cash(amount)} cash`, ...shares]);
  return {
    headline: `Booked for ${message.userId}: ${brought}.`,
    reasons: [
      ...(after === null ? [] : [`The cash of ${message.userId} ${cashText(after, units)}.`]),
      ...(shares.length === 0 ? [] : [
        "Shares that an account is opened with cost nothing here: nobody paid for them on this floor.",
      ]),
    ],
  };
}

function fillDecision(
  fill: OrderFilled,
  { before, after }: BeforeAndAfter<RawPortfolio>,
  units: Units,
): Decision {
  const amount = costOf(units, fill);
  const traded = tradedText(fill, units);
  const { userId, symbol } = fill;
  const was = before?.position ?? null;
  const is = after?.position ?? null;
  if (after === null || is === null) {
    return { headline: `Booked for ${userId}: ${traded}, ${units.cash(amount)}.`, reasons: [] };
  }
  const position = `${userId} holds ${units.quantity(symbol, is.lots)} ${symbol} now, which cost ` +
    `${units.cash(is.costUnits)}; cash ${cashText(after, units)}.`;
  if (fill.side === "buy") {
    return {
      headline: `Booked for ${userId}: ${traded}, paid ${units.cash(amount)}.`,
      reasons: [position],
    };
  }
  const profit = is.realisedUnits - (was?.realisedUnits ?? 0);
  return {
    headline: `Booked for ${userId}: ${traded}, got ${units.cash(amount)}; ` +
      `${profitText(profit, units)} realised.`,
    reasons: [
      costReason({ was, is, profit, amount }, units),
      `In ${symbol}, ${profitText(is.realisedUnits, units)} is realised in all.`,
      position,
      ...(is.lots < 0
        ? ["It is below zero: the opening that brought the shares has not been read here yet."]
        : []),
    ],
  };
}

function costReason(
  { was, is, profit, amount }: {
    readonly was: RawPosition | null;
    readonly is: RawPosition;
    readonly profit: number;
    readonly amount: number;
  },
  units: Units,
): string {
  const cost = units.cash(amount - profit);
  const held = was === null
    ? "nothing was held"
    : `${units.quantity(was.symbol, was.lots)} had cost ${units.cash(was.costUnits)}`;
  return `By average cost, what was sold had cost ${cost}: ${held}, and ` +
    `${units.cash(is.costUnits)} stay with what is left.`;
}

function profitText(amount: number, units: Units): string {
  return amount < 0 ? `a loss of ${units.cash(-amount)}` : `a profit of ${units.cash(amount)}`;
}

function cashText({ cashUnits }: RawPortfolio, units: Units): string {
  const below = cashUnits < 0 ? ", below zero until the cash that paid for it is read here" : "";
  return `is ${units.cash(cashUnits)}${below}`;
}
