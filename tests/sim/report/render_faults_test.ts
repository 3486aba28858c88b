import assert from "node:assert/strict";
import type { FaultOutcome } from "../../../sim/faults/fault_ledger.ts";
import { plain } from "../../../sim/report/paint.ts";
import { renderFaults } from "../../../sim/report/render_faults.ts";

function outcome(name: string, more: Partial<FaultOutcome> = {}): FaultOutcome {
  return { id: "faults[0]", fault: "{}", name, firedAtMs: null, on: [], missed: null, ...more };
}

Deno.test("renderFaults() lists faults by when they took place, on whom, and which did not", () => {
  const lines = renderFaults([
    outcome("crash trading-engine", {
      firedAtMs: 12_345,
      on: ["trading-engine-0", "trading-engine-1"],
    }),
    outcome("hang order-gateway-0 for 8 s", { missed: "the session was over before" }),
    outcome("poison orders/3", { firedAtMs: 40, on: ["orders/3"] }),
    outcome("zombie notifier-0 for 2 s"),
    outcome("slow log by 5 ms for 1 s", {
      firedAtMs: 2_000,
      on: Array.from({ length: 5 }, (_, n) => `trading-engine-${n}`),
    }),
  ], { paint: plain, columns: 80 });
  assert.deepEqual(lines, [
    "Faults  4 of 5 took place",
    "  ✔    before  zombie notifier-0 for 2 s",
    "  ✔     40 ms  poison orders/3",
    "  ✔       2 s  slow log by 5 ms for 1 s: trading-engine-0, trading-engine-1,",
    "               trading-engine-2, trading-engine-3, trading-engine-4",
    "  ✔    12.3 s  crash trading-engine: trading-engine-0, trading-engine-1",
    "  ✘     never  hang order-gateway-0 for 8 s",
  ]);
});

Deno.test("renderFaults() is no section without faults, and no endless one", () => {
  const options = { paint: plain, columns: 100 };
  assert.deepEqual(renderFaults([], options), []);
  const many = Array.from({ length: 45 }, (_, i) => outcome(`fault ${i}`, { firedAtMs: i }));
  const lines = renderFaults(many, options);
  assert.equal(lines.length, 42);
  assert.equal(lines.at(-1)!.trim(), "and 5 more, in report.json");
});
