// Ten years of real closes in ten seconds: AAPL, MSFT, AMZN, IBM and GOOG, January 2000 to March 2010,
// with the end of the dot-com bubble and the autumn of 2008 in it. The closes are real; the steps
// between two of them are drawn as a Brownian bridge that must end in the next close. Users price their
// orders around what the market did, so the books follow it.
//
// GOOG was first listed in August 2004: its closes begin there.
import { scenario } from "../mod.ts";

export default scenario("real_prices", {
  teaches:
    "How the floor follows a market that really happened. Five shares' monthly closes from " +
    "2000 to 2010 drive the prices around which users trade.",
  seed: 2000,
  symbols: ["AAPL", "MSFT", "AMZN", "IBM", "GOOG"],
  accounts: { count: 80, cash: 5_000_000, holdings: 20_000 },
  market: {
    // 122 months of 10 prices each, at 120 a second: ten seconds and a bit.
    ticksPerSecond: 120,
    model: { kind: "closes", file: "prices/monthly_closes.csv", stepsPerClose: 10 },
  },
  flow: { mix: { limit: 60, market: 20, cancel: 18, deposit: 2 }, marketableShare: 0.3 },
  phases: [
    { name: "2000 to 2010", kind: "constant", ratePerSecond: 300, duration: "10s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "fills": ">0",
    "restarts": "==0",
    "lag": "==0",
  },
});
