// Every role of the floor, both producers too, is crashed, ended and hung at times that the seed draws.
import { scenario } from "../../mod.ts";

const CONSUMERS = [
  "order-gateway",
  "trading-engine",
  "portfolio-manager",
  "notifier",
  "audit-logger",
] as const;
const PRODUCERS = ["order-command-producer", "market-data-producer"] as const;

/** From the first orders until they fade. */
const AT = { between: ["300ms", "8500ms"] as [string, string] };

export default scenario("hurt_roles", {
  teaches: "That any actor may die at any moment.",
  seed: 1,
  symbols: ["AAPL", "AMZN", "GOOG", "IBM"],
  accounts: { count: 100, cash: 2_000_000, holdings: 10_000 },
  actors: { "order-gateway": 2, "trading-engine": 2, "order-command-producer": 2 },
  market: { ticksPerSecond: 20, model: { kind: "gbm" } },
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
    { name: "burst", kind: "burst", ratePerSecond: 1_500, duration: "2s" },
    { name: "breath", kind: "constant", ratePerSecond: 100, duration: "3s" },
    { name: "fading", kind: "ramp", fromPerSecond: 800, toPerSecond: 50, duration: "2s" },
  ],
  faults: [
    ...CONSUMERS.map((crash) => ({ at: AT, crash })),
    ...CONSUMERS.map((terminate) => ({ at: AT, terminate: `${terminate}-0` })),
    { at: AT, hang: "order-gateway-0", for: "1500ms" },
    { at: AT, hang: "trading-engine-1", for: "1500ms" },
    ...PRODUCERS.map((role) => ({ at: AT, crash: `${role}-0` })),
    ...PRODUCERS.map((role) => ({ at: AT, terminate: `${role}-0` })),
    { at: AT, crash: "order-command-producer-1" },
    { at: AT, hang: "order-command-producer-1", for: "1500ms" },
  ],
});
