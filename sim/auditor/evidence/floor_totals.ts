/**
 * What all accounts of one partition hold together, kept up to date record by record.
 *
 * @module
 */

/** Sums over accounts. Cash is a bigint: the sum over many accounts may exceed 2^53 units. */
export class FloorTotals {
  readonly #shares: number[] = [];
  readonly #sharesPaidIn: number[] = [];
  #cash = 0n;
  #cashPaidIn = 0n;

  payInCash(units: number): void {
    this.#cash += BigInt(units);
    this.#cashPaidIn += BigInt(units);
  }

  payInShares(symbol: number, lots: number): void {
    this.#shares[symbol] = (this.#shares[symbol] ?? 0) + lots;
    this.#sharesPaidIn[symbol] = (this.#sharesPaidIn[symbol] ?? 0) + lots;
  }

  /** One settlement: what the account gets, negative for what it gives. */
  trade(symbol: number, { cash, lots }: { readonly cash: number; readonly lots: number }): void {
    this.#cash += BigInt(cash);
    this.#shares[symbol] = (this.#shares[symbol] ?? 0) + lots;
  }

  snapshot(): TotalsAt {
    return {
      cash: this.#cash,
      cashPaidIn: this.#cashPaidIn,
      shares: [...this.#shares],
      sharesPaidIn: [...this.#sharesPaidIn],
    };
  }

  reset(): void {
    this.#cash = 0n;
    this.#cashPaidIn = 0n;
    this.#shares.length = 0;
    this.#sharesPaidIn.length = 0;
  }
}

/** The sums at one moment. */
export interface TotalsAt {
  readonly cash: bigint;
  readonly cashPaidIn: bigint;
  /** Lots by symbol index; holes are 0. */
  readonly shares: readonly (number | undefined)[];
  readonly sharesPaidIn: readonly (number | undefined)[];
}
