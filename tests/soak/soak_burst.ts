// Bursts and breaths for some seconds, for a process that is killed again and again meanwhile.
import { scenario } from "../../mod.ts";
import { SOAK_FLOOR } from "./soak_floor.ts";

export default scenario("soak_burst", {
  teaches: "That a run may be killed at any moment, as often as one likes.",
  ...SOAK_FLOOR,
  market: { ticksPerSecond: 10, model: { kind: "gbm" } },
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
