/**
 * An audit as text: every verdict, and for what is violated the records that show it.
 *
 * @module
 */

import type { EventLog } from "../kafka/event_log.ts";
import { formatCount, formatRate } from "./report/figures.ts";
import type { Paint, Tone } from "./report/paint.ts";
import { clip, wrap } from "./report/wrap.ts";
import { formatRef } from "./auditor/findings.ts";
import { readPartition } from "./auditor/partition_stream.ts";
import type { AuditReport, RecordRef, Verdict } from "./auditor/verdict.ts";

const COLUMNS = 100;
const NAME_COLUMNS = 20;
const TEXT_COLUMN = 2 + 2 + NAME_COLUMNS;

/** At most so many records of one chain are shown. */
const MAX_SHOWN = 12;

const MARKS: Readonly<Record<Verdict["status"], { readonly sign: string; readonly tone: Tone }>> = {
  held: { sign: "✔", tone: "good" },
  violated: { sign: "✘", tone: "bad" },
  unknown: { sign: "?", tone: "doubt" },
};

/** Every verdict in a line or two, counterexamples with their records, and the sum of it all. */
export async function renderAudit(
  log: EventLog,
  { name, report, paint }: {
    /** What was audited. */
    readonly name: string;
    readonly report: AuditReport;
    readonly paint: Paint;
  },
): Promise<readonly string[]> {
  const { verdicts, recordsRead, tookMs } = report;
  const perSecond = recordsRead / Math.max(1, tookMs) * 1_000;
  const lines = [
    `audit of ${name}: ${formatCount(recordsRead)} records in ${(tookMs / 1_000).toFixed(1)} s, ` +
    `${formatRate(perSecond)} a second`,
  ];
  for (const verdict of verdicts) {
    lines.push(...renderVerdict(verdict, paint));
    for (const ref of verdict.counterexample?.chain.slice(0, MAX_SHOWN) ?? []) {
      lines.push(paint("quiet", `${" ".repeat(TEXT_COLUMN)}${await describeRecord(log, ref)}`));
    }
  }
  const counted = (["held", "violated", "unknown"] as const).map((status) => {
    const count = verdicts.filter((verdict) => verdict.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  });
  return [...lines, `${verdicts.length} invariants: ${counted.flat().join(", ")}`];
}

function renderVerdict(verdict: Verdict, paint: Paint): readonly string[] {
  const { rule, status, statement, checked, violations, counterexample, reason } = verdict;
  const { sign, tone } = MARKS[status];
  const said = status === "held"
    ? `${statement} (${formatCount(checked)} checked)`
    : status === "violated"
    ? `violated ${violations === 1 ? "once" : `${formatCount(violations)} times`}, first: ` +
      (counterexample?.text ?? statement)
    : `unknown: ${reason ?? statement}`;
  const [first = "", ...rest] = wrap(said, COLUMNS - TEXT_COLUMN);
  return [
    `  ${paint(tone, sign)} ${rule.padEnd(NAME_COLUMNS)}${first}`,
    ...rest.map((line) => `${" ".repeat(TEXT_COLUMN)}${line}`),
  ];
}

/** A record of a chain in one line: where it is, its key and what it begins with. */
async function describeRecord(log: EventLog, ref: RecordRef): Promise<string> {
  const { topic, partition, offset } = ref;
  const range = { topic, partition, start: offset, end: offset + 1 };
  for await (const [record] of readPartition(log, range)) {
    const said = record === undefined
      ? "is not there"
      : `${record.key ?? "no key"} ${record.text ?? `${record.value?.length ?? 0} bytes`}`;
    // What a client wrote must not move the cursor.
    const printable = said.replaceAll(/\p{C}/gu, "�");
    return clip(`${formatRef(ref)} ${printable}`, COLUMNS - TEXT_COLUMN);
  }
  return `${formatRef(ref)} is not there`;
}
