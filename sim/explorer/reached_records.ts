/**
 * Seeing in a run's records what it reached: refusals by reason, resends, trades, late settlements.
 *
 * @module
 */

import { readRange } from "../../actors/log_access/read_range.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { decodeRecord, type RejectReason, type TopicMessages } from "../../kafka/messages/mod.ts";
import type { Reached, ReachedName } from "./reached.ts";

/** The refusals that count as something reached. */
const REASONS: Readonly<Partial<Record<RejectReason, ReachedName>>> = {
  "id-conflict": "id-conflict",
  "stale": "stale-id",
  "id-space-exhausted": "id-space-exhausted",
  "rate-limited": "rate-limited",
  "insufficient-cash": "funds-ran-out",
  "insufficient-holdings": "funds-ran-out",
};

type Notification = TopicMessages["notifications"];

/** Counts what the notifications tell, and the dead letters. */
export async function countReachedRecords(log: EventLog, reached: Reached): Promise<void> {
  const letterPartitions = await log.partitionCount("dead-letters");
  for (let partition = 0; partition < letterPartitions; partition++) {
    for await (const record of readRange(log, { topic: "dead-letters", partition })) {
      const letter = decodeRecord("dead-letters", record);
      if (letter.ok && letter.message.kind === "malformed") reached.add("dead-letter");
    }
  }
  const partitions = await log.partitionCount("notifications");
  for (let partition = 0; partition < partitions; partition++) {
    const cancelling = new Set<string>();
    const seen = new Set<string>();
    for await (const record of readRange(log, { topic: "notifications", partition })) {
      const decoded = decodeRecord("notifications", record);
      if (!decoded.ok || seen.has(decoded.message.id)) continue;
      seen.add(decoded.message.id);
      countOne(decoded.message, cancelling, reached);
    }
  }
}

/** `cancelling` holds the orders whose cancel has been accepted, as `user/order`. */
function countOne(message: Notification, cancelling: Set<string>, reached: Reached): void {
  if ("duplicate" in message && message.duplicate) reached.add("resend-answered");
  if ("reason" in message) {
    // Reasons of other messages than refusals are none of the table's.
    const name = REASONS[message.reason as RejectReason];
    if (name !== undefined) reached.add(name);
  }
  switch (message.type) {
    case "cancel-accepted":
      cancelling.add(`${message.userId}/${message.orderId}`);
      return;
    case "order-filled":
      reached.add("trade");
      if (cancelling.has(`${message.userId}/${message.orderId}`)) reached.add("late-settlement");
      return;
    case "cancel-missed":
      reached.add("cancel-too-late");
  }
}
