// A calm first session. Look at the report's shape before you load or break anything: every order has
// exactly one answer, most of them within a few milliseconds, and nothing is left over at the end.
//
// Try: deno task sim scenarios/opening_bell.ts --rate 1000
import { scenario } from "../mod.ts";

export default scenario("opening_bell", {
  teaches: "What a quiet session looks like when nothing goes wrong. Twenty users trade three " +
    "shares; the market opens, trades for a while, and closes.",
  seed: 930,
  symbols: [
    { symbol: "AAPL", price: 189.5 },
    { symbol: "MSFT", price: 411.2 },
    { symbol: "IBM", price: 185.75 },
  ],
  accounts: { count: 20, cash: 1_000_000, holdings: 5_000 },
  // A minute of trading passes in a second: prices move little, and orders rest in the books.
  market: { model: { kind: "gbm", timeScale: 60 } },
  phases: [
    { name: "opening", kind: "ramp", fromPerSecond: 20, toPerSecond: 200, duration: "1s" },
    { name: "trading", kind: "constant", ratePerSecond: 200, duration: "3s" },
    { name: "closing", kind: "ramp", fromPerSecond: 200, toPerSecond: 0, duration: "1s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "answer.p99": "<2s",
    "fills": ">0",
    "restarts": "==0",
    "dead-letters": "==0",
    "lag": "==0",
  },
});
