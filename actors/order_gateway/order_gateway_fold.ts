/**
 * The order gateway's logic: a fold over one partition of `order-commands`. It owns what must be
 * decided per user before matching, answers every client command exactly once, and trusts no producer.
 *
 * The order of checks: the partition (`wrong-partition`), the account (`unknown-account`), then those
 * of `judge.ts`; an opening has its own (`account_commands.ts`). The first two leave no trace: no id is
 * used and nothing is remembered, since whoever has no account here has no memory here either.
 *
 * @module
 */

import type {
  CancelOrder,
  ClientCommand,
  Deposit,
  OrderCommand,
  PlaceOrder,
  ReleaseOrder,
  SettleFill,
} from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { adoptParameters } from "../floor/adopt_parameters.ts";
import { FOLD_VERSIONS } from "../floor/fold_versions.ts";
import type { Fold, FoldInput, Outbox } from "../fold/fold.ts";
import { deposit, openAccount } from "./account_commands.ts";
import { rejection, sendAnswer } from "./answers.ts";
import { cancelOrder } from "./cancel_order.ts";
import type { Desk } from "./desk.ts";
import { decodeGatewayState, encodeGatewayState } from "./gateway_bytes.ts";
import { emptyGatewayState, type GatewayState, openFloorOf } from "./gateway_state.ts";
import { placeOrder } from "./place_order.ts";

/** The gateway, over one partition of `order-commands`. */
export const orderGatewayFold: Fold<GatewayState, "order-commands"> = {
  role: "order-gateway",
  version: FOLD_VERSIONS["order-gateway"],
  topic: "order-commands",
  create: emptyGatewayState,
  apply,
  admits: (state, { message, key }) =>
    message.type === "settle-fill" || message.type === "release-order"
      ? admitsSettlement(state, key, message)
      : true,
  encode: encodeGatewayState,
  decode: decodeGatewayState,
};

/** @throws {Error} for a command before `floor-opened`, and for one that opens another floor */
function apply(state: GatewayState, input: FoldInput<OrderCommand>, out: Outbox): void {
  const { message } = input;
  switch (message.type) {
    case "floor-opened": {
      const held = state.floor?.parameters ?? null;
      const parameters = adoptParameters(held, message.parameters);
      if (held === null) state.floor = openFloorOf(parameters);
      return;
    }
    case "settle-fill":
    case "release-order":
      return settlement(state, input.key, message);
    default:
      return command(state, input, message, out);
  }
}

/**
 * Whether a settlement is keyed by its user and matches a reservation of theirs. Live orders are of
 * accounts in the state, which were opened in their users' partition: so it is in the right one too.
 */
function admitsSettlement(
  state: GatewayState,
  key: string | null,
  message: SettleFill | ReleaseOrder,
): boolean {
  return key === message.userId && state.live.admits(message);
}

/** Without effect when it matches no reservation: it is counted, and nothing is sent. */
function settlement(
  state: GatewayState,
  key: string | null,
  message: SettleFill | ReleaseOrder,
): void {
  if (!admitsSettlement(state, key, message)) state.refusedSettlements++;
  else if (message.type === "settle-fill") state.live.settle(message);
  else state.live.release(message);
}

function command(
  state: GatewayState,
  { key, now }: FoldInput<OrderCommand>,
  message: ClientCommand,
  out: Outbox,
): void {
  const { floor } = state;
  if (floor === null) {
    throw new Error(
      `Cannot judge "${message.type}": the partition does not begin with floor-opened`,
    );
  }
  const account = state.accounts.get(message.userId);
  // An account in the state was opened here, so only strangers' partitions need be worked out.
  const atHome = account !== undefined ||
    partitionForKey(message.userId, state.partitions) === state.partition;
  if (key !== message.userId || !atHome) {
    const detail = "the record is keyed by another user, or is not in its user's partition";
    const reason = "wrong-partition";
    return sendAnswer(out, message, rejection(message, { reason, detail }, false));
  }
  if (message.type === "open-account") return openAccount({ state, floor, now, out }, message);
  if (account === undefined) {
    const detail = "the user has no account";
    return sendAnswer(
      out,
      message,
      rejection(message, { reason: "unknown-account", detail }, false),
    );
  }
  serve({ state, floor, account, now, out }, message);
}

function serve(desk: Desk, message: PlaceOrder | CancelOrder | Deposit): void {
  switch (message.type) {
    case "place-order":
      return placeOrder(desk, message);
    case "cancel-order":
      return cancelOrder(desk, message);
    case "deposit":
      return deposit(desk, message);
  }
}
