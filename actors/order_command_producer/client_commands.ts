/**
 * A caller's order, cancel, deposit or account as the message that is sent. Only what could not be
 * answered, or not be written down at all, is refused here; everything else is the gateway's to judge.
 *
 * @module
 */

import {
  type CancelOrder,
  type ClientCommand,
  type Deposit,
  idSchema,
  MAX_ID_LENGTH,
  type OpenAccount,
  type PlaceOrder,
  type Side,
  type TimeInForce,
} from "../../kafka/messages/mod.ts";
import { InvalidCommandError } from "./order_errors.ts";

/** An id: text, or a whole number that is taken as its digits. */
export type ClientId = string | number;

/** An order to be placed. */
export interface OrderRequest {
  /** Idempotency key: with the user it is the order's identity. */
  readonly orderId: ClientId;
  /** Whose order it is; the account must be open. */
  readonly userId: ClientId;
  /** Ticker, as the floor was started with. */
  readonly symbol: string;
  /** Buying reserves cash, selling reserves holdings. */
  readonly side: Side;
  /** Decimal, a whole number of lots. */
  readonly quantity: number;
  /** Decimal, on the tick. Left out: a market order. */
  readonly price?: number | null;
  /** The worst price that a market buy may pay. */
  readonly protectionPrice?: number | null;
  /** Left out: `gtc` with a price, `ioc` without. */
  readonly timeInForce?: TimeInForce;
  /** Milliseconds since the epoch: the caller's claim. Left out: the clock's time. */
  readonly timestamp?: number;
}

/** A cancel of an order. */
export interface CancelRequest {
  /** The order to cancel. */
  readonly orderId: ClientId;
  /** Whose order it is: nobody cancels another user's. */
  readonly userId: ClientId;
  /** Idempotency key. Left out: the order's id, so that a second call is a resend. */
  readonly cancelId?: ClientId;
  /** Milliseconds since the epoch: the caller's claim. Left out: the clock's time. */
  readonly timestamp?: number;
}

/** A deposit of cash. */
export interface DepositRequest {
  /** Idempotency key. */
  readonly depositId: ClientId;
  /** Whose account it goes to. */
  readonly userId: ClientId;
  /** Decimal, above 0. */
  readonly amount: number;
  /** Milliseconds since the epoch: the caller's claim. Left out: the clock's time. */
  readonly timestamp?: number;
}

/** A new account. */
export interface AccountRequest {
  /** One account a user. */
  readonly userId: ClientId;
  /** Decimal. */
  readonly cash: number;
  /** Decimal quantity by symbol. */
  readonly holdings?: Readonly<Record<string, number>>;
  /** Idempotency key. Left out: `open`: an account is opened once. */
  readonly commandId?: ClientId;
  /** Milliseconds since the epoch: the caller's claim. Left out: the clock's time. */
  readonly timestamp?: number;
}

/** A command without what is known only when it is sent. */
export type UnsentCommand =
  | Omit<PlaceOrder, "id">
  | Omit<CancelOrder, "id">
  | Omit<Deposit, "id">
  | Omit<OpenAccount, "id">;

/** The longest text in a field, in UTF-16 units: more than any valid one, well below a record's limit. */
export const MAX_FIELD_LENGTH = 1_024;

/** The most symbols that an account may be opened with. */
export const MAX_ACCOUNT_HOLDINGS = 10_000;

/** @throws {InvalidCommandError} */
export function placeOrderOf(request: OrderRequest, now: number): Omit<PlaceOrder, "id"> {
  const what = "send an order";
  const userId = idOf(request.userId, { what, name: "userId", code: "invalid-user-id" });
  const orderId = idOf(request.orderId, { what, name: "orderId", code: "invalid-order-id" });
  const { price, protectionPrice, timeInForce } = request;
  return {
    type: "place-order",
    correlationId: `${userId}/${orderId}`,
    timestamp: timestampOf(request.timestamp ?? now, what),
    userId,
    orderId,
    symbol: carried(request.symbol, "symbol", what),
    side: carried(request.side, "side", what),
    quantity: carried(request.quantity, "quantity", what),
    ...(price === undefined || price === null ? {} : { price: carried(price, "price", what) }),
    ...(protectionPrice === undefined || protectionPrice === null
      ? {}
      : { protectionPrice: carried(protectionPrice, "protectionPrice", what) }),
    ...(timeInForce === undefined
      ? {}
      : { timeInForce: carried(timeInForce, "timeInForce", what) }),
  };
}

