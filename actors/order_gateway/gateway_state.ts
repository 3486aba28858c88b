/**
 * What the gateway knows of one partition's users.
 *
 * @module
 */

import type { FloorParameters } from "../../kafka/messages/mod.ts";
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

/** State of the gateway's fold over one partition of `order-commands`. */
export interface GatewayState {
  readonly partition: number;
  readonly partitions: number;
  /** Null before the partition's first record. */
  floor: OpenFloor | null;
  /** By user id, in the order of opening. */
  readonly accounts: Map<string, Account>;
  readonly live: LiveOrders;
  /** Orders accepted so far. */
  orderCount: number;
  /** Settlements and releases that matched no reservation. */
  refusedSettlements: number;
}

/** The state before the first record. */
export function emptyGatewayState(context: FoldContext): GatewayState {
  return {
    partition: context.partition,
    partitions: context.partitions,
    floor: null,
    accounts: new Map(),
    live: new LiveOrders(),
    orderCount: 0,
    refusedSettlements: 0,
  };
}
