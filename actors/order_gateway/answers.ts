/**
 * Answers as messages. A first answer and its repetition are made by the same functions from the
 * command and the outcome, so they cannot differ but in `duplicate` and the client's own timestamp.
 *
 * @module
 */

import type {
  ClientCommand,
  GatewayLimits,
  Notification,
  RejectReason,
} from "../../kafka/messages/mod.ts";
import { joinedId } from "../../kafka/messages/joined_id.ts";
import type { Body, Outbox } from "../fold/fold.ts";

/** An answer without its envelope. */
export type AnswerBody = Body<Notification>;

/** Sends the answer to a command to its user. */
export function sendAnswer(out: Outbox, command: ClientCommand, body: AnswerBody): void {
  out.emit("notifications", command.userId, body, correlationOf(command));
}

/** What a command belongs to: its order, else its own id. */
export function correlationOf(command: ClientCommand): string {
  const { userId, correlationId } = command;
  const id = correlatedId(command);
  // Most say it themselves: one string then serves all that belongs together.
  const saysSo = correlationId.length === userId.length + 1 + id.length &&
    correlationId.startsWith(userId) && correlationId.endsWith(id) &&
    correlationId[userId.length] === "/";
  return saysSo ? correlationId : joinedId([userId, id]);
}

function correlatedId(command: ClientCommand): string {
  switch (command.type) {
    case "place-order":
    case "cancel-order":
      return command.orderId;
    case "deposit":
      return command.depositId;
    case "open-account":
      return command.commandId;
  }
}

/** The refusal of any command. */
export function rejection(
  command: ClientCommand,
  refusal: { readonly reason: RejectReason; readonly detail: string },
  duplicate: boolean,
): AnswerBody {
  const { reason, detail } = refusal;
  const { userId } = command;
  switch (command.type) {
    case "place-order": {
      const { orderId, timestamp: clientTimestamp } = command;
      const type = "order-rejected";
      return { type, duplicate, userId, orderId, clientTimestamp, reason, detail };
    }
    case "cancel-order": {
      const { orderId, cancelId, timestamp: clientTimestamp } = command;
      const type = "cancel-rejected";
      return { type, duplicate, userId, orderId, clientTimestamp, cancelId, reason, detail };
    }
    case "deposit": {
      const { depositId } = command;
      return { type: "deposit-rejected", duplicate, userId, depositId, reason, detail };
    }
    case "open-account": {
      const { commandId } = command;
      return { type: "account-rejected", duplicate, userId, commandId, reason, detail };
    }
  }
}

/** Details of the reasons that any command may meet. */
export function commonDetail(reason: RejectReason, limits: GatewayLimits): string {
  switch (reason) {
    case "id-conflict":
      return "the id was used with another body";
    case "stale":
      return "the id was used before, and its answer is no longer kept";
    case "id-space-exhausted":
      return `the user has used ${limits.fingerprintsPerUser} ids, as many as may be`;
    default:
      return reason;
  }
}
