// An engine that crashes four times a second, whenever it is there, until the floor gives up.
import { scenario } from "../../../mod.ts";

export default scenario("doomed", {
  teaches: "What is kept of a run whose floor gives up in virtual time.",
  seed: 9,
  symbols: ["AAPL"],
  accounts: { count: 5 },
  phases: [{ name: "only", kind: "constant", ratePerSecond: 50, duration: "60s" }],
  faults: Array.from({ length: 240 }, (_, n) => ({
    at: n * 250,
    crash: "trading-engine-0",
  })),
});
