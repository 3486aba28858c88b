/**
 * The worst price at which an order may trade, as its client asked.
 *
 * @module
 */

import type { PlaceOrder } from "../../../kafka/messages/mod.ts";

/**
 * The price, or else a market buy's protection price; null for none. Undefined when the command does
 * not tell: a protection price is a buyer's, and what it means for a seller is the gateway's matter.
 */
export function limitPriceOf(command: PlaceOrder): unknown {
  if (command.price !== undefined && command.price !== null) return command.price;
  if (command.protectionPrice === undefined || command.protectionPrice === null) return null;
  return command.side === "buy" ? command.protectionPrice : undefined;
}
