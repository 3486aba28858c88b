/**
 * `cancel-order`: a live order's cancel is handed to the engine, which alone knows what is left of it.
 *
 * @module
 */

import type { CancelOrder, GatewayLimits } from "../../kafka/messages/mod.ts";
import type { Outcome } from "./answer_ring.ts";
import { commonDetail, correlationOf, rejection, sendAnswer } from "./answers.ts";
import { show } from "./checks.ts";
import type { Desk } from "./desk.ts";
import { Hasher } from "./hash64.ts";
import { hashId } from "./idempotency.ts";
import { judge, refused } from "./judge.ts";

/** All of a cancel is checked on the wire. */
const CHECKED = { ok: true } as const;
const ACCEPTED: Outcome = { reason: null, orderNumber: 0, amount: 0 };

/** Answers a cancel, and hands it on when the order is live. */
export function cancelOrder(desk: Desk, command: CancelOrder): void {
  const { account, floor, now, out } = desk;
  const { userId, orderId, cancelId, timestamp: clientTimestamp } = command;
  const { outcome: { reason }, duplicate } = judge({
    account,
    id: hashId(account.hash, "cancel", cancelId),
    body: new Hasher().text(orderId).finish(),
    now,
    checked: CHECKED,
    decide: () => accept(desk, command),
  });
  if (reason === null) {
    const type = "cancel-accepted";
    sendAnswer(out, command, { type, duplicate, userId, orderId, clientTimestamp, cancelId });
    return;
  }
  const detail = cancelDetail(reason, orderId, floor.parameters.limits);
  sendAnswer(out, command, rejection(command, { reason, detail }, duplicate));
}

function accept({ state, account, out }: Desk, command: CancelOrder): Outcome {
  const { userId, orderId, cancelId } = command;
  const ordinal = account.memory.find(hashId(account.hash, "order", orderId));
  if (ordinal < 0) return refused("unknown-order");
  const order = state.live.find(account, ordinal);
  if (order === undefined) return refused("order-not-live");
  const { orderNumber, instrument: { symbol } } = order;
  out.emit("orders", symbol, {
    type: "cancel-requested",
    userId,
    orderId,
    orderNumber,
    cancelId,
    symbol,
  }, correlationOf(command));
  return ACCEPTED;
}

function cancelDetail(
  reason: NonNullable<Outcome["reason"]>,
  orderId: string,
  limits: GatewayLimits,
): string {
  if (reason === "unknown-order") return `no order ${show(orderId)} was ever placed`;
  if (reason === "order-not-live") return `order ${show(orderId)} was refused or has ended`;
  return commonDetail(reason, limits);
}
