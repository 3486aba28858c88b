// Bursts and breaths for some seconds, for a process that is killed again and again meanwhile.
import { scenario } from "../../mod.ts";

export default scenario("soak_burst", {
  teaches: "That a run may be killed at any moment, as often as one likes.",
  seed: 1,
  symbols: ["AAPL", "AMZN", "GOOG", "IBM"],
  accounts: { count: 100, cash: 2_000_000, holdings: 10_000 },
  actors: { "order-gateway": 2, "trading-engine": 2, "order-command-producer": 2 },
  market: { ticksPerSecond: 10, model: { kind: "gbm" } },
  flow: {
    mix: {
      limit: 52,
      market: 12,
      cancel: 18,
      duplicate: 8,
      conflict: 3,
      invalidSymbol: 5,
      malformed: 2,
    },
  },
  phases: [
    { name: "calm", kind: "constant", ratePerSecond: 200, duration: "2s" },
    { name: "burst", kind: "burst", ratePerSecond: 2_500, duration: "2s" },
    { name: "breath", kind: "constant", ratePerSecond: 100, duration: "2s" },
    { name: "second burst", kind: "burst", ratePerSecond: 2_500, duration: "2s" },
    { name: "fading", kind: "ramp", fromPerSecond: 800, toPerSecond: 50, duration: "2s" },
  ],
  events: [
    { at: "1s", join: "trading-engine" },
    { at: "5s", leave: "trading-engine-0" },
  ],
  faults: [{ at: "3s", crash: "order-command-producer-1" }],
});
