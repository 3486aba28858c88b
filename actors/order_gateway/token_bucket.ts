/**
 * How many orders a user may send: a token bucket in log time.
 *
 * @module
 */

/** Long-run rate and burst of a bucket. */
export interface BucketLimits {
  readonly ordersPerSecond: number;
  readonly orderBurst: number;
}

/**
 * Counts thousandths of a token: with a whole rate and whole milliseconds every step is an integer, so
 * that an order exactly at the rate is never refused for a rounding error.
 */
const PER_TOKEN = 1000;

/** Starts full. */
export class TokenBucket {
  #millitokens: number;
  #refilledAt: number;

  constructor(state: { readonly millitokens: number; readonly refilledAt: number }) {
    this.#millitokens = state.millitokens;
    this.#refilledAt = state.refilledAt;
  }

  static full(limits: BucketLimits, now: number): TokenBucket {
    return new TokenBucket({ millitokens: limits.orderBurst * PER_TOKEN, refilledAt: now });
  }

  /** Takes a token if one is there. `now` (milliseconds) never steps back. */
  take(limits: BucketLimits, now: number): boolean {
    this.#millitokens = Math.min(
      limits.orderBurst * PER_TOKEN,
      this.#millitokens + (now - this.#refilledAt) * limits.ordersPerSecond,
    );
    this.#refilledAt = now;
    if (this.#millitokens < PER_TOKEN) return false;
    this.#millitokens -= PER_TOKEN;
    return true;
  }

  get millitokens(): number {
    return this.#millitokens;
  }

  get refilledAt(): number {
    return this.#refilledAt;
  }
}
