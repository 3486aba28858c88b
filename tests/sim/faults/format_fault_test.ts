import assert from "node:assert/strict";
import fc from "fast-check";
import { compileScenario } from "../../../sim/compile_scenario.ts";
import { formatFault, nameFault } from "../../../sim/faults/format_fault.ts";
import { FAULT_VERB_NAMES } from "../../../sim/faults/fault_verbs.ts";
import type { PlannedFault } from "../../../sim/faults/planned_fault.ts";
import { scenario, type ScenarioDefinition } from "../../../sim/scenario.ts";
import { sessionPlanSchema } from "../../../sim/session_plan.ts";
import { faultOf } from "./arbitrary_fault.ts";

/** What a scenario with these lines of source as its faults plans. */
async function planned(lines: readonly string[]): Promise<readonly PlannedFault[]> {
  // The lines are what formatFault() printed: source of object literals.
  const faults: ScenarioDefinition["faults"] = new Function(`return [${lines.join(", ")}]`)();
  const plan = await compileScenario(
    scenario("printed", {
      teaches: "That a printed fault is the fault that was printed.",
      symbols: ["AAPL"],
      phases: [{ name: "trade", kind: "constant", ratePerSecond: 10, duration: "9s" }],
      ...(faults === undefined ? {} : { faults }),
    }),
  );
  assert.deepEqual(sessionPlanSchema.parse(JSON.parse(JSON.stringify(plan))), plan);
  return plan.faults;
}

for (const verb of FAULT_VERB_NAMES) {
  Deno.test(`formatFault() of ${verb} is the line that plans it`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(faultOf(verb), { minLength: 1, maxLength: 10 }), async (faults) => {
        assert.deepEqual(await planned(faults.map(formatFault)), faults);
      }),
      { numRuns: 10 },
    );
  });
}

Deno.test("nameFault() says in words what happens to whom", () => {
  const trigger = { kind: "time", atMs: 0 } as const;
  const said = [
    nameFault({ trigger, verb: "cut", target: "log", forMs: 20_000 }),
    nameFault({ trigger, verb: "delay", target: "log", byMs: 50, forMs: 500 }),
    nameFault({ trigger, verb: "jumpClock", target: "market-data-producer-0", byMs: -1_500 }),
    nameFault({ trigger, verb: "redeliver", target: "orders/3", records: 100 }),
    nameFault({ trigger, verb: "loseAck", target: "orders", times: 3 }),
    nameFault({
      trigger: { kind: "call", call: "publish", moment: "after", nth: 7 },
      verb: "crash",
      target: "trading-engine-0",
    }),
  ];
  assert.deepEqual(said, [
    "cut log for 20 s",
    "delay log by 50 ms for 500 ms",
    "jumpClock market-data-producer-0 by -1.5 s",
    "redeliver orders/3 from 100 records earlier",
    "loseAck orders 3 times",
    "crash trading-engine-0 after its publish number 7",
  ]);
});
