/**
 * Orders that may still trade, and what is reserved for each.
 *
 * A buy with a limit reserves limit x remaining lots, so a fill at a better price frees the difference
 * at once. A buy without one reserves a budget, of which each fill takes what it cost. A sell reserves
 * its remaining lots.
 *
 * @module
 */

import {
  MAX_FLOOR_CASH_UNITS,
  type ReleaseOrder,
  type SettleFill,
  type Side,
} from "../../kafka/messages/mod.ts";
import type { Instrument } from "../instruments.ts";
import type { Account } from "./account.ts";
import type { RestoredOrders } from "./restored_orders.ts";

/** An order on its way or resting. */
export interface LiveOrder {
  readonly orderNumber: number;
  /** The place of its id among its user's ids, by which a cancel finds it. */
  readonly ordinal: number;
  readonly account: Account;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly limitTicks: number | null;
  remainingLots: number;
  /** Cash units for a buy, lots for a sell. */
  reserved: number;
}

/**
 * All live orders of a partition. Engines know them by number, users by id. One map for all users: a
 * small one for each of them costs five times as much to keep as orders come and go.
 */
export class LiveOrders {
  #byNumber = new Map<number, LiveOrder>();
  readonly #byId = new Map<number, LiveOrder>();
  /** Orders of a snapshot that nobody has asked for yet; null when there are none. */
  #restored: RestoredOrders | null = null;

  get size(): number {
    return this.#byNumber.size + (this.#restored?.size ?? 0);
  }

  /** In the order in which they were placed. */
  values(): IterableIterator<LiveOrder> {
    if (this.#restored !== null) this.#takeAll(this.#restored);
    return this.#byNumber.values();
  }

  /** The live order of that number. */
  get(orderNumber: number): LiveOrder | undefined {
    return this.#byNumber.get(orderNumber) ?? this.#enter(this.#restored?.take(orderNumber));
  }

  /** The live order with the user's id of that ordinal. */
  find(account: Account, ordinal: number): LiveOrder | undefined {
    return this.#byId.get(idKey(account, ordinal)) ??
      this.#enter(this.#restored?.takeById(account, ordinal));
  }

  /** Begins with the orders of a snapshot. Their reservations have left what is free already. */
  restore(orders: RestoredOrders): void {
    this.#restored = orders;
  }

  /** Takes an order in and reserves what it says. */
  open(order: LiveOrder): void {
    this.#enter(order);
    order.account.liveOrders++;
    if (order.side === "buy") order.account.reservedCash += order.reserved;
    reserve(order, order.reserved);
  }

  /**
   * Whether a fill or a release belongs to a live order and stays within what is reserved for it: the
   * right user, symbol and side, a price within the limit, no more lots than are left and no more cash
   * than is reserved. A release must name exactly the lots that are left.
   */
  admits(message: SettleFill | ReleaseOrder): boolean {
    const order = this.get(message.orderNumber);
    if (order === undefined || order.account.userId !== message.userId) return false;
    if (order.instrument.symbol !== message.symbol) return false;
    return message.type === "settle-fill"
      ? fits(order, message)
      : order.remainingLots === message.quantityLots;
  }

  /** Cash and shares change hands. The fill is one that {@link admits} admits. */
  settle(fill: SettleFill): void {
    const order = this.get(fill.orderNumber)!;
    if (order.side === "buy") settleBuy(order, fill);
    else settleSell(order, fill);
    order.remainingLots -= fill.quantityLots;
    if (order.remainingLots === 0) this.#close(order);
  }

  /** The order is over. The release is one that {@link admits} admits. */
  release(release: ReleaseOrder): void {
    this.#close(this.get(release.orderNumber)!);
  }

  #enter<T extends LiveOrder | undefined>(order: T): T {
    if (order === undefined) return order;
    this.#byNumber.set(order.orderNumber, order);
    this.#byId.set(idKey(order.account, order.ordinal), order);
    return order;
  }

  /** Makes orders of all rows, and brings them into the order of placing: that of their numbers. */
  #takeAll(restored: RestoredOrders): void {
    this.#restored = null;
    for (const order of restored.takeAll()) this.#enter(order);
    const orders = [...this.#byNumber.values()].sort((one, other) =>
      one.orderNumber - other.orderNumber
    );
    this.#byNumber = new Map(orders.map((order) => [order.orderNumber, order]));
  }

  #close(order: LiveOrder): void {
    reserve(order, -order.reserved);
    if (order.side === "buy") order.account.reservedCash -= order.reserved;
    this.#byNumber.delete(order.orderNumber);
    this.#byId.delete(idKey(order.account, order.ordinal));
    order.account.liveOrders--;
  }
}

/**
 * Exact: indexes are below `MAX_ACCOUNTS`, 2^21, and ordinals below 2^32, as the table of fingerprints
 * holds them in words.
 */
function idKey(account: Account, ordinal: number): number {
  return account.index * 2 ** 32 + ordinal;
}

function reserve(order: LiveOrder, amount: number): void {
  const { account, instrument } = order;
  if (order.side === "buy") account.availableCash -= amount;
  else account.reservedLots[instrument.index]! += amount;
}

function costOf({ instrument }: LiveOrder, fill: SettleFill): number {
  return fill.priceTicks * (fill.quantityLots * instrument.unitsPerTickLot);
}

/** What a fill takes out of a buy's reservation: at the limit when it has one. */
function freedBy({ limitTicks, instrument }: LiveOrder, fill: SettleFill): number {
  return (limitTicks ?? fill.priceTicks) * (fill.quantityLots * instrument.unitsPerTickLot);
}

function fits(order: LiveOrder, fill: SettleFill): boolean {
  const { priceTicks, quantityLots, side } = fill;
  const { account, instrument, limitTicks } = order;
  if (side !== order.side || priceTicks < 1 || quantityLots < 1) return false;
  if (quantityLots > order.remainingLots || priceTicks > instrument.maxTicks) return false;
  const cost = costOf(order, fill);
  if (side === "buy") {
    const freed = freedBy(order, fill);
    return cost <= freed && freed <= order.reserved;
  }
  if (limitTicks !== null && priceTicks < limitTicks) return false;
  // Nobody's free cash is more than all there is, so no trade made a fill that would make it so.
  return account.availableCash + cost <= MAX_FLOOR_CASH_UNITS;
}

function settleBuy(order: LiveOrder, fill: SettleFill): void {
  const { account, instrument } = order;
  const freed = freedBy(order, fill);
  order.reserved -= freed;
  account.reservedCash -= freed;
  account.availableCash += freed - costOf(order, fill);
  account.holdings[instrument.index]! += fill.quantityLots;
}

function settleSell(order: LiveOrder, fill: SettleFill): void {
  const { account, instrument } = order;
  order.reserved -= fill.quantityLots;
  account.reservedLots[instrument.index]! -= fill.quantityLots;
  account.holdings[instrument.index]! -= fill.quantityLots;
  account.availableCash += costOf(order, fill);
}
