/**
 * Who judges the judge: the auditor audits a small session whose outcome is known, as it was and with
 * each rule broken once. It must hold the one and catch the others.
 *
 * @module
 */

import type { TopicName } from "../../../kafka/topics.ts";
import { type AuditOptions, auditRun } from "../audit_run.ts";
import type { AuditReport, RuleId } from "../verdict.ts";
import { writeAuditFolder } from "./audit_writer.ts";
import { type Mutant, MUTANTS } from "./mutants.ts";
import sample from "./sample_session.json" with { type: "json" };
import { SampleLog } from "./sample_log.ts";

/** What came of it. */
export interface SelfCheck {
  /** Sessions that were audited: the clean one and one for each rule. */
  readonly sessions: number;
  /** What the auditor got wrong, in sentences; empty when it works. */
  readonly faults: readonly string[];
}

/** A record of the sample: text, or bytes in base64. */
interface SampleRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly text?: string;
  readonly base64?: string;
  readonly timestamp: number;
}

const RECORDS: readonly SampleRecord[] = sample.records;

/** What the clean session is told to the auditor besides its log. */
const TOLD: Partial<AuditOptions> = { digests: ["same", "same"] };

/**
 * Checks the auditor. It takes a fraction of a second, and a folder of its own for the sample's audit log,
 * which it removes.
 */
export async function checkAuditor(): Promise<SelfCheck> {
  const faults: string[] = [];
  const clean = await auditMutant(null);
  for (const { rule, status, reason, counterexample } of clean.verdicts) {
    if (status === "held" || rule === "auditor-works") continue;
    faults.push(`${rule} is ${status} on a clean session: ${counterexample?.text ?? reason}`);
  }
  for (const [rule, mutant] of Object.entries(MUTANTS)) {
    const report = await auditMutant(mutant);
    const verdict = report.verdicts.find((each) => each.rule === rule as RuleId); // the table's keys
    if (verdict?.status === "violated") continue;
    faults.push(`${rule} is ${verdict?.status} on a session in which it was broken`);
  }
  return { sessions: 1 + Object.keys(MUTANTS).length, faults };
}

async function auditMutant(mutant: Mutant | null): Promise<AuditReport> {
  const log = new SampleLog(sample.partitions);
  for (const { topic, partition, key, text, base64, timestamp } of RECORDS) {
    const value = text ?? Uint8Array.fromBase64(base64 ?? "");
    log.append(topic as TopicName, partition, { key, value, timestamp }); // as they were written down
  }
  const auditFolder = await Deno.makeTempDir({ prefix: "outcry-self-check-" });
  try {
    // As it was written while the session was played.
    writeAuditFolder(auditFolder, log);
    const told = mutant?.({ log, auditFolder }) ?? {};
    return await auditRun(log, { ...TOLD, ...told, auditFolder, now: () => 0 });
  } finally {
    await Deno.remove(auditFolder, { recursive: true });
  }
}
