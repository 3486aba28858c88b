/**
 * The auditor's own bookkeeping of one partition's accounts. What is there, what is free and what is
 * reserved are each counted on their own, so that they can contradict one another.
 *
 * @module
 */

/** Cash in units, or one symbol's shares in lots. */
export interface Holding {
  available: number;
  reserved: number;
  /** Paid in or credited from outside, got by trading, given by trading. */
  paidIn: number;
  received: number;
  given: number;
}

/** One user's account. */
export interface Account {
  readonly userId: string;
  readonly cash: Holding;
  /** By symbol index. */
  readonly shares: Map<number, Holding>;
}

/** What is wrong with an account, if anything. */
export interface AccountFault {
  readonly rule: "conservation" | "no-overdraft";
  readonly text: string;
}

/** What is in an account that nobody has touched. */
function emptyHolding(): Holding {
  return { available: 0, reserved: 0, paidIn: 0, received: 0, given: 0 };
}

/** The accounts of one partition of `order-commands`. */
export class AccountBook {
  readonly #accounts = new Map<string, Account>();

  find(userId: string): Account | undefined {
    return this.#accounts.get(userId);
  }

  open(userId: string): Account {
    const account = { userId, cash: emptyHolding(), shares: new Map<number, Holding>() };
    this.#accounts.set(userId, account);
    return account;
  }
}

/** What an account has of a symbol. */
export function sharesOf(account: Account, symbol: number): Holding {
  const known = account.shares.get(symbol);
  if (known !== undefined) return known;
  const none = emptyHolding();
  account.shares.set(symbol, none);
  return none;
}

/** From outside the floor. */
export function payIn(holding: Holding, amount: number): void {
  holding.paidIn += amount;
  holding.available += amount;
}

/** Sets aside for an order. */
export function reserve(holding: Holding, amount: number): void {
  holding.available -= amount;
  holding.reserved += amount;
}

/** Frees what was set aside. */
export function release(holding: Holding, amount: number): void {
  holding.reserved -= amount;
  holding.available += amount;
}

/** Gives `amount` away out of `reserved`; what was set aside for it beyond that is free again. */
export function give(holding: Holding, amount: number, reserved: number): void {
  holding.reserved -= reserved;
  holding.available += reserved - amount;
  holding.given += amount;
}

/** Gets by trading. */
export function receive(holding: Holding, amount: number): void {
  holding.received += amount;
  holding.available += amount;
}

/** Total by what came and went. */
function totalOf(holding: Holding): number {
  return holding.paidIn + holding.received - holding.given;
}

/** What is wrong with a holding; null when nothing is. */
export function faultOf(holding: Holding, name: string): AccountFault | null {
  const { available, reserved } = holding;
  if (available < 0) {
    return {
      rule: "no-overdraft",
      text: `${-available} ${name} more are spoken for than there are`,
    };
  }
  if (reserved < 0) {
    return {
      rule: "no-overdraft",
      text: `${-reserved} ${name} more were taken than were reserved`,
    };
  }
  const total = totalOf(holding);
  if (total === available + reserved) return null;
  const text = `${available} available and ${reserved} reserved ${name} are not the ${total} ` +
    `that deposits, proceeds and costs leave`;
  return { rule: "conservation", text };
}
