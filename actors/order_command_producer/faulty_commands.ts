/**
 * What a floor must withstand: orders with invalid fields, and bytes that are no message at all.
 *
 * @module
 */

import type { PlaceOrder } from "../../kafka/messages/mod.ts";
import type { Random } from "../seeded_random.ts";

/** A symbol that no floor lists: the flow's own symbols are checked against it. */
export const UNLISTED_SYMBOL = "INVALID";

const SPOIL: readonly ((order: PlaceOrder, tickSize: number) => PlaceOrder)[] = [
  (order, tickSize) => ({ ...order, price: Number(order.price) + tickSize / 2 }),
  (order) => ({ ...order, quantity: 0 }),
  (order) => ({ ...order, quantity: -Number(order.quantity) }),
  (order) => ({ ...order, side: "hold" }),
  (order) => ({ ...order, price: "a lot" }),
];

/** The order with one field made invalid. */
export function spoiledOrder(order: PlaceOrder, tickSize: number, random: Random): PlaceOrder {
  return chosen(SPOIL, random)(order, tickSize);
}

const MALFORMED: readonly ((order: PlaceOrder) => string | Uint8Array)[] = [
  // A message that broke off.
  (order) => JSON.stringify(order).slice(0, 40),
  // JSON, but no message.
  (order) => JSON.stringify({ order: order.orderId }),
  // A message that lacks what an answer would need.
  (order) => JSON.stringify({ ...order, userId: "" }),
  // No UTF-8 text.
  () => Uint8Array.of(0xff, 0xfe, 0x00, 0xc3, 0x28),
  () => "",
];

/** Bytes sent in the order's place that are no valid message. */
export function malformedBytes(order: PlaceOrder, random: Random): string | Uint8Array {
  return chosen(MALFORMED, random)(order);
}

function chosen<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)]!; // random() is below 1.
}
