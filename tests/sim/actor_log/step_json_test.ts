import assert from "node:assert/strict";
import { jsonLine } from "../../../sim/actor_log/json_line.ts";
import type { Step } from "../../../sim/actor_log/step.ts";
import { stepJson, stepLine } from "../../../sim/actor_log/step_json.ts";
import type { Ladder, LadderLevel } from "../../../sim/actor_log/views/state_view.ts";

const DECISION = { headline: "Bought \u202e7.", reasons: ["Because.", "And so."] };
const CONTEXT = { rank: 7, startedAt: 1_000, decision: DECISION };

const LEVEL: LadderLevel = {
  priceTicks: 170,
  lots: 7,
  orderCount: 2,
  orders: [
    { orderNumber: 1, userId: `eve\u009b"`, orderId: "a\u2028", lots: 3 },
    { orderNumber: 2, userId: "bob", orderId: "b", lots: 4 },
  ],
};

function ladderOf(levels: Partial<Ladder>): Ladder {
  const sizes = { symbol: "AAPL\u0085", tickSize: 0.01, lotSize: 1 };
  return { ...sizes, bids: [], asks: [], hiddenBids: 0, hiddenAsks: 3, ...levels };
}

function stepWith(views: Pick<Step, "before" | "after">): Step {
  return {
    actor: "trading-engine",
    owner: { actor: "trading-engine-0", incarnation: 1 },
    record: {
      place: { topic: "orders", partition: 0, offset: 3 },
      timestamp: 1_234,
      key: `,"before":null,"after":null,`,
      headers: { "before": "1" },
      text: "{}",
      bytes: 2,
      message: null,
      malformed: "no message",
    },
    outcome: "applied",
    sent: [],
    findings: [{
      actor: null,
      place: { topic: "orders", partition: 0, offset: 3 },
      found: null,
      what: "\u0007",
    }],
    ...views,
  };
}

Deno.test("stepLine() is stepJson() as jsonLine() writes it, with ladders and without", () => {
  const value = { trades: 1, order: `not "in" the book\u200b` };
  const plain = { subject: "book AAPL", value };
  const views = [
    null,
    plain,
    { ...plain, ladder: ladderOf({}) },
    { ...plain, ladder: ladderOf({ bids: [LEVEL], asks: [{ ...LEVEL, lots: 9 }, LEVEL] }) },
  ];
  for (const before of views) {
    for (const after of views) {
      const step = stepWith({ before, after });
      for (const _ of ["made", "kept"]) {
        assert.equal(stepLine(step, CONTEXT), jsonLine(stepJson(step, CONTEXT)));
      }
    }
  }
});
