import assert from "node:assert/strict";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import { MUTANTS } from "../../../sim/auditor/self_check/mutants.ts";
import { checkAuditor } from "../../../sim/auditor/self_check/self_check.ts";
import sample from "../../../sim/auditor/self_check/sample_session.json" with { type: "json" };
import { RULE_IDS } from "../../../sim/auditor/verdict.ts";
import { playSession, verdictOn } from "./support/sessions.ts";
import { sampleSession } from "./support/write_sample.ts";

Deno.test("checkAuditor() holds the clean session and catches a mutant of every rule", async () => {
  assert.deepEqual(await checkAuditor(), { sessions: RULE_IDS.length, faults: [] });
});

Deno.test("MUTANTS has one for each rule but the check itself", () => {
  assert.deepEqual(
    Object.keys(MUTANTS).sort(),
    RULE_IDS.filter((rule) => rule !== "auditor-works").sort(),
  );
});

Deno.test("the sample session is what the floor by hand writes", () => {
  // tests/sim/auditor/support/write_sample.ts writes it anew.
  assert.deepEqual(sample, JSON.parse(JSON.stringify(sampleSession())));
});

Deno.test("auditor-works says what the auditor got wrong, and is unknown when it was not checked", async () => {
  const { log } = playSession();
  const faults = ["no-phantom is held on a session in which it was broken"];
  const report = await auditRun(log, { now: () => 0, selfCheck: { sessions: 17, faults } });
  const verdict = verdictOn(report, "auditor-works");
  assert.deepEqual([verdict.status, verdict.checked, verdict.violations], ["violated", 17, 1]);
  assert.equal(verdict.counterexample!.text, faults[0]);
  const unchecked = await auditRun(log, { now: () => 0 });
  assert.equal(verdictOn(unchecked, "auditor-works").status, "unknown");
});
