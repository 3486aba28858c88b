import assert from "node:assert/strict";
import fc from "fast-check";
import { TokenBucket } from "../../../actors/order_gateway/token_bucket.ts";

/** Drips a thousandth part of the rate every millisecond, one by one. */
class DrippingBucket {
  #drops: bigint;
  #at = 0;
  readonly #rate: bigint;
  readonly #size: bigint;

  constructor(ordersPerSecond: number, orderBurst: number) {
    this.#rate = BigInt(ordersPerSecond);
    this.#size = 1000n * BigInt(orderBurst);
    this.#drops = this.#size;
  }

  take(now: number): boolean {
    for (; this.#at < now; this.#at++) {
      this.#drops += this.#rate;
      if (this.#drops > this.#size) this.#drops = this.#size;
    }
    if (this.#drops < 1000n) return false;
    this.#drops -= 1000n;
    return true;
  }
}

Deno.test("TokenBucket.take() grants what a bucket dripping every millisecond grants", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 5_000 }),
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 200, size: "max" }),
    (ordersPerSecond, orderBurst, waits) => {
      const limits = { ordersPerSecond, orderBurst };
      let bucket = TokenBucket.full(limits, 0);
      const reference = new DrippingBucket(ordersPerSecond, orderBurst);
      let now = 0;
      for (const wait of waits) {
        now += wait;
        assert.equal(bucket.take(limits, now), reference.take(now), `at ${now} ms`);
        const { millitokens, refilledAt } = bucket;
        bucket = new TokenBucket({ millitokens, refilledAt });
      }
    },
  ));
});

Deno.test("TokenBucket.take() never refuses an order exactly at the rate", () => {
  for (const ordersPerSecond of [1, 4, 10, 125, 1_000]) {
    const limits = { ordersPerSecond, orderBurst: 1 };
    const bucket = TokenBucket.full(limits, 1_700_000_000_000);
    for (let i = 0; i < 5_000; i++) {
      const now = 1_700_000_000_000 + i * 1_000 / ordersPerSecond;
      assert.equal(bucket.take(limits, now), true, `${ordersPerSecond} a second, order ${i}`);
      assert.equal(bucket.take(limits, now), false, "and not one more");
    }
  }
});
