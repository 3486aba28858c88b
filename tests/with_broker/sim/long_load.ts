// A small load for longer than anybody watches. For a test that ends its run.
import { scenario } from "../../../mod.ts";

export default scenario("long_load", {
  teaches: "What an end before its time looks like.",
  seed: 12,
  symbols: ["AAPL"],
  accounts: { count: 10 },
  phases: [{ name: "all", kind: "constant", ratePerSecond: 20, duration: "10m" }],
});
