// Kill the actors that matter most while orders come in. The engine throws, the gateway's thread is
// ended from outside, and the producer dies between an intent and its order. Each comes back from its
// last snapshot, folds what came after it, and goes on: what it says again carries the same ids, and
// its readers know it for a repeat.
//
// Look in the report at the restarts, at p99 and max (orders waited for the actor to come back), and at
// the invariants, which must hold as if nothing had happened.
import { scenario } from "../mod.ts";

export default scenario("worker_crash", {
  teaches:
    "What happens when actors die in mid-session: they come back, and nothing is lost or done " +
    "twice. An engine, a gateway and a producer are killed, one after the other.",
  seed: 13,
  symbols: ["AAPL", "MSFT", "IBM"],
  accounts: { count: 50 },
  actors: { "order-gateway": 2, "trading-engine": 2 },
  phases: [
    { name: "warm-up", kind: "constant", ratePerSecond: 200, duration: "1s" },
    { name: "deaths", kind: "constant", ratePerSecond: 400, duration: "4s" },
    { name: "healing", kind: "constant", ratePerSecond: 100, duration: "2s" },
  ],
  faults: [
    { at: { phase: "deaths", plus: "500ms" }, crash: "trading-engine-0" },
    { at: { phase: "deaths", plus: "1500ms" }, terminate: "order-gateway-0" },
    { at: { phase: "deaths", plus: "2500ms" }, crash: "order-command-producer-0" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "restarts": ">=3",
    "faults.missed": "==0",
    "fills": ">0",
    "lag": "==0",
  },
});