/** @throws {InvalidCommandError} */
export function cancelOrderOf(request: CancelRequest, now: number): Omit<CancelOrder, "id"> {
  const what = "send a cancel";
  const userId = idOf(request.userId, { what, name: "userId", code: "invalid-user-id" });
  const orderId = idOf(request.orderId, { what, name: "orderId", code: "invalid-order-id" });
  const cancelId = request.cancelId ?? orderId;
  return {
    type: "cancel-order",
    correlationId: `${userId}/${orderId}`,
    timestamp: timestampOf(request.timestamp ?? now, what),
    userId,
    orderId,
    cancelId: idOf(cancelId, { what, name: "cancelId", code: "invalid-command-id" }),
  };
}

/** @throws {InvalidCommandError} */
export function depositOf(request: DepositRequest, now: number): Omit<Deposit, "id"> {
  const what = "send a deposit";
  const userId = idOf(request.userId, { what, name: "userId", code: "invalid-user-id" });
  const named = { what, name: "depositId", code: "invalid-command-id" } as const;
  const depositId = idOf(request.depositId, named);
  return {
    type: "deposit",
    correlationId: `${userId}/${depositId}`,
    timestamp: timestampOf(request.timestamp ?? now, what),
    userId,
    depositId,
    amount: carried(request.amount, "amount", what),
  };
}

/** @throws {InvalidCommandError} */
export function openAccountOf(request: AccountRequest, now: number): Omit<OpenAccount, "id"> {
  const what = "open an account";
  const userId = idOf(request.userId, { what, name: "userId", code: "invalid-user-id" });
  const given = request.commandId ?? "open";
  const commandId = idOf(given, { what, name: "commandId", code: "invalid-command-id" });
  const holdings = Object.entries(request.holdings ?? {});
  if (holdings.length > MAX_ACCOUNT_HOLDINGS) {
    const why = `${holdings.length} holdings, ${MAX_ACCOUNT_HOLDINGS} are allowed`;
    throw new InvalidCommandError("too-large", `Cannot ${what}: ${why}`);
  }
  return {
    type: "open-account",
    correlationId: `${userId}/${commandId}`,
    timestamp: timestampOf(request.timestamp ?? now, what),
    userId,
    commandId,
    cash: carried(request.cash, "cash", what),
    holdings: Object.fromEntries(
      holdings.map(([symbol, quantity]) => {
        carried(symbol, "a holding's symbol", what);
        return [symbol, carried(quantity, `holdings.${symbol}`, what)];
      }),
    ),
  };
}

/** The message, once its id is known. */
export function withId(command: UnsentCommand, id: string): ClientCommand {
  // The type comes first in the text, as everywhere in the log.
  const { type: _, ...rest } = command;
  return { type: command.type, id, ...rest } as ClientCommand; // The union lost only its id above.
}

function idOf(
  id: ClientId,
  named: { what: string; name: string; code: InvalidCommandError["code"] },
): string {
  const fail = (why: string) => {
    throw new InvalidCommandError(named.code, `Cannot ${named.what}: ${named.name} ${why}`);
  };
  if (typeof id === "number" && Number.isSafeInteger(id)) return String(id);
  if (typeof id !== "string") fail(`is ${shown(id)}, neither text nor a whole number`);
  const text = String(id);
  if (text === "") fail("is empty");
  if (text.length > MAX_ID_LENGTH) {
    fail(`has ${text.length} characters, more than ${MAX_ID_LENGTH}`);
  }
  if (!text.isWellFormed()) fail("contains half of a surrogate pair");
  if (!idSchema.safeParse(text).success) fail("contains control characters");
  return text;
}

function timestampOf(timestamp: number, what: string): number {
  if (typeof timestamp === "number" && Number.isFinite(timestamp) && timestamp >= 0) {
    return timestamp;
  }
  throw new InvalidCommandError(
    "invalid-timestamp",
    `Cannot ${what}: timestamp is ${shown(timestamp)}, not milliseconds since the epoch`,
  );
}

/** A value as JSON carries it. A wrong one of a kind that it does carry is the gateway's to refuse. */
function carried(value: unknown, name: string, what: string): string | number | boolean | null {
  if (typeof value === "string" && value.length <= MAX_FIELD_LENGTH) return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "boolean" || value === null) return value;
  const why = typeof value === "string"
    ? `has ${value.length} characters, more than ${MAX_FIELD_LENGTH}`
    : `is ${shown(value)}, which a message cannot carry`;
  throw new InvalidCommandError("invalid-field", `Cannot ${what}: ${name} ${why}`);
}

function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" ? "an object" : String(value);
}
