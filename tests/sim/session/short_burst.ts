// A few seconds of everything: calm, a burst, calm, two traders, mistakes and resends. For tests that
// end its process in the middle.
import { scenario } from "../../../mod.ts";

export default scenario("short_burst", {
  teaches: "That a run goes on where its process was killed.",
  seed: 77,
  symbols: ["AAPL", "GOOG", "IBM"],
  accounts: { count: 60, cash: 1_000_000, holdings: 5_000 },
  actors: { "order-gateway": 2, "order-command-producer": 2 },
  market: { ticksPerSecond: 10, model: { kind: "gbm" } },
  flow: {
    mix: { limit: 55, market: 12, cancel: 18, duplicate: 8, conflict: 2, invalidSymbol: 5 },
  },
  phases: [
    { name: "calm", kind: "constant", ratePerSecond: 200, duration: "500ms" },
    { name: "burst", kind: "burst", ratePerSecond: 1_200, duration: "1s" },
    { name: "fading", kind: "ramp", fromPerSecond: 600, toPerSecond: 50, duration: "1s" },
  ],
});
