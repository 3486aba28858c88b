/**
 * A message in one short line, for lists.
 *
 * @module
 */

import {
  decodeText,
  type FloorOpened,
  type Intent,
  type IntentMessage,
  type MarketData,
  type Message,
  type Notification,
  type OrderCommand,
  type OrderMessage,
} from "../../../kafka/messages/mod.ts";
import { grouped } from "./decimal_text.ts";
import { shortText, showValue } from "./show_value.ts";
import type { Units } from "./units.ts";
import { checkedOrder, wantedOrder } from "./wanted_order.ts";

/** The messages whose `type` is of `M`. */
type Of<M extends { readonly type: string }> = Exclude<M, FloorOpened>;

/**
 * What a message says, in a line that fits 80 columns where ids are short. The text is as its sender
 * wrote it: whoever shows it makes it visible.
 */
export function messageLine(message: Message, units: Units): string {
  switch (message.type) {
    case "floor-opened":
      return `the floor opens with ${listOf(message.parameters.symbols.map((s) => s.symbol))}`;
    case "dead-letter":
      return `${message.kind}, set aside by ${message.role}: ` +
        `${message.topic}/${message.partition}/${message.offset}`;
    case "intent":
    case "intents-acknowledged":
      return intentLine(message, units);
    case "price":
    case "trade":
    case "quote":
      return marketLine(message, units);
    case "order-accepted":
    case "cancel-requested":
      return orderLine(message, units);
    case "place-order":
    case "cancel-order":
    case "open-account":
    case "deposit":
    case "settle-fill":
    case "release-order":
      return commandLine(message, units);
    default:
      return notificationLine(message, units);
  }
}

function intentLine(message: IntentMessage, units: Units): string {
  const { producer } = message;
  return message.type === "intent"
    ? `${producer} intends ${message.number}: ${intendedLine(message, units)}`
    : `${producer} got everything before its intent ${message.before} acknowledged`;
}

/** The command that an intent holds, in a line. */
export function intendedLine(intent: Intent, units: Units): string {
  if (intent.encoding === "base64") return "bytes that are no text";
  const decoded = decodeText("order-commands", intent.value);
  return decoded.ok ? messageLine(decoded.message, units) : "text that is no command";
}

function marketLine(message: MarketData, units: Units): string {
  const { symbol } = message;
  switch (message.type) {
    case "price":
      return `${symbol} at ${grouped(String(message.price))}, says ${message.producer}`;
    case "trade":
      return `${units.quantity(symbol, message.quantityLots)} ${symbol} traded at ` +
        `${units.price(symbol, message.priceTicks)}, aggressor: ${message.aggressor}`;
    case "quote": {
      const side = (ticks: number | null, lots: number) =>
        ticks === null ? "none" : `${units.price(symbol, ticks)} x ${units.quantity(symbol, lots)}`;
      return `${symbol} bid ${side(message.bidTicks, message.bidLots)}, ` +
        `ask ${side(message.askTicks, message.askLots)}`;
    }
  }
}

function orderLine(message: Of<OrderMessage>, units: Units): string {
  const { userId, orderId } = message;
  return message.type === "order-accepted"
    ? `${userId}'s order ${orderId}: ${checkedOrder(message, units)}`
    : `${userId} cancels order ${orderId}`;
}

function commandLine(message: Of<OrderCommand>, units: Units): string {
  const { userId } = message;
  switch (message.type) {
    case "place-order":
      return `${userId}'s order ${message.orderId}: ${wantedOrder(message, units)}`;
    case "cancel-order":
      return `${userId} asks to cancel order ${message.orderId}`;
    case "open-account":
      return `${userId} asks for an account with ${showValue(message.cash)} cash`;
    case "deposit":
      return `${userId} deposits ${showValue(message.amount)}`;
    case "settle-fill":
      return `${userId}'s fill to settle: ${tradedText(message, units)}`;
    case "release-order":
      return `${userId}'s order no. ${message.orderNumber} to release: ` +
        `${units.quantity(message.symbol, message.quantityLots)} ${message.symbol} unfilled`;
  }
}

function notificationLine(message: Of<Notification>, units: Units): string {
  const { userId } = message;
  const again = "duplicate" in message && message.duplicate ? " (again, as at first)" : "";
  switch (message.type) {
    case "order-placed":
      return `${userId}'s order ${message.orderId} is placed: ` +
        `${checkedOrder(message, units)}${again}`;
    case "order-rejected":
      return `${userId}'s order ${message.orderId} is refused: ${message.reason}${again}`;
    case "cancel-accepted":
      return `${userId}'s cancel of order ${message.orderId} is on its way${again}`;
    case "cancel-rejected":
      return `${userId}'s cancel of order ${message.orderId} is refused: ${message.reason}${again}`;
    case "account-opened":
      return `${userId} has an account with ${units.cash(message.cashUnits)} cash${again}`;
    case "account-rejected":
      return `${userId}'s account is refused: ${message.reason}${again}`;
    case "deposit-accepted":
      return `${userId}'s deposit of ${units.cash(message.amountUnits)} is in${again}`;
    case "deposit-rejected":
      return `${userId}'s deposit is refused: ${message.reason}${again}`;
    case "order-filled":
      return `${userId}'s order ${message.orderId} ${tradedText(message, units)}, ` +
        `${units.quantity(message.symbol, message.remainingLots)} open`;
    case "order-cancelled":
      return `${userId}'s order ${message.orderId} ended, ` +
        `${units.quantity(message.symbol, message.quantityLots)} ${message.symbol} unfilled: ` +
        message.reason;
    case "cancel-missed":
      return `${userId}'s cancel of order ${message.orderId} came too late`;
  }
}

/** `bought 3 AAPL at 189.50`. */
export function tradedText(
  leg: {
    readonly side: "buy" | "sell";
    readonly symbol: string;
    readonly quantityLots: number;
    readonly priceTicks: number;
  },
  units: Units,
): string {
  const { side, symbol, quantityLots, priceTicks } = leg;
  const amount = `${units.quantity(symbol, quantityLots)} ${symbol}`;
  return `${side === "buy" ? "bought" : "sold"} ${amount} at ${units.price(symbol, priceTicks)}`;
}

/** The most names that a list spells out. */
const MAX_LISTED = 6;

/** Names one after another, the rest counted: `AAPL, MSFT and 12 more`. */
export function listOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).map(shortText);
  const rest = names.length - shown.length;
  if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
  if (shown.length < 2) return shown.join("");
  return `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}
