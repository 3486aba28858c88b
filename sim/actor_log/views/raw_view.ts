/**
 * What a view shows, once more in integers: ticks, lots and cash units, as records have them.
 *
 * @module
 */

import type { RejectReason, Side } from "../../../kafka/messages/mod.ts";

/** The gateway's account of the user that a record concerns. */
export interface RawAccount {
  /** Tells views apart. */
  readonly kind: "account";
  /** Whose it is. */
  readonly userId: string;
  /** Cash that is free. */
  readonly availableUnits: number;
  /** Of all live buys. */
  readonly reservedUnits: number;
  /** Orders resting or on their way. */
  readonly liveOrders: number;
  /** Thousandths of a token, as of {@link refilledAt}. */
  readonly millitokens: number;
  /** The stamp of the last refill, in milliseconds since the epoch. */
  readonly refilledAt: number;
  /** Ids ever used. */
  readonly idsUsed: number;
  /** Of the record's symbol; null when it names none that is traded. */
  readonly holding: RawHolding | null;
  /** The record's order while it is live. */
  readonly order: RawLiveOrder | null;
  /** What is kept of the record's id; null for records without one. */
  readonly id: RawId | null;
  /** What its partition counts. */
  readonly partition: RawGatewayPartition;
}

/** Lots of one symbol in an account. */
export interface RawHolding {
  /** Ticker. */
  readonly symbol: string;
  /** Reserved ones among them. */
  readonly heldLots: number;
  /** A part of those held. */
  readonly reservedLots: number;
}

/** A live order as the gateway has it. */
export interface RawLiveOrder {
  /** Unique on the floor. */
  readonly orderNumber: number;
  /** Ticker. */
  readonly symbol: string;
  /** Buying or selling. */
  readonly side: Side;
  /** The worst price; null for none. */
  readonly limitTicks: number | null;
  /** Still open. */
  readonly remainingLots: number;
  /** Cash units for a buy, lots for a sell. */
  readonly reserved: number;
}

/** What the gateway keeps of an id. */
export interface RawId {
  /** Whether it was used before. */
  readonly used: boolean;
  /** Null for an id that was not used, and for one of which only a fingerprint is left. */
  readonly answer: RawAnswer | null;
}

/** A first answer as it is remembered. */
export interface RawAnswer {
  /** Stamp of the command that was answered. */
  readonly stamp: number;
  /** Null: accepted. */
  readonly reason: RejectReason | null;
  /** Unique on the floor. */
  readonly orderNumber: number;
  /** What it reserved, or what there was when it was too little; else 0. */
  readonly amount: number;
}

/** What a gateway's partition counts over all its users. */
export interface RawGatewayPartition {
  /** Accounts opened. */
  readonly accounts: number;
  /** Orders resting or on their way. */
  readonly liveOrders: number;
  /** By openings and deposits, ever. */
  readonly cashLetInUnits: number;
  /** This partition's shares of the floor's limits. */
  readonly shares: {
    /** Accounts opened. */
    readonly accounts: number;
    /** Orders resting or on their way. */
    readonly liveOrders: number;
    /** Cash units. */
    readonly cashUnits: number;
  };
}

/** A gateway where the record's user has no account, or the record concerns none. */
export interface RawGateway {
  /** Tells views apart. */
  readonly kind: "gateway";
  /** What its partition counts. */
  readonly partition: RawGatewayPartition;
}

/** The engine's book of the symbol that a record concerns. */
export interface RawBook {
  /** Tells views apart. */
  readonly kind: "book";
  /** Ticker. */
  readonly symbol: string;
  /** So far. */
  readonly trades: number;
  /** Null for an empty side. */
  readonly bidTicks: number | null;
  /** Null for an empty side. */
  readonly askTicks: number | null;
  /** The record's order while it rests. */
  readonly order: RawRestingOrder | null;
}

/** An order in its book. */
export interface RawRestingOrder {
  /** Unique on the floor. */
  readonly orderNumber: number;
  /** Whose it is. */
  readonly userId: string;
  /** The client's id of the order. */
  readonly orderId: string;
  /** Buying or selling. */
  readonly side: Side;
  /** In ticks. */
  readonly priceTicks: number;
  /** Still open. */
  readonly lots: number;
  /** Of all orders at its price, its own among them. */
  readonly levelLots: number;
  /** How many rest at its price. */
  readonly levelOrders: number;
}

/** The portfolio of the user that a record concerns. */
export interface RawPortfolio {
  /** Tells views apart. */
  readonly kind: "portfolio";
  /** Whose it is. */
  readonly userId: string;
  /** Cash units. */
  readonly cashUnits: number;
  /** So far. */
  readonly trades: number;
  /** Of the record's symbol; null when it names none, or none was ever held. */
  readonly position: RawPosition | null;
}

/** One symbol's position. */
export interface RawPosition {
  /** Ticker. */
  readonly symbol: string;
  /** Still open. */
  readonly lots: number;
  /** What the lots cost, in cash units. */
  readonly costUnits: number;
  /** Profit realised, in cash units. */
  readonly realisedUnits: number;
  /** So far. */
  readonly trades: number;
}

/** What a view shows, in integers. */
export type RawView = RawAccount | RawGateway | RawBook | RawPortfolio;
