/**
 * Judging what a world left behind: the auditor's rules, the fold from zero, the digest.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { auditRun } from "../auditor/audit_run.ts";
import type { AuditReport, RuleId } from "../auditor/verdict.ts";
import { digestLog, type LogDigest } from "../digest/digest_log.ts";
import { compareWithFoldFromZero, type FoldComparison } from "./fold_from_zero.ts";
import type { Reached } from "./reached.ts";
import { countReachedRecords } from "./reached_records.ts";
import { describePlace, describePlaceName, type Violation } from "./violation.ts";

/** What was found. */
export interface Judgement {
  /** The auditor's rules in their order, then the fold from zero. */
  readonly violations: readonly Violation[];
  readonly digest: LogDigest;
}

/** Judges a log that nobody writes to any more. */
export async function judgeWorld(log: EventLog, options: {
  /** Null: it kept no audit log. */
  readonly auditFolder: string | null;
  /** Whether it came to rest: only then what is missing is lost, and states stand at the end. */
  readonly drained: boolean;
  readonly now: () => number;
  readonly reached: Reached;
}): Promise<Judgement> {
  const { auditFolder, drained, now, reached } = options;
  const audit = await auditRun(log, {
    drained,
    now,
    ...(auditFolder === null ? {} : { auditFolder }),
  });
  const violations = await violationsIn(log, audit);
  if (drained) violations.push(...undecidedIn(audit, auditFolder !== null));
  if (drained) violations.push(...await foldViolations(log, reached));
  await countReachedRecords(log, reached);
  return { violations, digest: await digestLog(log) };
}

async function violationsIn(log: EventLog, { verdicts }: AuditReport): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const { rule, status, counterexample, statement } of verdicts) {
    if (status !== "violated") continue;
    const chain: string[] = [];
    for (const place of counterexample?.chain ?? []) chain.push(await describePlace(log, place));
    violations.push({ invariant: rule, text: counterexample?.text ?? statement, chain });
  }
  return violations;
}

/** Rules that are asked something else than a log: whether a run was played twice, and of themselves. */
const ASKED_OTHERWISE: readonly RuleId[] = ["determinism", "auditor-works"];

/** Of a world at rest every rule can be decided; what cannot hides something. */
function undecidedIn({ verdicts }: AuditReport, hasAuditLog: boolean): Violation[] {
  return verdicts.flatMap(({ rule, status, reason }) => {
    const isAsked = !ASKED_OTHERWISE.includes(rule) &&
      (hasAuditLog || rule !== "audit-log-complete");
    if (status !== "unknown" || !isAsked) return [];
    return [{ invariant: rule, text: `it could not be decided: ${reason}`, chain: [] }];
  });
}

async function foldViolations(log: EventLog, reached: Reached): Promise<readonly Violation[]> {
  const compared: FoldComparison = await compareWithFoldFromZero(log);
  reached.add("repeat-stored", compared.repeatsStored);
  reached.add("repeat-dropped", compared.repeatsDropped);
  const { difference } = compared;
  if (difference === null) return [];
  const chain: string[] = [];
  for (const place of difference.chain) chain.push(await describePlaceName(log, place));
  return [{ invariant: "state-equals-fold", text: difference.text, chain }];
}
