/**
 * What the gateway's state has to do with a record: its user's account, and what is remembered of its
 * id.
 *
 * @module
 */

import type { Account } from "../../../actors/order_gateway/account.ts";
import type { GatewayState, OpenFloor } from "../../../actors/order_gateway/gateway_state.ts";
import { hashId, type IdKind } from "../../../actors/order_gateway/idempotency.ts";
import type { LiveOrder } from "../../../actors/order_gateway/live_orders.ts";
import type { OrderCommand } from "../../../kafka/messages/mod.ts";
import type { RawAccount, RawGatewayPartition, RawId, RawLiveOrder } from "./raw_view.ts";
import type { StateLens, StateValue, StateView } from "./state_view.ts";
import { dateTime } from "./time_text.ts";
import { type PlainUnits, unitsOf } from "./units.ts";

/** So many symbols of an account are shown, the record's own before the others. */
export const MAX_HOLDINGS_SHOWN = 32;

const TOKEN = 1_000;

/** The gateway's lens. */
export const gatewayLens: StateLens<GatewayState, "order-commands"> = {
  view(state, { message }) {
    const { floor } = state;
    if (floor === null) return { subject: "floor", value: { opened: false } };
    if (message === null || message.type === "floor-opened") return partitionView(state, floor);
    const account = state.accounts.get(message.userId);
    return account === undefined
      ? strangerView(state, message.userId)
      : accountView(state, { floor, account, message });
  },
};

/** A command in somebody's name. */
type OwnedCommand = Exclude<OrderCommand, { readonly type: "floor-opened" }>;

function partitionView(state: GatewayState, floor: OpenFloor): StateView {
  const { plain } = unitsOf(floor.parameters);
  return {
    subject: "floor",
    value: {
      opened: true,
      accounts: state.accounts.size,
      liveOrders: state.live.size,
      ordersAccepted: state.orderCount,
      cashLetIn: plain.cash(state.cashLetIn),
    },
    raw: { kind: "gateway", partition: rawPartition(state) },
  };
}

function strangerView(state: GatewayState, userId: string): StateView {
  return {
    subject: `account ${userId}`,
    value: { account: "none in this partition" },
    raw: { kind: "gateway", partition: rawPartition(state) },
  };
}

function rawPartition(state: GatewayState): RawGatewayPartition {
  const { accounts, live, cashLetIn, shares } = state;
  return {
    accounts: accounts.size,
    liveOrders: live.size,
    cashLetInUnits: cashLetIn,
    shares: {
      accounts: shares.accounts,
      liveOrders: shares.liveOrders,
      cashUnits: shares.cashUnits,
    },
  };
}

interface About {
  readonly floor: OpenFloor;
  readonly account: Account;
  readonly message: OwnedCommand;
}

function accountView(state: GatewayState, about: About): StateView {
  const { floor, account, message } = about;
  const { plain } = unitsOf(floor.parameters);
  const order = liveOrderOf(state, about);
  const raw = rawAccount(state, { ...about, order });
  return {
    subject: `account ${account.userId}`,
    value: {
      cash: {
        available: plain.cash(account.availableCash),
        reserved: plain.cash(account.reservedCash),
      },
      holdings: holdingsOf(about, raw.holding?.symbol ?? null, plain),
      liveOrders: account.liveOrders,
      ...(namesOrder(message) ? { order: orderValue(raw.order, plain) } : {}),
      bucket: {
        tokens: account.bucket.millitokens / TOKEN,
        refilledAt: dateTime(account.bucket.refilledAt),
      },
      idsUsed: account.memory.used,
      ...(raw.id === null ? {} : { id: idValue(raw.id, message) }),
    },
    raw,
  };
}

function rawAccount(
  state: GatewayState,
  { floor, account, message, order }: About & { readonly order: LiveOrder | undefined },
): RawAccount {
  const symbol = "symbol" in message ? message.symbol : order?.instrument.symbol;
  const instrument = typeof symbol === "string" ? floor.instruments.get(symbol) : undefined;
  return {
    kind: "account",
    userId: account.userId,
    availableUnits: account.availableCash,
    reservedUnits: account.reservedCash,
    liveOrders: account.liveOrders,
    millitokens: account.bucket.millitokens,
    refilledAt: account.bucket.refilledAt,
    idsUsed: account.memory.used,
    holding: instrument === undefined ? null : {
      symbol: instrument.symbol,
      heldLots: account.holdings[instrument.index]!,
      reservedLots: account.reservedLots[instrument.index]!,
    },
    order: order === undefined ? null : rawOrder(order),
    id: rawId(account, message),
    partition: rawPartition(state),
  };
}

