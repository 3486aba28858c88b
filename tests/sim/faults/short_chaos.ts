// Faults of every manner in three seconds, and one that never comes. For a test with real workers.
import { scenario } from "../../../mod.ts";

export default scenario("short_chaos", {
  teaches: "That faults befall actors in workers of their own.",
  seed: 77,
  symbols: ["AAPL", "GOOG"],
  accounts: { count: 20 },
  partitions: 2,
  actors: { "order-command-producer": 2 },
  phases: [{ name: "trade", kind: "constant", ratePerSecond: 120, duration: "3s" }],
  faults: [
    { when: { call: "publish", moment: "after", nth: 3 }, crash: "order-gateway-0" },
    { at: { between: ["200ms", "1s"] }, terminate: "order-command-producer-1" },
    { at: "300ms", duplicate: "orders" },
    { after: { records: 30, topic: "notifications" }, rebalance: "portfolio-manager" },
    { at: "500ms", poison: "orders" },
    { at: "600ms", zombie: "trading-engine orders/1", for: "300ms" },
    { when: { event: "fault", actor: "trading-engine" }, pause: "notifier", for: "200ms" },
    { at: "1s", cut: "log", for: "300ms" },
    { at: "1s", jumpClock: "market-data-producer-0", by: "-10s" },
    { at: "1500ms", loseAck: "log" },
    { when: { event: "give-up" }, crash: "trading-engine-0" },
  ],
});
