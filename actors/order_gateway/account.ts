/**
 * One user's account: what is there, and how much of it is spoken for by live orders.
 *
 * @module
 */

import type { GatewayLimits } from "../../kafka/messages/mod.ts";
import { type Hash64, Hasher } from "./hash64.ts";
import { Idempotency } from "./idempotency.ts";
import { TokenBucket } from "./token_bucket.ts";

/** What an account is made of. */
interface AccountParts {
  readonly userId: string;
  readonly index: number;
  /** How many symbols there are. */
  readonly symbols: number;
  readonly bucket: TokenBucket;
  readonly memory: Idempotency;
}

/**
 * Cash in units, holdings in lots by instrument index; reserved lots are a part of those held.
 *
 * Of cash, only what is free counts here; what is reserved, each live order knows. What is free is
 * never more than the floor's cash. Free and reserved together may be: the proceeds of a sale may
 * arrive, from another engine, and be reserved anew, before the engine that owes an earlier purchase
 * has said so.
 */
export class Account {
  readonly userId: string;
  /** Its place among the accounts of the partition, from 0. */
  readonly index: number;
  /** The hash of the user's id, from which fingerprints are made. */
  readonly hash: Hash64;
  readonly bucket: TokenBucket;
  readonly memory: Idempotency;
  liveOrders = 0;
  availableCash = 0;
  /** What live buys reserve, summed up to be shown. Nothing decides by it, and snapshots leave it out. */
  reservedCash = 0;
  readonly holdings: Float64Array;
  readonly reservedLots: Float64Array;

  constructor(parts: AccountParts) {
    this.userId = parts.userId;
    this.index = parts.index;
    this.hash = new Hasher().text(parts.userId).finish();
    this.bucket = parts.bucket;
    this.memory = parts.memory;
    this.holdings = new Float64Array(parts.symbols);
    this.reservedLots = new Float64Array(parts.symbols);
  }

  /** An empty account with a full bucket. */
  static open(
    place: Pick<AccountParts, "userId" | "index" | "symbols">,
    limits: GatewayLimits,
    now: number,
  ): Account {
    const bucket = TokenBucket.full(limits, now);
    return new Account({ ...place, bucket, memory: new Idempotency(limits) });
  }

  availableLots(index: number): number {
    return this.holdings[index]! - this.reservedLots[index]!;
  }
}
