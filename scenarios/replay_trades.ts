// Real trades as market data, from a file of your own. Binance publishes its trades as CSV files, a day
// or a month each: https://data.binance.vision. The file is streamed, so its size does not matter; rows
// that cannot be read are counted, named with their line, and skipped.
//
//   deno task sim scenarios/replay_trades.ts --prices BTCUSDT-trades-2024-08-08.csv
//   deno task sim scenarios/replay_trades.ts --prices ETHUSDT-trades-2024-08-08.csv --symbol ETHUSDT --speed 20
import { scenario } from "../mod.ts";

export default scenario("replay_trades", {
  teaches: "How to drive the floor by a file of real trades. It is replayed at its own pace or N " +
    "times faster, and users trade around it.",
  seed: 2024,
  symbols: [{ symbol: "BTCUSDT", tickSize: 0.01, lotSize: 0.001 }],
  accounts: { count: 40, cash: 10_000_000, holdings: 100 },
  market: { maxPerSecond: 20_000, model: { kind: "replay", format: "binance-trades" } },
  flow: { meanLots: 50, maxLots: 1_000, meanOffsetTicks: 200 },
  phases: [
    { name: "replay", kind: "constant", ratePerSecond: 200, duration: "10s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "fills": ">0",
    "restarts": "==0",
    "lag": "==0",
  },
});
