// What needs virtual time, or would take long in real time.
import { scenario } from "../../../mod.ts";

export default scenario("short_virtual_chaos", {
  teaches: "That the same words hold in virtual time, and one more.",
  seed: 78,
  symbols: ["AAPL", "GOOG"],
  accounts: { count: 20 },
  partitions: 2,
  actors: { "trading-engine": 2 },
  phases: [{ name: "trade", kind: "constant", ratePerSecond: 30, duration: "11s" }],
  events: [{ at: "8s", leave: "trading-engine-1" }],
  faults: [
    { at: "500ms", outOfMemory: "order-gateway-0" },
    { at: "1s", hang: "trading-engine orders/0", for: "8s" },
    { at: "2s", fillDisk: "log", for: "100ms" },
    { at: "4s", delay: "log", by: "30ms", for: "1s" },
    { at: "5s", redeliver: "order-commands", records: 20 },
    { when: { event: "snapshot", actor: "trading-engine-1" }, loseSnapshot: "trading-engine" },
    { at: "9s", crash: "trading-engine" },
    { at: "9s", poisonFold: "order-commands" },
    { at: "10s", stall: "orders/1", for: "500ms" },
  ],
});
