// Each user has a token bucket at the gateway: twenty orders at once, then twenty a second. One user
// floods the floor; what is too much of it is refused as rate-limited, and nobody else notices. An
// order that was refused so has not used its id, so it may be sent again later.
//
// Time is the log's: the bucket is filled by the stamps that the log gave the records, so the same log
// always gives the same refusals.
import { scenario } from "../mod.ts";

export default scenario("rate_limit", {
  teaches:
    "How one user's flood is held back without harm to the others. Its orders above the limit " +
    "are refused as rate-limited; everyone else trades at the usual latency.",
  seed: 77,
  symbols: ["AAPL", "MSFT"],
  accounts: { count: 100 },
  limits: { ordersPerSecond: 20, orderBurst: 20 },
  flow: {
    mix: { limit: 35, market: 5, cancel: 10, flood: 50 },
    floodingUser: "user-1",
  },
  phases: [
    { name: "quiet", kind: "constant", ratePerSecond: 50, duration: "1s" },
    { name: "flood", kind: "burst", ratePerSecond: 800, duration: "3s" },
    { name: "quiet again", kind: "constant", ratePerSecond: 50, duration: "1s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "rejected.rate-limited": ">=500",
    "orders.placed": ">=500",
    "restarts": "==0",
    "lag": "==0",
  },
});
