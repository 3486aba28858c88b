/**
 * What a command says of itself: schema, symbol, tick and lot. Pure, and the same whenever it is asked,
 * so that a resend is judged as the first one was.
 *
 * @module
 */

import {
  type Deposit,
  MAX_SYMBOL_LENGTH,
  type OpenAccount,
  type PlaceOrder,
  type RejectReason,
  type Side,
  sideSchema,
  type TimeInForce,
  timeInForceSchema,
} from "../../kafka/messages/mod.ts";
import { type Instrument, type Instruments, MAX_SCALED } from "../instruments.ts";

/** A command is refused, and why. */
export interface Refusal {
  readonly ok: false;
  readonly reason: RejectReason;
  readonly detail: string;
}

/** An order in integers. */
export interface CheckedOrder {
  readonly ok: true;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly quantityLots: number;
  /** The worst price at which it may trade; null for none. */
  readonly limitTicks: number | null;
  readonly timeInForce: TimeInForce;
}

/** The start of an account in integers. */
export interface CheckedOpening {
  readonly ok: true;
  readonly cashUnits: number;
  /** By instrument, in the command's order. */
  readonly holdings: readonly { readonly instrument: Instrument; readonly lots: number }[];
}

/** A deposit in integers. */
export interface CheckedDeposit {
  readonly ok: true;
  readonly amountUnits: number;
}

/** A refusal as data. */
export function refuse(reason: RejectReason, detail: string): Refusal {
  return { ok: false, reason, detail };
}

/**
 * An order's own mistakes, the first one found: types of symbol, side, quantity, price, protection
 * price and time in force; then the symbol; then tick and lot.
 */
export function checkOrder(order: PlaceOrder, instruments: Instruments): CheckedOrder | Refusal {
  const { symbol, side, quantity } = order;
  if (!isSymbol(symbol)) {
    return refuse("invalid-symbol", `symbol ${show(symbol)} is no text of 1 to 32 characters`);
  }
  const knownSide = sideSchema.options.find((known) => known === side);
  if (knownSide === undefined) {
    return refuse("invalid-side", `side ${show(side)} is not buy or sell`);
  }
  if (!isPositive(quantity)) {
    return refuse("invalid-quantity", `quantity ${show(quantity)} is no positive number`);
  }
  const worst = worstPrice(order, knownSide);
  if (!worst.ok) return worst;
  const terms = timeInForceOf(order);
  if (!terms.ok) return terms;
  const instrument = instruments.get(symbol);
  if (instrument === undefined) {
    return refuse("unknown-symbol", `${show(symbol)} is not traded here`);
  }
  const limitTicks = worst.price === null ? null : instrument.priceToTicks(worst.price);
  if (worst.price !== null && limitTicks === null) return refusePrice(worst.price, instrument);
  const quantityLots = instrument.quantityToLots(quantity);
  if (quantityLots === null) return refuseQuantity(quantity, instrument);
  const { timeInForce } = terms;
  return { ok: true, instrument, side: knownSide, quantityLots, limitTicks, timeInForce };
}

/** An opening's own mistakes: the cash, then the holdings one by one. */
export function checkOpening(
  opening: OpenAccount,
  instruments: Instruments,
): CheckedOpening | Refusal {
  const { cash, holdings } = opening;
  const cashUnits = typeof cash === "number" ? instruments.cashToUnits(cash) : null;
  if (cashUnits === null) return refuseAmount("cash", cash, instruments);
  if (typeof holdings !== "object" || holdings === null || Array.isArray(holdings)) {
    return refuse("invalid-holdings", `holdings ${show(holdings)} are no quantities by symbol`);
  }
  const checked: { instrument: Instrument; lots: number }[] = [];
  for (const [symbol, quantity] of Object.entries(holdings)) {
    const instrument = instruments.get(symbol);
    if (instrument === undefined) {
      return refuse("unknown-symbol", `${show(symbol)} is not traded here`);
    }
    if (quantity !== 0 && !isPositive(quantity)) {
      return refuse("invalid-holdings", `${symbol}: ${show(quantity)} is no quantity`);
    }
    const lots = quantity === 0 ? 0 : instrument.quantityToLots(quantity);
    if (lots === null) return refuseQuantity(quantity, instrument, "invalid-holdings");
    checked.push({ instrument, lots });
  }
  return { ok: true, cashUnits, holdings: checked };
}

