// The worst moment to die. The trading engine has published what an order led to, and the log has it;
// but the engine dies before it has committed the order as done. Its successor cannot know: it folds the
// order again and publishes the same fills once more. They carry the same ids and the same sequence
// numbers, so those who receive them know them for repeats. One trade, though it stands in the log twice.
//
// Then see it for yourself: deno task step, and n for the next failure. docs/teaching.md walks through it.
//
// Try: moment "before" (nothing was published, so there is nothing to repeat), or call "commit".
import { scenario } from "../mod.ts";

export default scenario("crash_before_commit", {
  teaches:
    "Why a crash between publish and commit changes nothing: what is published again carries " +
    "the same ids, and whoever receives it twice takes it once.",
  seed: 7,
  symbols: [{ symbol: "AAPL", price: 189.5 }],
  accounts: { count: 4 },
  flow: { mix: { limit: 40, market: 60 } },
  phases: [
    { name: "quiet floor", kind: "constant", ratePerSecond: 20, duration: "4s" },
  ],
  faults: [
    { when: { call: "publish", moment: "after", nth: 12 }, crash: "trading-engine-0" },
  ],
  thresholds: {
    "orders.lost": "==0",
    "fills": ">0",
    "restarts": "==1",
    "faults.missed": "==0",
    "lag": "==0",
  },
  invariants: "all",
});
