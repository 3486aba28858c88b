/**
 * What a client can be told instead of a receipt.
 *
 * @module
 */

import type {
  AccountRejected,
  CancelRejected,
  DepositRejected,
  OrderRejected,
  RejectReason,
} from "../../kafka/messages/mod.ts";

/** The floor refused a command. Nothing was changed by it. */
export class CommandRejectedError extends Error {
  /** The reason code, such as `unknown-symbol`. */
  readonly code: RejectReason;
  /** The same as {@link code}, as notifications name it. */
  readonly reason: RejectReason;
  /** The reason in words. */
  readonly detail: string;
  /** Whether the same command had been refused before. */
  readonly duplicate: boolean;
  /** The answer as it stands in the log. */
  readonly notification: OrderRejected | CancelRejected | AccountRejected | DepositRejected;

  /** `what` is the action that was refused, such as `place order 1001 of user 501`. */
  constructor(what: string, notification: CommandRejectedError["notification"]) {
    super(`Cannot ${what}: ${notification.detail} (${notification.reason})`);
    this.name = "CommandRejectedError";
    this.code = notification.reason;
    this.reason = notification.reason;
    this.detail = notification.detail;
    this.duplicate = notification.duplicate;
    this.notification = notification;
  }
}

/** The floor refused an order or a cancel. */
export class OrderRejectedError extends CommandRejectedError {
  /** `what` is the action that was refused. */
  constructor(what: string, notification: OrderRejected | CancelRejected) {
    super(what, notification);
    this.name = "OrderRejectedError";
  }
}

/** What is wrong with a command before it is sent. */
export type InvalidCommandCode =
  | "invalid-user-id"
  | "invalid-order-id"
  | "invalid-command-id"
  | "invalid-timestamp"
  | "invalid-field"
  | "too-large";

/** Refused before it was sent: the command could not even be answered, or JSON cannot carry it. */
export class InvalidCommandError extends TypeError {
  /** Which part of it is wrong. */
  readonly code: InvalidCommandCode;
  /** The same as {@link code}, as refusals of the floor name it. */
  readonly reason: InvalidCommandCode;

  /** The message is action, colon, state. */
  constructor(code: InvalidCommandCode, message: string) {
    super(message);
    this.name = "InvalidCommandError";
    this.code = code;
    this.reason = code;
  }
}

/** The command was written, and no answer came in time: what became of it is unknown. */
export class AnswerTimeoutError extends Error {
  /** Neither done nor refused. Sending the same again is safe: its id is an idempotency key. */
  readonly outcome = "unknown";
  /** The id of the command, as it stands in `intents` and `order-commands`. */
  readonly messageId: string;

  /** `deadlineMs` is how long it was waited for while the log could be reached, in milliseconds. */
  constructor(messageId: string, deadlineMs: number) {
    super(`Cannot tell what became of ${messageId}: no answer within ${deadlineMs} ms`);
    this.name = "AnswerTimeoutError";
    this.messageId = messageId;
  }
}
