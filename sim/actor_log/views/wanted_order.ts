/**
 * What a client asked for, in the words of the floor, as far as it can be put in them.
 *
 * @module
 */

import type { PlaceOrder, TimeInForce } from "../../../kafka/messages/mod.ts";
import { shortText, showValue } from "./show_value.ts";
import type { Units } from "./units.ts";

/** An order as its client worded it: `buy 10 AAPL at 189.50`. Nothing of it has been checked. */
export function wantedOrder(order: PlaceOrder, units: Units): string {
  const { side, quantity, symbol, price, protectionPrice, timeInForce } = order;
  const instrument = typeof symbol === "string" ? units.instruments.get(symbol) : undefined;
  const lots = instrument !== undefined && typeof quantity === "number"
    ? instrument.quantityToLots(quantity)
    : null;
  const amount = lots === null || instrument === undefined
    ? bare(quantity)
    : units.quantity(instrument.symbol, lots);
  const at = (value: unknown) => {
    const ticks = typeof value === "number" ? instrument?.priceToTicks(value) ?? null : null;
    return ticks === null || instrument === undefined
      ? bare(value)
      : units.price(instrument.symbol, ticks);
  };
  const worst = protectionPrice ?? null;
  const bound = (price ?? null) !== null
    ? `at ${at(price)}`
    : `at the market${worst === null ? "" : `, at ${at(worst)} at worst`}`;
  return `${bare(side)} ${amount} ${bare(symbol)} ${bound}${termsOf(timeInForce, price)}`;
}

/** An order that was checked: `buy 10 AAPL at 189.50`. */
export function checkedOrder(
  order: {
    readonly side: string;
    readonly symbol: string;
    readonly quantityLots: number;
    readonly limitTicks: number | null;
    readonly timeInForce?: TimeInForce;
  },
  units: Units,
): string {
  const { side, symbol, quantityLots, limitTicks } = order;
  const limit = limitTicks === null ? "without a limit" : `at ${units.price(symbol, limitTicks)}`;
  const terms = order.timeInForce === "ioc" ? ", immediate or cancel" : "";
  return `${side} ${units.quantity(symbol, quantityLots)} ${symbol} ${limit}${terms}`;
}

/** Texts without quotes, since ids and symbols are quoted plainly; anything else as JSON. */
function bare(value: unknown): string {
  return typeof value === "string" ? shortText(value) : showValue(value);
}

/** A market order is immediate or cancel anyway. */
function termsOf(timeInForce: unknown, price: unknown): string {
  const wanted = timeInForce ?? null;
  if (wanted === null || wanted === "gtc") return "";
  if (wanted !== "ioc") return ` (time in force ${showValue(wanted)})`;
  return (price ?? null) === null ? "" : ", immediate or cancel";
}
