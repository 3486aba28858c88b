/**
 * `place-order`: rate, live orders, funds; then the order goes to the engine with its reservation.
 *
 * @module
 */

import type { GatewayLimits, PlaceOrder } from "../../kafka/messages/mod.ts";
import type { Instruments } from "../instruments.ts";
import type { Outcome } from "./answer_ring.ts";
import { type AnswerBody, commonDetail, correlationOf, rejection, sendAnswer } from "./answers.ts";
import { type CheckedOrder, checkOrder } from "./checks.ts";
import type { Desk } from "./desk.ts";
import type { OpenFloor } from "./gateway_state.ts";
import { type Hash64, Hasher } from "./hash64.ts";
import { hashId } from "./idempotency.ts";
import { judge, refused } from "./judge.ts";

/** Answers an order, and hands it on when it is accepted. */
export function placeOrder(desk: Desk, command: PlaceOrder): void {
  const { account, floor, now, out } = desk;
  const checked = checkOrder(command, floor.instruments);
  const { outcome, duplicate } = judge({
    account,
    id: hashId(account.hash, "order", command.orderId),
    body: hashOrder(command),
    now,
    checked,
    decide: (order) => accept(desk, command, order),
  });
  if (outcome.reason === null && checked.ok) {
    sendAnswer(out, command, placed(command, checked, { outcome, duplicate }));
    return;
  }
  const reason = outcome.reason ?? "id-conflict";
  const detail = checked.ok ? orderDetail(checked, outcome, floor) : checked.detail;
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
}

/** What makes two orders the same, beside user and id. Absent and null are alike. */
function hashOrder(command: PlaceOrder): Hash64 {
  return new Hasher()
    .value(command.symbol)
    .value(command.side)
    .value(command.quantity)
    .value(command.price)
    .value(command.protectionPrice)
    .value(command.timeInForce)
    .finish();
}

function accept(desk: Desk, command: PlaceOrder, order: CheckedOrder): Outcome {
  const { state, account, now, floor: { parameters: { limits } } } = desk;
  if (!account.bucket.take(limits, now)) return refused("rate-limited");
  if (account.liveOrders >= limits.liveOrdersPerUser) return refused("too-many-live-orders");
  const { live, shares } = state;
  // An order is live here until its engine has said that it is over: so engines hold no more of them.
  if (live.size >= shares.liveOrders) return refused("too-many-live-orders", shares.liveOrders);
  const { instrument, side } = order;
  if (side === "sell") {
    const available = account.availableLots(instrument.index);
    if (order.quantityLots > available) return refused("insufficient-holdings", available);
    return open(desk, command, order, order.quantityLots);
  }
  const available = account.availableCash;
  const needed = cashNeeded(order) ?? available;
  if (needed === 0 || needed > available) return refused("insufficient-cash", available);
  return open(desk, command, order, needed);
}

/** What a buy may cost at its limit; null when it has none. */
function cashNeeded({ limitTicks, quantityLots, instrument }: CheckedOrder): number | null {
  return limitTicks === null ? null : limitTicks * (quantityLots * instrument.unitsPerTickLot);
}

function open(
  desk: Desk,
  command: PlaceOrder,
  order: CheckedOrder,
  reserved: number,
): Outcome {
  const { state, account, out } = desk;
  const { userId, orderId, timestamp: clientTimestamp } = command;
  // The id is remembered as soon as this is decided, and is then the newest.
  const ordinal = account.memory.used;
  const { instrument, side, quantityLots, limitTicks, timeInForce } = order;
  const orderNumber = state.orderCount * state.partitions + state.partition;
  state.orderCount++;
  const remainingLots = quantityLots;
  state.live.open({
    orderNumber,
    ordinal,
    account,
    instrument,
    side,
    limitTicks,
    remainingLots,
    reserved,
  });
  out.emit("orders", instrument.symbol, {
    type: "order-accepted",
    userId,
    orderId,
    orderNumber,
    symbol: instrument.symbol,
    side,
    quantityLots,
    limitTicks,
    budgetUnits: side === "buy" ? reserved : null,
    timeInForce,
    clientTimestamp,
  }, correlationOf(command));
  return { reason: null, orderNumber, amount: reserved };
}

function placed(
  command: PlaceOrder,
  order: CheckedOrder,
  { outcome, duplicate }: { readonly outcome: Outcome; readonly duplicate: boolean },
): AnswerBody {
  return {
    type: "order-placed",
    duplicate,
    userId: command.userId,
    orderId: command.orderId,
    clientTimestamp: command.timestamp,
    orderNumber: outcome.orderNumber,
    symbol: order.instrument.symbol,
    side: order.side,
    quantityLots: order.quantityLots,
    limitTicks: order.limitTicks,
    reserved: outcome.amount,
  };
}

function orderDetail(order: CheckedOrder, outcome: Outcome, floor: OpenFloor): string {
  const { limits } = floor.parameters;
  switch (outcome.reason) {
    case null:
      return "";
    case "rate-limited":
      return rateDetail(limits);
    case "too-many-live-orders":
      return outcome.amount === 0
        ? `the user has ${limits.liveOrdersPerUser} live orders, as many as may be`
        : `the user's partition has ${outcome.amount} live orders, as many as may be`;
    case "insufficient-cash":
      return cashDetail(order, outcome, floor.instruments);
    case "insufficient-holdings": {
      const available = order.instrument.lotsToQuantity(outcome.amount);
      const wanted = order.instrument.lotsToQuantity(order.quantityLots);
      return `sells ${wanted}, and ${available} are available`;
    }
    default:
      return commonDetail(outcome.reason, limits);
  }
}

function rateDetail(limits: GatewayLimits): string {
  return `more than ${limits.ordersPerSecond} orders a second, ${limits.orderBurst} at once`;
}

function cashDetail(order: CheckedOrder, outcome: Outcome, instruments: Instruments): string {
  const needed = cashNeeded(order);
  const available = instruments.unitsToCash(outcome.amount);
  return needed === null
    ? "no cash is available"
    : `needs ${instruments.unitsToCash(needed)}, and ${available} is available`;
}
