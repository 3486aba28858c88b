// Partitions are the unit of parallelism: the instances of a group share them, and when one joins or
// leaves they move. A partition's new owner loads its snapshot, folds the rest and goes on where the
// old one had committed; a commit that comes too late is refused.
//
// Look at events.ndjson in the run's folder: "assigned", "revoked" and "recovered" tell which partition
// went where. In the report, nothing of it may be seen but a little latency.
import { scenario } from "../mod.ts";

export default scenario("rebalance", {
  teaches:
    "How partitions move when instances join and leave. Engines and gateways come and go under " +
    "load, and every order still has exactly one answer.",
  seed: 31,
  symbols: ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"],
  accounts: { count: 60 },
  actors: { "order-gateway": 1, "trading-engine": 2 },
  phases: [
    { name: "before", kind: "constant", ratePerSecond: 200, duration: "1s" },
    { name: "joining", kind: "constant", ratePerSecond: 300, duration: "2s" },
    { name: "leaving", kind: "constant", ratePerSecond: 300, duration: "2s" },
    { name: "after", kind: "constant", ratePerSecond: 200, duration: "1s" },
  ],
  events: [
    // Whoever joins takes the next number: trading-engine-2 and order-gateway-1.
    { at: { phase: "joining", plus: "200ms" }, join: "trading-engine" },
    { at: { phase: "joining", plus: "1s" }, join: "order-gateway" },
    { at: { phase: "leaving", plus: "200ms" }, leave: "trading-engine-0" },
    { at: { phase: "leaving", plus: "1s" }, leave: "order-gateway-0" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "fills": ">0",
    "restarts": "==0",
    "lag": "==0",
  },
});
