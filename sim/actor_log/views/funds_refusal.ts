/**
 * Refusals for want of cash, shares or room.
 *
 * @module
 */

import { formatCount } from "../../report/figures.ts";
import type { Step } from "../step.ts";
import type { DecisionContext } from "./decision.ts";
import type { RefusedCommand, Why } from "./gateway_refusal.ts";
import { accountsOf, partitionBefore } from "./raw_of.ts";
import type { RawAccount } from "./raw_view.ts";
import { costOf } from "./units.ts";
import { many } from "./words.ts";

/** Why an order found no room among the live ones, no cash, or no shares. */
export function fundsWhy(step: Step, refused: RefusedCommand, context: DecisionContext): Why {
  const { before } = accountsOf(step);
  const { command, answer } = refused;
  if (before === null || command.type !== "place-order") return { clause: answer.detail };
  switch (answer.reason) {
    case "too-many-live-orders":
      return liveOrdersWhy(before, context);
    case "insufficient-cash":
      return cashWhy(before, refused, context);
    default:
      return holdingsWhy(before, refused, context);
  }
}

function liveOrdersWhy(account: RawAccount, { units }: DecisionContext): Why {
  const { liveOrdersPerUser } = units.parameters.limits;
  const { userId, liveOrders, partition } = account;
  const own = `${userId} has ${many(liveOrders, "live order")}`;
  const most = formatCount(liveOrdersPerUser);
  if (liveOrders >= liveOrdersPerUser) {
    return {
      clause: `${own}, and ${most} may be`,
      more: ["An order is live until its engine has told the gateway that it is over."],
    };
  }
  return {
    clause: `the partition has ${many(partition.liveOrders, "live order")} of all its users, and ` +
      `${formatCount(partition.shares.liveOrders)} may be`,
    more: [`${own}, and might have ${most}.`],
  };
}

function cashWhy(account: RawAccount, refused: RefusedCommand, { units }: DecisionContext): Why {
  const { userId, availableUnits, reservedUnits, liveOrders } = account;
  const free = `${units.cash(availableUnits)} of ${userId}'s cash is free`;
  const more = reservedUnits === 0 ? [] : [
    `${units.cash(reservedUnits)} more is reserved by its ${many(liveOrders, "live order")}.`,
  ];
  const needed = neededUnits(refused, { units });
  if (needed === null) {
    return { clause: `a buy without a limit reserves what is free, and ${free}`, more };
  }
  return { clause: `it needs ${units.cash(needed)}, and ${free}`, more };
}

/** What a buy would have reserved; null without a limit. */
function neededUnits({ command }: RefusedCommand, { units }: DecisionContext): number | null {
  if (command.type !== "place-order" || typeof command.symbol !== "string") return null;
  const instrument = units.instruments.get(command.symbol);
  const limit = command.price ?? command.protectionPrice;
  if (instrument === undefined || typeof limit !== "number") return null;
  const priceTicks = instrument.priceToTicks(limit);
  const { quantity } = command;
  const quantityLots = typeof quantity === "number" ? instrument.quantityToLots(quantity) : null;
  if (priceTicks === null || quantityLots === null) return null;
  return costOf(units, { symbol: instrument.symbol, priceTicks, quantityLots });
}

function holdingsWhy(
  { userId, holding }: RawAccount,
  { command, answer }: RefusedCommand,
  { units }: DecisionContext,
): Why {
  if (holding === null || command.type !== "place-order") return { clause: answer.detail };
  const { symbol, heldLots, reservedLots } = holding;
  const { quantity } = command;
  const lots = typeof quantity === "number"
    ? units.instruments.get(symbol)?.quantityToLots(quantity) ?? null
    : null;
  if (lots === null) return { clause: answer.detail };
  const [wanted, free] = [lots, heldLots - reservedLots].map((some) =>
    units.quantity(symbol, some)
  );
  return {
    clause: `it sells ${wanted} ${symbol}, and ${free} of ${userId}'s are free`,
    more: reservedLots === 0 ? [] : [
      `${userId} holds ${units.quantity(symbol, heldLots)}, of which ` +
      `${units.quantity(symbol, reservedLots)} are reserved by sells that are live.`,
    ],
  };
}

/** Why an account or its cash found no room. */
export function roomWhy(step: Step, refused: RefusedCommand, context: DecisionContext): Why {
  const { command, answer } = refused;
  const { units } = context;
  const partition = partitionBefore(step);
  if (answer.reason === "account-exists") {
    return {
      clause: `${command.userId} has an account already`,
      more: ["An account is opened once; cash that is to be added is a deposit."],
    };
  }
  if (partition === null) return { clause: answer.detail };
  if (answer.reason === "too-many-accounts") {
    return {
      clause: `the partition has ${many(partition.accounts, "account")}, and ` +
        `${formatCount(partition.shares.accounts)} may be`,
    };
  }
  const amount = command.type === "deposit"
    ? command.amount
    : command.type === "open-account"
    ? command.cash
    : undefined;
  const wanted = typeof amount === "number" ? units.instruments.cashToUnits(amount) : null;
  const { cashUnits } = partition.shares;
  if (wanted === null || partition.cashLetInUnits + wanted <= cashUnits) {
    return { clause: answer.detail };
  }
  return {
    clause:
      `${units.cash(wanted)} would come to ${units.cash(partition.cashLetInUnits)} that this ` +
      `partition has let in before, and ${units.cash(cashUnits)} may be`,
    more: ["Above it, sums of cash would no longer be exact."],
  };
}
