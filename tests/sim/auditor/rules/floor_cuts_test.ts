import assert from "node:assert/strict";
import { DEFAULT_GATEWAY_LIMITS, type SettleFill } from "../../../../kafka/messages/mod.ts";
import type { Derived } from "../../../../sim/auditor/derived_messages.ts";
import { Evidence } from "../../../../sim/auditor/evidence/evidence.ts";
import { FloorFacts } from "../../../../sim/auditor/evidence/floor_facts.ts";
import { FloorTotals } from "../../../../sim/auditor/evidence/floor_totals.ts";
import { Findings } from "../../../../sim/auditor/findings.ts";
import { AuditMemory } from "../../../../sim/auditor/memory/audit_memory.ts";
import { TextPrints } from "../../../../sim/auditor/reading/text_prints.ts";
import { FloorCuts } from "../../../../sim/auditor/rules/floor_cuts.ts";
import type { LogRecord } from "../../../../kafka/event_log.ts";

interface Step {
  readonly paidIn?: number;
  readonly sharesPaidIn?: number;
  /** What a settlement moves, and the offset in `orders` that it follows from. */
  readonly settles?: { readonly cash: number; readonly lots: number; readonly from: number };
}

/** One trade of 5 lots at 10, whose legs are in two partitions, one record each way at a time. */
function verdictOver(partitions: readonly (readonly Step[])[], paidIn = 5) {
  const ends = new Map([
    ["order-commands", partitions.map(({ length }) => length)],
    ["orders", [2]],
  ]);
  using memory = new AuditMemory();
  const evidence = new Evidence({ openFloor: false, ends, memory });
  evidence.facts = new FloorFacts({
    foldVersions: {},
    partitions: {},
    symbols: [{ symbol: "AAPL", tickSize: 1, lotSize: 1 }],
    cashDecimals: 0,
    limits: DEFAULT_GATEWAY_LIMITS,
  });
  const row = evidence.trades.add(new TextPrints());
  evidence.trades.symbol.set(row, 1);
  evidence.trades.priceTicks.set(row, 10);
  evidence.trades.lots.set(row, paidIn);
  const findings = new Findings({ drained: true });
  const totals = new FloorTotals();
  const cuts = new FloorCuts({ evidence, findings }, totals);
  cuts.onPartition("orders", 0);
  partitions.forEach((steps, partition) => {
    cuts.onPartition("order-commands", partition);
    steps.forEach((step, offset) => {
      const at = { topic: "order-commands", partition, offset };
      if (step.paidIn !== undefined) totals.payInCash(step.paidIn);
      if (step.sharesPaidIn !== undefined) totals.payInShares(0, step.sharesPaidIn);
      if (step.settles !== undefined) {
        const { cash, lots, from } = step.settles;
        const origin = { topic: "orders", partition: 0, offset: from, index: 0 };
        // Only the places are looked at.
        cuts.onSettlement({ record: at, origin } as unknown as Derived<SettleFill>);
        totals.trade(0, { cash, lots });
        (lots > 0 ? evidence.trades.buySettleAt : evidence.trades.sellSettleAt).set(row, at);
      }
      cuts.afterCommandRecord(at as unknown as LogRecord); // only the place is looked at
    });
  });
  cuts.finish();
  return findings.verdicts().find(({ rule }) => rule === "conservation")!;
}

const BUYS: Step = { settles: { cash: -50, lots: 5, from: 1 } };
const SELLS: Step = { settles: { cash: 50, lots: -5, from: 1 } };
const IDLE: Step = {};

Deno.test("FloorCuts counts a leg in flight at every cut between the two settlements", () => {
  const late = [{ sharesPaidIn: 9 }, IDLE, IDLE, IDLE, IDLE, IDLE, SELLS];
  const verdict = verdictOver([[{ paidIn: 100 }, BUYS, IDLE, IDLE, IDLE, IDLE, IDLE], late]);
  assert.equal(verdict.status, "held");
  assert.ok(verdict.checked > 8, "too few cuts");
});

Deno.test("FloorCuts takes a leg that never comes for one in flight", () => {
  const verdict = verdictOver([[{ paidIn: 100 }, BUYS], [{ sharesPaidIn: 9 }, IDLE]]);
  assert.equal(verdict.status, "held");
});

Deno.test("FloorCuts finds cash that appears, and names the cut", () => {
  const more: Step = { settles: { cash: 51, lots: -5, from: 1 } };
  const verdict = verdictOver([[{ paidIn: 100 }, BUYS], [{ sharesPaidIn: 9 }, more]]);
  assert.equal(verdict.status, "violated");
  assert.match(
    verdict.counterexample!.text,
    /at the cut before order-commands 0\/\d, 1\/\d: accounts hold 101 cash units .* 100 were paid in/,
  );
});

Deno.test("FloorCuts finds shares that vanish", () => {
  const fewer: Step = { settles: { cash: -50, lots: 4, from: 1 } };
  const verdict = verdictOver([[{ paidIn: 100 }, fewer], [{ sharesPaidIn: 9 }, SELLS]]);
  assert.match(
    verdict.counterexample!.text,
    /accounts hold 8 lots of AAPL and 0 are in flight, but 9/,
  );
});

Deno.test("FloorCuts finds what is wrong only for a while", () => {
  // At the end the sums agree again; between the two credits they do not.
  const over: Step = { settles: { cash: -50, lots: 5, from: 1 } };
  const steps = [{ paidIn: 100 }, over, IDLE, IDLE, IDLE, {
    settles: { cash: 50, lots: -5, from: 1 },
  }];
  assert.equal(verdictOver([steps, [{ sharesPaidIn: 9 }]]).status, "held");
  const wrong = [...steps.slice(0, 5), { settles: { cash: 49, lots: -5, from: 1 } }, {
    settles: { cash: 1, lots: 0, from: 1 },
  }];
  assert.equal(verdictOver([wrong, [{ sharesPaidIn: 9 }]]).status, "violated");
});
