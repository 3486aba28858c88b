// The log is gone in mid-burst, for 20 seconds: every connection to every broker is cut, and new ones
// are refused. Users keep sending (load is an open model), so what they meant to send waits in their
// programs; the floor's actors wait too, join their groups again when the log is back, and work off
// what came meanwhile. Nobody restarts anything.
//
// Mind the stamps. The gateway decides by the time at which the log received an order, so 20 seconds'
// orders come to it at one moment, and the rate limit, which allows each user 6 orders a second here,
// refuses most of them: it judges when the log received them, not when they were meant to be sent.
// Latency counts from the intended time, so p99 and max show the outage at its full length.
//
// With --brokers HOST:PORT real connections to real brokers are cut. The embedded log is a file, to which
// nothing leads that could be cut: there each actor's own handle of the log is made to find it gone.
// What the actors go through is the same, and so is what must come of it.
import { scenario } from "../mod.ts";

export default scenario("broker_outage", {
  teaches:
    "What happens when the log is out of reach for 20 seconds in mid-burst: nothing acknowledged is " +
    "lost, nothing is done twice, and the floor goes on by itself.",
  seed: 2012,
  symbols: ["AAPL", "IBM", "MSFT"],
  accounts: { count: 60 },
  actors: { "order-gateway": 2, "trading-engine": 2 },
  limits: { ordersPerSecond: 6, orderBurst: 20 },
  phases: [
    { name: "before", kind: "constant", ratePerSecond: 120, duration: "3s" },
    { name: "burst", kind: "burst", ratePerSecond: 300, duration: "4s" },
    { name: "unaware", kind: "constant", ratePerSecond: 120, duration: "18s" },
    { name: "after", kind: "constant", ratePerSecond: 120, duration: "5s" },
  ],
  faults: [
    { at: { phase: "burst", plus: "2s" }, cut: "log", for: "20s" },
  ],
  thresholds: {
    "log.outages": ">=1",
    "faults.missed": "==0",
    "orders.lost": "==0",
    "fills": ">0",
    "rejected.rate-limited": ">0",
    // Latency counts from the intended time, so the outage is in it, and little besides.
    "answer.max": "<60s",
    "lag": "==0",
  },
});
