// An order id is an idempotency key. A client that heard no answer may send its order again: the same
// id with the same body takes effect once and gets its first answer again, marked as a duplicate. The
// same id with another body is a mistake, and is refused as id-conflict.
//
// Look in the report at "duplicate" and "id-conflict", and at the invariant duplicates-inert.
import { scenario } from "../mod.ts";

export default scenario("duplicate_orders", {
  teaches: "Why sending twice is safe: an order id is an idempotency key. Nearly half of all " +
    "messages are resent here, and not one share changes hands twice.",
  seed: 1002,
  symbols: [{ symbol: "GOOGL", price: 142.3 }, { symbol: "AAPL", price: 189.5 }],
  accounts: { count: 30 },
  flow: { mix: { limit: 45, market: 10, duplicate: 35, conflict: 10 } },
  phases: [
    { name: "nervous clients", kind: "constant", ratePerSecond: 300, duration: "4s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "orders.duplicates": ">=300",
    "rejected.id-conflict": ">=60",
    "restarts": "==0",
    "lag": "==0",
  },
  invariants: "all",
});
