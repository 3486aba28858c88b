/**
 * The auditor: judges a run by its topics alone.
 *
 * @module
 */

import type { EventLog, TopicDescription } from "../../kafka/event_log.ts";
import { auditPart, type AuditPartReport, topicsOf } from "./audit_part.ts";
import { checkLengths, UNAUDITED_TOPIC, undecideWithout } from "./audit_topics.ts";
import { Findings } from "./findings.ts";
import type { PageMemoryOptions } from "./memory/page_memory.ts";
import type { RuleFamily } from "./rule_families.ts";
import { judgeAuditor } from "./rules/auditor_works.ts";
import { judgeDeterminism } from "./rules/determinism.ts";
import { judgeLiveness } from "./rules/liveness.ts";
import type { SelfCheck } from "./self_check/self_check.ts";
import type { AuditCounts, AuditReport } from "./verdict.ts";

/** How an audit is getting on. */
export interface AuditProgress {
  readonly topic: string;
  readonly partition: number;
  readonly recordsRead: number;
  readonly recordsTotal: number;
  /** Whether two halves left something open, so that all is judged once more, counted from 0 again. */
  readonly judgesAgain: boolean;
}

/** How a run is to be judged. */
export interface AuditOptions {
  /** The folder of the audit log. Without it `audit-log-complete` stays unknown. */
  readonly auditFolder?: string;
  /**
   * Whether the run came to rest: every group had caught up. What is missing is then a violation,
   * otherwise the rule stays unknown. Default true.
   */
  readonly drained?: boolean;
  /** Set when the floor was given so long, in ms, to come to rest, and had not. */
  readonly stuckAfterMs?: number;
  /** Digests of the run and of its repetitions. Fewer than two: `determinism` stays unknown. */
  readonly digests?: readonly string[];
  /** What `checkAuditor` found. Without it `auditor-works` stays unknown. */
  readonly selfCheck?: SelfCheck;
  /** Whether commands may come from clients that write no intents. Default false. */
  readonly openFloor?: boolean;
  /** How much is kept in memory, and where the rest goes. */
  readonly memory?: PageMemoryOptions;
  /** Milliseconds of any clock that does not step back. Default `performance.now`. */
  readonly now?: () => number;
  /** Called after every portion of records. */
  readonly onProgress?: (progress: AuditProgress) => void;
}

/** The parts of an audit, each over the topics of a log. */
export type AuditParts = (
  topics: readonly TopicDescription[],
) => Promise<readonly AuditPartReport[]>;

/**
 * Judges a run in one pass of the caller's thread. Reads every topic from its start to where it ended
 * when the audit began; writes nothing but a temporary file, and that only when there is much to judge.
 *
 * @throws {RangeError} when a partition is longer than the auditor can hold places of
 * @throws {EventLogError} when the log cannot be read
 */
export function auditRun(log: EventLog, options: AuditOptions = {}): Promise<AuditReport> {
  return judgeRun(log, options, async (topics) => [
    await auditPart(log, {
      family: "all",
      topics,
      ...partOptions(options),
      onProgress: progressOf(options, [topicsOf({ family: "all", topics, auditFolder: null })]),
    }),
  ]);
}

/**
 * Judges by two halves, and once more by one whole if they leave open what a whole would say: if anything
 * was violated, or might have been.
 */
export async function judgeByHalves(
  judge: (family: RuleFamily) => Promise<AuditPartReport>,
): Promise<readonly AuditPartReport[]> {
  // The first has nearly all the counts.
  const halves = await Promise.all([judge("users"), judge("engines")]);
  return halves.some(({ isOpen }) => isOpen) ? [await judge("all")] : halves;
}

/** Judges a run by parts that somebody has read, and by what is known besides its records. */
export async function judgeRun(
  log: EventLog,
  options: AuditOptions,
  parts: AuditParts,
): Promise<AuditReport> {
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  const topics = (await log.describeTopics()).filter(({ name }) => name !== UNAUDITED_TOPIC);
  checkLengths(topics);
  const { drained = true, stuckAfterMs, digests = [] } = options;
  const findings = new Findings({ drained });
  undecideWithout(topics, findings);
  const reports = await parts(topics);
  for (const { found } of reports) findings.add(found);
  await judgeLiveness(log, findings, { drained, stuckAfterMs });
  judgeDeterminism(findings, digests);
  judgeAuditor(findings, options.selfCheck);
  return {
    verdicts: findings.verdicts(),
    counts: countsOf(reports),
    recordsRead: recordsReadBy(reports),
    tookMs: now() - startedAt,
  };
}

/** What a part is told, as plain data. */
export function partOptions({ drained, openFloor, auditFolder, memory }: AuditOptions) {
  return {
    drained: drained ?? true,
    openFloor: openFloor ?? false,
    auditFolder: auditFolder ?? null,
    memory: memory ?? {},
  };
}

/**
 * Tells how the parts together get on, as a number of records: where two parts read a record it is read
 * when both have.
 */
export function progressOf(
  { onProgress }: AuditOptions,
  parts: readonly (readonly TopicDescription[])[],
  { judgesAgain }: Pick<AuditProgress, "judgesAgain"> = { judgesAgain: false },
): (at: { readonly topic: string; readonly partition: number }, records: number) => void {
  const lengths = parts.flat().map(({ name, offsets }) => {
    return { name, records: offsets.reduce((sum, { start, end }) => sum + end - start, 0) };
  });
  const toRead = lengths.reduce((sum, { records }) => sum + records, 0);
  const recordsTotal = [...new Map(lengths.map(({ name, records }) => [name, records])).values()]
    .reduce((sum, records) => sum + records, 0);
  let read = 0;
  return ({ topic, partition }, records) => {
    read += records;
    const recordsRead = Math.floor(recordsTotal * Math.min(1, read / toRead));
    onProgress?.({ topic, partition, recordsRead, recordsTotal, judgesAgain });
  };
}

/** The users' part has seen everything but trades; the engines' only repeats of what it judges. */
function countsOf([first, engines]: readonly AuditPartReport[]): AuditCounts {
  const { counts } = first!; // there is at least one part
  if (engines === undefined) return counts;
  const { trades, repeats } = engines.counts;
  return { ...counts, trades, repeats: counts.repeats + repeats };
}

function recordsReadBy(reports: readonly AuditPartReport[]): number {
  const byTopic = new Map<string, number>();
  for (const { recordsRead } of reports) {
    for (const [topic, records] of Object.entries(recordsRead)) byTopic.set(topic, records);
  }
  return [...byTopic.values()].reduce((sum, records) => sum + records, 0);
}
