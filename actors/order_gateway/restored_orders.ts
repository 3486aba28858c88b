/**
 * Live orders of a snapshot, as rows of numbers. A row becomes an order when somebody asks for it: tens of
 * thousands of objects, and the maps that find them, would take most of the time of coming back.
 *
 * @module
 */

import type { Instrument } from "../instruments.ts";
import type { Account } from "./account.ts";
import type { LiveOrder } from "./live_orders.ts";

/** Order number, ordinal of its id, account, instrument, side (1: sell), limit (0: none), remaining lots, reserved. */
export const NUMBERS_PER_ORDER = 8;

/** An order as its row. */
export function writeOrder(order: LiveOrder, numbers: Float64Array, at: number): void {
  numbers[at] = order.orderNumber;
  numbers[at + 1] = order.ordinal;
  numbers[at + 2] = order.account.index;
  numbers[at + 3] = order.instrument.index;
  numbers[at + 4] = order.side === "sell" ? 1 : 0;
  numbers[at + 5] = order.limitTicks ?? 0;
  numbers[at + 6] = order.remainingLots;
  numbers[at + 7] = order.reserved;
}

/**
 * Rows in the order of placing, so order numbers go up from row to row, and for each account the ordinals
 * too.
 */
export class RestoredOrders {
  readonly #numbers: Float64Array;
  readonly #accounts: readonly Account[];
  readonly #instruments: readonly Instrument[];
  readonly #taken: Uint8Array;
  #left: number;
  #byAccount: AccountRows | null = null;

  /** Adds to every account what its orders are and reserve. */
  constructor(
    numbers: Float64Array,
    of: { readonly accounts: readonly Account[]; readonly instruments: readonly Instrument[] },
  ) {
    this.#numbers = numbers;
    this.#accounts = of.accounts;
    this.#instruments = of.instruments;
    this.#left = numbers.length / NUMBERS_PER_ORDER;
    this.#taken = new Uint8Array(this.#left);
    for (let at = 0; at < numbers.length; at += NUMBERS_PER_ORDER) {
      const account = this.#accounts[numbers[at + 2]!]!;
      account.liveOrders++;
      if (numbers[at + 4] === 0) account.reservedCash += numbers[at + 7]!;
    }
  }

  /** How many are still rows. */
  get size(): number {
    return this.#left;
  }

  /** Takes out the order of that number. */
  take(orderNumber: number): LiveOrder | undefined {
    const row = search(
      0,
      this.#taken.length,
      orderNumber,
      (i) => this.#numbers[i * NUMBERS_PER_ORDER]!,
    );
    return row < 0 ? undefined : this.#takeRow(row);
  }

  /** Takes out the order with the account's id of that ordinal. */
  takeById(account: Account, ordinal: number): LiveOrder | undefined {
    const { rows, starts } = this.#byAccount ??= this.#sortByAccount();
    const place = search(
      starts[account.index] ?? 0,
      starts[account.index + 1] ?? 0,
      ordinal,
      (i) => this.#numbers[rows[i]! * NUMBERS_PER_ORDER + 1]!,
    );
    return place < 0 ? undefined : this.#takeRow(rows[place]!);
  }

  /** Takes out all that are left, in the order of placing. */
  takeAll(): LiveOrder[] {
    const orders: LiveOrder[] = [];
    for (let row = 0; row < this.#taken.length; row++) {
      const order = this.#takeRow(row);
      if (order !== undefined) orders.push(order);
    }
    return orders;
  }

  #takeRow(row: number): LiveOrder | undefined {
    if (this.#taken[row] === 1) return undefined;
    this.#taken[row] = 1;
    this.#left--;
    const numbers = this.#numbers;
    const at = row * NUMBERS_PER_ORDER;
    const limitTicks = numbers[at + 5]!;
    return {
      orderNumber: numbers[at]!,
      ordinal: numbers[at + 1]!,
      account: this.#accounts[numbers[at + 2]!]!,
      instrument: this.#instruments[numbers[at + 3]!]!,
      side: numbers[at + 4] === 1 ? "sell" : "buy",
      limitTicks: limitTicks === 0 ? null : limitTicks,
      remainingLots: numbers[at + 6]!,
      reserved: numbers[at + 7]!,
    };
  }

  #sortByAccount(): AccountRows {
    const starts = new Int32Array(this.#accounts.length + 1);
    const accountOf = (row: number) => this.#numbers[row * NUMBERS_PER_ORDER + 2]!;
    for (let row = 0; row < this.#taken.length; row++) starts[accountOf(row) + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const rows = new Int32Array(this.#taken.length);
    const next = starts.slice();
    for (let row = 0; row < this.#taken.length; row++) rows[next[accountOf(row)]!++] = row;
    return { rows, starts };
  }
}

/** Rows account by account: those of account `i` stand from `starts[i]` to `starts[i + 1]`. */
interface AccountRows {
  readonly rows: Int32Array;
  readonly starts: Int32Array;
}

/** Where in `[from, to)` a value stands among values that go up, or -1. */
function search(from: number, to: number, value: number, valueAt: (i: number) => number): number {
  let low = from;
  let high = to - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = valueAt(middle);
    if (found === value) return middle;
    if (found < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
