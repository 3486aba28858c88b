/**
 * What the gateway knows of one partition's users.
 *
 * @module
 */

import {
  type FloorParameters,
  MAX_ACCOUNTS,
  MAX_FLOOR_CASH_UNITS,
  MAX_LIVE_ORDERS,
  shareOf,
} from "../../kafka/messages/mod.ts";
import type { FoldContext } from "../fold/fold.ts";
import { Instruments } from "../instruments.ts";
import type { Account } from "./account.ts";
import { LiveOrders } from "./live_orders.ts";

/** The parameters of an open floor, and its instruments. */
export interface OpenFloor {
  readonly parameters: FloorParameters;
  readonly instruments: Instruments;
}

/** An open floor from its parameters. */
export function openFloorOf(parameters: FloorParameters): OpenFloor {
  return { parameters, instruments: new Instruments(parameters) };
}

/** This partition's shares of the limits of the whole floor. */
export interface PartitionShares {
  /** Cash let in, by openings and deposits, ever. */
  readonly cashUnits: number;
  /** Orders live at once, of all users. */
  readonly liveOrders: number;
  readonly accounts: number;
}

/** State of the gateway's fold over one partition of `order-commands`. */
export interface GatewayState {
  readonly partition: number;
  readonly partitions: number;
  readonly shares: PartitionShares;
  /** Null before the partition's first record. */
  floor: OpenFloor | null;
  /** By user id, in the order of opening. */
  readonly accounts: Map<string, Account>;
  readonly live: LiveOrders;
  /** Cash units that openings and deposits have let in. */
  cashLetIn: number;
  /** Orders accepted so far. */
  orderCount: number;
  /** Settlements and releases that matched no reservation. */
  refusedSettlements: number;
}

/** The state before the first record. */
export function emptyGatewayState(context: FoldContext): GatewayState {
  const { partition, partitions } = context;
  return {
    partition,
    partitions,
    shares: {
      cashUnits: shareOf(MAX_FLOOR_CASH_UNITS, partitions),
      liveOrders: shareOf(MAX_LIVE_ORDERS, partitions),
      accounts: shareOf(MAX_ACCOUNTS, partitions),
    },
    floor: null,
    accounts: new Map(),
    live: new LiveOrders(),
    cashLetIn: 0,
    orderCount: 0,
    refusedSettlements: 0,
  };
}
