/**
 * Every order and cancel that reached the engine's topic, in compact columns.
 *
 * @module
 */

import type { CancelRequested, OrderAccepted } from "../../../kafka/messages/mod.ts";
import { Column, OffsetColumns, PlaceColumn } from "../columns.ts";
import type { Derived } from "../derived_messages.ts";
import { Fingerprinter, Numbering } from "../fingerprint.ts";

/** How an order ended, as its user was told. */
export const END_NONE = 0;
export const END_FILLED = 1;
export const END_CANCELLED = 2;

/** Orders by row. A row exists as soon as any message names the order's number. */
export class OrderTable {
  readonly #numbers = new Numbering();
  readonly #print = new Fingerprinter();
  readonly number = Column.doubles();
  readonly #idLow = Column.words();
  readonly #idHigh = Column.words();
  readonly #user = Column.words();
  readonly symbol = Column.words();
  /** 1 for a buy. */
  readonly buys = Column.bytes();
  readonly lots = Column.words();
  /** 0 for none. */
  readonly limitTicks = Column.words();
  /** Where its order-accepted is. */
  readonly acceptedAt = new PlaceColumn("orders");
  /** Where the command that it came from is. */
  readonly commandAt = new PlaceColumn("order-commands");
  /** 1 when its first order-placed was seen. */
  readonly placed = Column.bytes();
  /** What its user was told to be open. */
  readonly remaining = Column.words();
  readonly fills = Column.words();
  readonly ended = Column.bytes();
  /** What settlements have left of it, and of its reservation. */
  readonly unsettled = Column.words();
  readonly reserved = Column.doubles();
  /** 1 when its reservation was made, 2 when it is over. */
  readonly reservation = Column.bytes();
  /** By command: row + 1 of the order accepted from it. */
  readonly #byCommand = new OffsetColumns(Column.words);

  get size(): number {
    return this.#numbers.size;
  }

  /** The row of an order number, or -1. */
  find(orderNumber: number): number {
    this.#numbers.print.ofInteger(orderNumber);
    return this.#numbers.find();
  }

  /** The row of an order number, a new one when it was not known. */
  add(order: { readonly orderNumber: number; readonly userId: string; readonly orderId: string }) {
    this.#numbers.print.ofInteger(order.orderNumber);
    const known = this.#numbers.find();
    if (known >= 0) return known;
    const row = this.#numbers.add();
    this.number.set(row, order.orderNumber);
    this.#print.ofText(orderKey(order.userId, order.orderId));
    this.#idLow.set(row, this.#print.low);
    this.#idHigh.set(row, this.#print.high);
    this.#user.set(row, this.#print.ofText(order.userId).low);
    return row;
  }

  /** Whether the order of a row is this user's. */
  isOwned(row: number, userId: string): boolean {
    return this.#user.get(row) === this.#print.ofText(userId).low;
  }

  /** Whether the order of a row is this user's under this id. */
  isNamed(row: number, userId: string, orderId: string): boolean {
    this.#print.ofText(orderKey(userId, orderId));
    return this.#idLow.get(row) === this.#print.low && this.#idHigh.get(row) === this.#print.high;
  }

  accept(row: number, derived: Derived<OrderAccepted>, symbol: number): void {
    const { message, record, origin } = derived;
    this.symbol.set(row, symbol);
    this.buys.set(row, message.side === "buy" ? 1 : 0);
    this.lots.set(row, message.quantityLots);
    this.limitTicks.set(row, message.limitTicks ?? 0);
    this.remaining.set(row, message.quantityLots);
    this.acceptedAt.set(row, record);
    this.commandAt.set(row, origin);
    this.#byCommand.set(origin.partition, origin.offset, row + 1);
  }

  /** The row of the order accepted from a command, or -1. */
  acceptedFrom(partition: number, offset: number): number {
    return this.#byCommand.get(partition, offset) - 1;
  }
}

/** Cancels handed to the engine, by row. */
export class CancelTable {
  readonly orderNumber = Column.doubles();
  readonly requestedAt = new PlaceColumn("orders");
  readonly commandAt = new PlaceColumn("order-commands");
  readonly #cancelId = Column.words();
  readonly #print = new Fingerprinter();
  readonly #byCommand = new OffsetColumns(Column.words);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(derived: Derived<CancelRequested>): void {
    const { message, record, origin } = derived;
    const row = this.#size++;
    this.orderNumber.set(row, message.orderNumber);
    this.requestedAt.set(row, record);
    this.commandAt.set(row, origin);
    this.#cancelId.set(row, this.#print.ofText(message.cancelId).low);
    this.#byCommand.set(origin.partition, origin.offset, row + 1);
  }

  /** The row of the cancel requested from a command, or -1. */
  requestedFrom(partition: number, offset: number): number {
    return this.#byCommand.get(partition, offset) - 1;
  }

  isNamed(row: number, cancelId: string): boolean {
    return this.#cancelId.get(row) === this.#print.ofText(cancelId).low;
  }
}

/** An order's identity: user and order id together. */
export function orderKey(userId: string, orderId: string): string {
  return `${userId}\u0000${orderId}`;
}
