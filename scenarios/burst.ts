// Load comes in bursts, and users make mistakes: some press the button twice, some ask for a share
// that does not exist. An open model keeps sending however far the floor is behind, and latency counts
// from the time at which an order was meant to be sent: so a burst shows up in p99, not in a lower
// rate. Prices start from real closes of the autumn of 2008.
//
// Try: --rate 8000, and see where the queue forms. Then --instances trading-engine=1,order-gateway=1.
import { scenario } from "../mod.ts";

const FILE = "prices/monthly_closes.csv";
const closes = { kind: "closes", file: FILE, from: "2008-09-01", stepsPerClose: 10 } as const;

export default scenario("burst", {
  teaches:
    "How a floor takes bursts: queues grow, latency with them, and nothing is lost. Resent " +
    "orders take effect once, and orders for shares that nobody lists are refused.",
  seed: 2008,
  symbols: ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"],
  accounts: { count: 200, cash: 5_000_000, holdings: 20_000 },
  actors: { "order-gateway": 2, "trading-engine": 2 },
  market: { ticksPerSecond: 20, model: closes },
  flow: {
    mix: { limit: 55, market: 12, cancel: 18, duplicate: 8, conflict: 2, invalidSymbol: 5 },
  },
  phases: [
    { name: "calm", kind: "constant", ratePerSecond: 200, duration: "1500ms" },
    { name: "first burst", kind: "burst", ratePerSecond: 2_000, duration: "1s" },
    { name: "breath", kind: "silence", duration: "500ms" },
    { name: "recovery", kind: "constant", ratePerSecond: 300, duration: "1500ms" },
    { name: "second burst", kind: "burst", ratePerSecond: 3_000, duration: "1s" },
    { name: "fading", kind: "ramp", fromPerSecond: 1_000, toPerSecond: 50, duration: "2s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "answer.p99": "<5s",
    "throughput": ">=100/s",
    "orders.duplicates": ">0",
    "rejected.unknown-symbol": ">0",
    "rejected.id-conflict": ">0",
    "restarts": "==0",
    "lag": "==0",
  },
});
