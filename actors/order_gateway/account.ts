/**
 * One user's account: what is there, and how much of it is spoken for by live orders.
 *
 * @module
 */

import type { GatewayLimits } from "../../kafka/messages/mod.ts";
import { type Hash64, Hasher } from "./hash64.ts";
import { Idempotency } from "./idempotency.ts";
import type { LiveOrder } from "./live_orders.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What an account is made of. */
interface AccountParts {
  readonly bucket: TokenBucket;
  readonly memory: Idempotency;
}

/** Cash in units, holdings in lots by instrument index. Reserved is a part of what is there. */
export class Account {
  readonly userId: string;
  /** The hash of the user's id, from which fingerprints are made. */
  readonly hash: Hash64;
  readonly bucket: TokenBucket;
  readonly memory: Idempotency;
  /** Live orders by order id. */
  readonly live = new Map<string, LiveOrder>();
  cash = 0;
  reservedCash = 0;
  readonly holdings: Float64Array;
  readonly reservedLots: Float64Array;

  constructor(userId: string, symbols: number, parts: AccountParts) {
    this.userId = userId;
    this.hash = new Hasher().text(userId).finish();
    this.bucket = parts.bucket;
    this.memory = parts.memory;
    this.holdings = new Float64Array(symbols);
    this.reservedLots = new Float64Array(symbols);
  }

  /** An empty account with a full bucket. */
  static open(userId: string, symbols: number, limits: GatewayLimits, now: number): Account {
    const bucket = TokenBucket.full(limits, now);
    return new Account(userId, symbols, { bucket, memory: new Idempotency(limits) });
  }

  get availableCash(): number {
    return this.cash - this.reservedCash;
  }

  availableLots(index: number): number {
    return this.holdings[index]! - this.reservedLots[index]!;
  }
}
