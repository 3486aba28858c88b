/**
 * Every order and cancel that reached the engine's topic, in compact columns.
 *
 * @module
 */

import type { CancelRequested, OrderAccepted } from "../../../kafka/messages/mod.ts";
import type { AuditMemory } from "../memory/audit_memory.ts";
import type { Column, OffsetColumns, PlaceColumn } from "../memory/columns.ts";
import type { Numbering } from "../memory/numbering.ts";
import type { Derived } from "../derived_messages.ts";
import { Fingerprinter } from "../fingerprint.ts";
import { TEXT } from "../reading/message_fields.ts";
import type { TextPrints } from "../reading/text_prints.ts";

/** Up to here an order's number is its place in a table; only forgers give numbers beyond. */
const MAX_NEAR_NUMBER = 2 ** 26;

/** How an order ended, as its user was told. */
export const END_NONE = 0;
export const END_FILLED = 1;
export const END_CANCELLED = 2;

/** Orders by row. A row exists as soon as any message names the order's number. */
export class OrderTable {
  /** Row + 1 by order number: they are given one after the other. */
  readonly #near: Column;
  /** Rows by number, of numbers that are too high for that. */
  readonly #far: Numbering;
  readonly #farRow: Column;
  #size = 0;
  readonly #print = new Fingerprinter();
  readonly number: Column;
  readonly #idLow: Column;
  readonly #idHigh: Column;
  readonly #user: Column;
  readonly symbol: Column;
  /** 1 for a buy. */
  readonly buys: Column;
  readonly lots: Column;
  /** 0 for none. */
  readonly limitTicks: Column;
  /** The cash that a buy may spend; 0 for a sell. */
  readonly budget: Column;
  /** 1 when its rest does not stay in the book. */
  readonly immediate: Column;
  /** Where its order-accepted is. */
  readonly acceptedAt: PlaceColumn;
  /** Where the command that it came from is. */
  readonly commandAt: PlaceColumn;
  /** 1 when its first order-placed was seen. */
  readonly placed: Column;
  /** What its user was told to be open. */
  readonly remaining: Column;
  readonly fills: Column;
  readonly ended: Column;
  /** What settlements have left of it, and of its reservation. */
  readonly unsettled: Column;
  readonly reserved: Column;
  /** 1 when its reservation was made, 2 when it is over. */
  readonly reservation: Column;
  /** By command: row + 1 of the order accepted from it. */
  readonly #byCommand: OffsetColumns;

  constructor(memory: AuditMemory) {
    this.#near = memory.table().words();
    this.#far = memory.numbering();
    this.#farRow = memory.table().words();
    this.#byCommand = memory.offsetColumns("words");
    const table = memory.table();
    this.number = table.doubles();
    this.#idLow = table.words();
    this.#idHigh = table.words();
    this.#user = table.words();
    this.symbol = table.words();
    this.buys = table.bytes();
    this.lots = table.words();
    this.limitTicks = table.words();
    this.budget = table.doubles();
    this.immediate = table.bytes();
    this.acceptedAt = table.places("orders");
    this.commandAt = table.places("order-commands");
    this.placed = table.bytes();
    this.remaining = table.words();
    this.fills = table.words();
    this.ended = table.bytes();
    this.unsettled = table.words();
    this.reserved = table.doubles();
    this.reservation = table.bytes();
  }

  get size(): number {
    return this.#size;
  }

  /** The row of an order number, or -1. */
  find(orderNumber: number): number {
    if (orderNumber < MAX_NEAR_NUMBER) return this.#near.get(orderNumber) - 1;
    this.#far.print.ofInteger(orderNumber);
    const far = this.#far.find(orderNumber);
    return far < 0 ? -1 : this.#farRow.get(far);
  }

  /** The row of an order number, a new one of this user and id when it was not known. */
  add(orderNumber: number, prints: TextPrints): number {
    const known = this.find(orderNumber);
    if (known >= 0) return known;
    const row = this.#size++;
    if (orderNumber < MAX_NEAR_NUMBER) this.#near.set(orderNumber, row + 1);
    else this.#farRow.set(this.#far.add(orderNumber), row);
    this.number.set(row, orderNumber);
    prints.holdOrder(this.#print);
    this.#idLow.set(row, this.#print.low);
    this.#idHigh.set(row, this.#print.high);
    this.#user.set(row, prints.low[TEXT.userId]!);
    return row;
  }

  /** Whether the order of a row is the user's that a message tells of. */
  isOwned(row: number, prints: TextPrints): boolean {
    return this.#user.get(row) === prints.low[TEXT.userId];
  }

  /** Whether the order of a row is the one that a message tells of by user and id. */
  isNamed(row: number, prints: TextPrints): boolean {
    prints.holdOrder(this.#print);
    return this.#idLow.get(row) === this.#print.low && this.#idHigh.get(row) === this.#print.high;
  }

  accept(row: number, derived: Derived<OrderAccepted>, symbol: number): void {
    const { message, record, origin } = derived;
    this.symbol.set(row, symbol);
    this.buys.set(row, message.side === "buy" ? 1 : 0);
    this.lots.set(row, message.quantityLots);
    this.limitTicks.set(row, message.limitTicks ?? 0);
    this.budget.set(row, message.budgetUnits ?? 0);
    this.immediate.set(row, message.timeInForce === "ioc" ? 1 : 0);
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
  readonly orderNumber: Column;
  readonly requestedAt: PlaceColumn;
  readonly commandAt: PlaceColumn;
  readonly #cancelId: Column;
  readonly #byCommand: OffsetColumns;
  #size = 0;

  constructor(memory: AuditMemory) {
    this.#byCommand = memory.offsetColumns("words");
    const table = memory.table();
    this.orderNumber = table.doubles();
    this.requestedAt = table.places("orders");
    this.commandAt = table.places("order-commands");
    this.#cancelId = table.words();
  }

  get size(): number {
    return this.#size;
  }

  add(derived: Derived<CancelRequested>): void {
    const { message, record, origin } = derived;
    const row = this.#size++;
    this.orderNumber.set(row, message.orderNumber);
    this.requestedAt.set(row, record);
    this.commandAt.set(row, origin);
    this.#cancelId.set(row, derived.prints.low[TEXT.cancelId]!);
    this.#byCommand.set(origin.partition, origin.offset, row + 1);
  }

  /** The row of the cancel requested from a command, or -1. */
  requestedFrom(partition: number, offset: number): number {
    return this.#byCommand.get(partition, offset) - 1;
  }

  isNamed(row: number, prints: TextPrints): boolean {
    return this.#cancelId.get(row) === prints.low[TEXT.cancelId];
  }
}

/** An order's identity: user and order id together. */
export function orderKey(userId: string, orderId: string): string {
  return `${userId}\u0000${orderId}`;
}
