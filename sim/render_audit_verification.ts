/**
 * What `deno task audit verify` found, as text.
 *
 * @module
 */

import type { AuditFinding } from "../actors/audit_logger/audit_findings.ts";
import { MAX_FINDINGS } from "../actors/audit_logger/audit_findings.ts";
import type { AuditVerification } from "../actors/audit_logger/verify_audit_log.ts";

/** What was checked, what was found, and whether the audit log is right. */
export function renderVerification(
  directory: string,
  verified: AuditVerification,
): readonly string[] {
  const { partitions, comparedWithLog, findings, findingCount } = verified;
  const files = partitions.reduce((sum, { files }) => sum + files, 0);
  const records = partitions.reduce((sum, { records }) => sum + records, 0);
  const passedOver = partitions.flatMap(({ topic, partition, passedOver }) =>
    passedOver.map((name) => `${topic}/${partition}/${name}`)
  );
  const lines = [
    `audit log of ${directory}: ${count(records, "record")} in ${count(files, "file")} of ` +
    `${count(partitions.length, "partition")}`,
    comparedWithLog
      ? "checked: no record is missing, the chain of hashes, every line against the run's log"
      : "checked: no hole, and the chain of hashes; NOT checked: lines against the run's log, and " +
        "whether the end is missing, because the run has no log.sqlite",
  ];
  if (passedOver.length > 0) {
    const [first] = passedOver;
    lines.push(
      `passed over: ${count(passedOver.length, "file")} not (yet) part of it, such as ${first}`,
    );
  }
  if (findingCount === 0) return [...lines, "right"];
  const hidden = findingCount - findings.length;
  return [
    ...lines,
    ...findings.map(describeFinding),
    ...(hidden > 0 ? [`... and ${hidden} more; the first ${MAX_FINDINGS} are shown`] : []),
    `WRONG: ${count(findingCount, "finding")}`,
  ];
}

function describeFinding({ kind, topic, partition, file, line, message }: AuditFinding): string {
  const place = file === null ? `${topic}/${partition}` : line === null ? file : `${file}:${line}`;
  return `  ${place}: ${kind}: ${message}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
