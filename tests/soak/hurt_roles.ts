// Every role of the floor, both producers too, is crashed, ended and hung at times that the seed draws.
import { scenario } from "../../mod.ts";
import { SOAK_FLOOR } from "./soak_floor.ts";

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
  ...SOAK_FLOOR,
  market: { ticksPerSecond: 20, model: { kind: "gbm" } },
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
