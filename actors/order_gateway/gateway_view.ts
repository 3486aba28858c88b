/**
 * What the gateway tells when it is asked. Plain data.
 *
 * @module
 */

import type { GatewayState } from "./gateway_state.ts";

/** One user's account at the gateway, in decimals. */
export interface AccountView {
  readonly userId: string;
  readonly cash: number;
  /** The part of the cash that live buys may still spend. */
  readonly reservedCash: number;
  /** What is held or reserved, in the floor's order of symbols. */
  readonly holdings: readonly {
    readonly symbol: string;
    readonly quantity: number;
    readonly reserved: number;
  }[];
  readonly liveOrders: number;
  /** Ids of commands used so far. */
  readonly idsUsed: number;
}

/** A user's account, or null when this partition has none. */
export function accountView(state: GatewayState, userId: string): AccountView | null {
  const account = state.accounts.get(userId);
  if (account === undefined || state.floor === null) return null;
  const { instruments } = state.floor;
  return {
    userId,
    cash: instruments.unitsToCash(account.cash),
    reservedCash: instruments.unitsToCash(account.reservedCash),
    holdings: instruments.list.map((instrument) => ({
      symbol: instrument.symbol,
      quantity: instrument.lotsToQuantity(account.holdings[instrument.index]!),
      reserved: instrument.lotsToQuantity(account.reservedLots[instrument.index]!),
    })).filter(({ quantity }) => quantity !== 0),
    liveOrders: account.liveOrders,
    idsUsed: account.memory.used,
  };
}

/** A partition's counts. */
export interface GatewayCounts {
  readonly accounts: number;
  readonly liveOrders: number;
  readonly ordersAccepted: number;
  readonly refusedSettlements: number;
  /** Bytes of the memory of ids and answers. */
  readonly memoryBytes: number;
}

export function gatewayCounts(state: GatewayState): GatewayCounts {
  let memoryBytes = 0;
  for (const account of state.accounts.values()) memoryBytes += account.memory.byteLength;
  return {
    accounts: state.accounts.size,
    liveOrders: state.live.size,
    ordersAccepted: state.orderCount,
    refusedSettlements: state.refusedSettlements,
    memoryBytes,
  };
}