/** A deposit's own mistakes. */
export function checkDeposit(deposit: Deposit, instruments: Instruments): CheckedDeposit | Refusal {
  const { amount } = deposit;
  const amountUnits = isPositive(amount) ? instruments.cashToUnits(amount) : null;
  if (amountUnits === null) return refuseAmount("amount", amount, instruments);
  return { ok: true, amountUnits };
}

/** A client's value, briefly. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 40));
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? "(a list)" : "(an object)";
  }
  return String(value);
}

/** The price that bounds an order: its own, or a market buy's protection. */
function worstPrice(
  order: PlaceOrder,
  side: Side,
): { readonly ok: true; readonly price: number | null } | Refusal {
  const price = order.price ?? null;
  const protection = order.protectionPrice ?? null;
  if (price !== null && !isPositive(price)) {
    return refuse("invalid-price", `price ${show(price)} is no positive number`);
  }
  if (protection === null) return { ok: true, price };
  if (!isPositive(protection)) {
    return refuse("invalid-price", `protection price ${show(protection)} is no positive number`);
  }
  if (price !== null || side === "sell") {
    return refuse("invalid-price", "a protection price belongs to a buy without a price");
  }
  return { ok: true, price: protection };
}

function timeInForceOf(
  order: PlaceOrder,
): { readonly ok: true; readonly timeInForce: TimeInForce } | Refusal {
  const market = (order.price ?? null) === null;
  const wanted = order.timeInForce ?? null;
  if (wanted === null) return { ok: true, timeInForce: market ? "ioc" : "gtc" };
  const timeInForce = timeInForceSchema.options.find((known) => known === wanted);
  if (timeInForce === undefined) {
    return refuse("invalid-time-in-force", `time in force ${show(wanted)} is not gtc or ioc`);
  }
  if (market && timeInForce === "gtc") {
    return refuse("invalid-time-in-force", "an order without a price cannot rest as gtc");
  }
  return { ok: true, timeInForce };
}

function refusePrice(price: number, instrument: Instrument): Refusal {
  const most = instrument.ticksToPrice(instrument.maxTicks);
  if (price > most) {
    return refuse("invalid-price", `price ${price} is above ${most}, the highest of its symbol`);
  }
  return refuse("off-tick", `price ${price} is no multiple of tick size ${instrument.tickSize}`);
}

function refuseQuantity(
  quantity: number,
  instrument: Instrument,
  outOfRange: RejectReason = "invalid-quantity",
): Refusal {
  const most = instrument.lotsToQuantity(instrument.maxLots);
  if (quantity > most) {
    return refuse(outOfRange, `quantity ${quantity} is above ${most}, the largest of its symbol`);
  }
  return refuse("off-lot", `quantity ${quantity} is no multiple of lot size ${instrument.lotSize}`);
}

function refuseAmount(name: string, amount: unknown, instruments: Instruments): Refusal {
  const decimals = instruments.cashDecimals;
  const units = typeof amount === "number" ? amount * 10 ** decimals : NaN;
  if (units > MAX_SCALED && units < Infinity) {
    const most = instruments.unitsToCash(MAX_SCALED);
    return refuse("cash-limit", `${name} ${show(amount)} is above ${most}, the most at once`);
  }
  return refuse(
    "invalid-amount",
    `${name} ${show(amount)} is no amount of cash with at most ${decimals} decimals`,
  );
}

function isSymbol(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= MAX_SYMBOL_LENGTH;
}

function isPositive(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < Infinity;
}
