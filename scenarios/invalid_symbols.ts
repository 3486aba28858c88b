// The gateway never trusts a producer. An order for a share that is not listed, with a price off the
// tick, without a quantity: each is refused with a reason of its own and changes nothing. Bytes that
// are no message at all cannot be answered, since nobody knows whose they are: they are kept as dead
// letters, with the place they came from.
//
// Look in the report at the reasons, at the dead letters, and at the invariant rejects-inert.
import { scenario } from "../mod.ts";

export default scenario("invalid_symbols", {
  teaches:
    "What becomes of orders that make no sense: every one is refused with its reason. What " +
    "is no message at all goes to the dead letters, and the floor trades on.",
  seed: 1003,
  symbols: ["AAPL", { symbol: "MSFT", price: 411.2, tickSize: 0.05 }],
  accounts: { count: 30 },
  flow: { mix: { limit: 50, market: 10, invalidSymbol: 25, invalidField: 10, malformed: 5 } },
  phases: [
    { name: "confusion", kind: "constant", ratePerSecond: 300, duration: "4s" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "rejected.unknown-symbol": ">=200",
    "rejected.off-tick": ">0",
    "rejected.invalid-quantity": ">0",
    "rejected.invalid-side": ">0",
    "dead-letters": ">0",
    "fills": ">0",
    "restarts": "==0",
    "lag": "==0",
  },
});
