/**
 * Traders whose clock a script lets jump: latency counts from the time that an order claims for itself,
 * so theirs says nothing.
 *
 * @module
 */

import { targetOf } from "../faults/fault_targets.ts";
import type { SessionPlan } from "../session_plan.ts";
import { fieldName, textField } from "./message_fields.ts";

const GROUP = "order-command-producer";
const ORDER_ID = fieldName("orderId");

/** The traders of a plan whose clock jumps. */
export function doubtedTraders(
  { faults, instances }: Pick<SessionPlan, "faults" | "instances">,
): readonly string[] {
  const all = Array.from({ length: instances[GROUP] }, (_, number) => `${GROUP}-${number}`);
  const targets = faults.filter(({ verb }) => verb === "jumpClock").map(({ target }) =>
    targetOf(target)
  );
  return all.filter((trader) =>
    targets.some((target) =>
      target.kind === "instance" ? target.id === trader : target.kind === "group" &&
        target.group === GROUP
    )
  );
}

/** Whether a notification is about an order of one of these traders, who name their orders after themselves. */
export function isOfAny(traders: readonly string[], notification: string): boolean {
  if (traders.length === 0) return false;
  const orderId = textField(notification, ORDER_ID);
  return orderId !== null && traders.some((trader) => orderId.startsWith(`${trader}-`));
}