function rawOrder(order: LiveOrder): RawLiveOrder {
  const { orderNumber, instrument, side, limitTicks, remainingLots, reserved } = order;
  return { orderNumber, symbol: instrument.symbol, side, limitTicks, remainingLots, reserved };
}

function liveOrderOf(
  { live }: GatewayState,
  { account, message }: About,
): LiveOrder | undefined {
  if ("orderNumber" in message) {
    const order = live.get(message.orderNumber);
    // A settlement may name any number; only the user's own order is part of the account.
    return order?.account === account ? order : undefined;
  }
  if (!("orderId" in message)) return undefined;
  const ordinal = account.memory.find(hashId(account.hash, "order", message.orderId));
  return ordinal < 0 ? undefined : live.find(account, ordinal);
}

function namesOrder(message: OwnedCommand): boolean {
  return "orderNumber" in message || "orderId" in message;
}

/** The idempotency key of a command; null for what engines send. */
function keyOf(message: OwnedCommand): { readonly kind: IdKind; readonly id: string } | null {
  switch (message.type) {
    case "place-order":
      return { kind: "order", id: message.orderId };
    case "cancel-order":
      return { kind: "cancel", id: message.cancelId };
    case "deposit":
      return { kind: "deposit", id: message.depositId };
    case "open-account":
      return { kind: "account", id: message.commandId };
    default:
      return null;
  }
}

function rawId(account: Account, message: OwnedCommand): RawId | null {
  const key = keyOf(message);
  if (key === null) return null;
  const found = account.memory.lookUp(hashId(account.hash, key.kind, key.id));
  if (found === null) return { used: false, answer: null };
  if (found.answer === null) return { used: true, answer: null };
  const { stamp, outcome: { reason, orderNumber, amount } } = found.answer;
  return { used: true, answer: { stamp, reason, orderNumber, amount } };
}

function orderValue(order: RawLiveOrder | null, plain: PlainUnits): StateValue {
  if (order === null) return "not live";
  const { orderNumber, symbol, side, limitTicks, remainingLots, reserved } = order;
  return {
    number: orderNumber,
    symbol,
    side,
    limit: limitTicks === null ? null : plain.price(symbol, limitTicks),
    remaining: plain.quantity(symbol, remainingLots),
    reserved: side === "buy" ? plain.cash(reserved) : plain.quantity(symbol, reserved),
  };
}

function idValue({ used, answer }: RawId, message: OwnedCommand): StateValue {
  const { kind, id } = keyOf(message)!; // there is a RawId only where there is a key
  const known = !used
    ? "never used"
    : answer === null
    ? "used; only its fingerprint is kept"
    : "used; its first answer is kept";
  return {
    kind,
    id,
    known,
    ...(answer === null ? {} : {
      firstAnswer: answer.reason ?? "accepted",
      answeredAt: dateTime(answer.stamp),
    }),
  };
}

/** What is held or reserved, in the floor's order of symbols; always the record's own symbol. */
function holdingsOf(
  { account, floor }: About,
  symbol: string | null,
  plain: PlainUnits,
): StateValue {
  const held = floor.instruments.list.filter(({ symbol: listed, index }) =>
    listed === symbol || account.holdings[index] !== 0 || account.reservedLots[index] !== 0
  );
  const own = held.filter((instrument) => instrument.symbol === symbol);
  const others = held.filter((instrument) => instrument.symbol !== symbol);
  const shown = new Set([...own, ...others.slice(0, MAX_HOLDINGS_SHOWN - own.length)]);
  const rows = held.filter((instrument) => shown.has(instrument)).map((instrument) =>
    [
      instrument.symbol,
      {
        held: plain.quantity(instrument.symbol, account.holdings[instrument.index]!),
        reserved: plain.quantity(instrument.symbol, account.reservedLots[instrument.index]!),
      },
    ] as const
  );
  const hidden = held.length - rows.length;
  return Object.fromEntries(hidden === 0 ? rows : [...rows, ["(others)", hidden] as const]);
}
