/**
 * `determinism`: the same scenario played again from the same seed gives the same records and the same
 * final states, by digest. Only virtual time promises that.
 *
 * @module
 */

import type { Findings } from "../findings.ts";

const RULE = "determinism";

/** Compares the digests of a run and of those that repeated it. */
export function judgeDeterminism(findings: Findings, digests: readonly string[]): void {
  const [first, ...others] = digests;
  if (first === undefined || others.length === 0) {
    return findings.undecide(
      RULE,
      "the run was played once; in virtual time --twice plays it again",
    );
  }
  for (const [i, digest] of others.entries()) {
    findings.check(RULE);
    if (digest === first) continue;
    findings.violate(RULE, `the run has digest ${first}, its repetition ${i + 1} ${digest}`, []);
  }
}
