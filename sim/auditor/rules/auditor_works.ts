/**
 * `auditor-works`: the auditor holds a session that is known to be right, and catches it when one rule
 * is broken, whichever.
 *
 * @module
 */

import type { Findings } from "../findings.ts";
import type { SelfCheck } from "../self_check/self_check.ts";

const RULE = "auditor-works";

/** Takes over what the auditor's check of itself came to; undefined: it did not check itself. */
export function judgeAuditor(findings: Findings, check: SelfCheck | undefined): void {
  if (check === undefined) {
    return findings.undecide(RULE, "the auditor was not asked to check itself");
  }
  for (let i = 0; i < check.sessions; i++) findings.check(RULE);
  for (const fault of check.faults) findings.violate(RULE, fault, []);
}
