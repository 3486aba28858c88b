/**
 * The report of a run, as it stands in `report.json`.
 *
 * @module
 */

import type { KafkaClientName } from "../../kafka/cluster/cluster_config.ts";
import type { RuleId, Verdict } from "../auditor/verdict.ts";
import { REJECT_REASONS } from "../../kafka/messages/mod.ts";
import { exitCodeOf } from "../command_line/exit_codes.ts";
import type { EncodedLatency, LatencySummary } from "../measuring/latency_histogram.ts";
import type { MeterMetrics } from "../measuring/meter_actor.ts";
import type { MeterCounts } from "../measuring/meter_counts.ts";
import { type MetricName, type Metrics, PERCENTILES } from "../metrics.ts";
import type { Durability } from "../run_manifest.ts";
import { keepsAuditLog, type SessionPlan } from "../session_plan.ts";
import type { LogOutage } from "../session/floor_watch.ts";
import { judgeThresholds, type ThresholdVerdict } from "../thresholds.ts";
import { writeFileWhole } from "../whole_file.ts";

/** Grows when a reader of before would misread a report. */
export const REPORT_VERSION = 2;

/** Judged only where there is an audit log. */
const AUDIT_RULE: RuleId = "audit-log-complete";

/** The log that a run was played on. */
export type ReportedLog =
  | { readonly kind: "embedded" | "memory"; readonly durability: Durability }
  | {
    readonly kind: "kafka";
    readonly client: KafkaClientName;
    /** How many there are, not how many were named; null when it could not be found out. */
    readonly brokers: number | null;
    /** How many brokers keep each record; null when it could not be found out. */
    readonly replication: number | null;
    /** Begins the names of the run's topics and groups. */
    readonly topicPrefix: string;
  };

/** Where a run was played. */
export interface ReportedMachine {
  readonly cores: number;
  readonly os: string;
  readonly arch: string;
  readonly deno: string;
  readonly outcry: string;
}

/** What the runner saw of the floor itself. */
export interface FloorObservation {
  /** Restarts by actor; actors without any are left out. */
  readonly restarts: Readonly<Record<string, number>>;
  readonly zombies: number;
  /** Records not yet processed at the end, over all groups. */
  readonly lag: number;
  /** Records ever appended to all topics, until the floor had stopped: those of the log's end. */
  readonly recordsAppended: number;
  /** How often the floor lost its log. */
  readonly logOutages: number;
  /** When, oldest first; of very many the first only. */
  readonly outages: readonly LogOutage[];
}

/** What a report is made of. */
export interface ReportInput {
  readonly runId: string;
  /** The run's folder, as the user may type it; null when nothing was kept. */
  readonly directory: string | null;
  readonly plan: SessionPlan;
  readonly log: ReportedLog;
  readonly machine: ReportedMachine;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** From the start of the floor to the end of the drain. */
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  /** How often another process went on with the run. */
  readonly resumed: number;
  readonly measured: MeterMetrics;
  readonly floor: FloorObservation;
  readonly verdicts: readonly Verdict[];
  /** Sentences besides the plan's own. */
  readonly notes: readonly string[];
}

/** The report of a run. Plain data; latencies are in milliseconds. */
export interface RunReport {
  readonly version: typeof REPORT_VERSION;
  readonly runId: string;
  readonly directory: string | null;
  readonly scenario: string;
  readonly teaches: string;
  readonly seed: number;
  readonly log: ReportedLog;
  readonly machine: ReportedMachine;
  readonly startedAt: string;
  readonly elapsedMs: number;
  readonly interrupted: boolean;
  readonly resumed: number;
  readonly counts: MeterCounts;
  readonly metrics: Metrics;
  readonly latency: { readonly answer: LatencySummary; readonly fill: LatencySummary };
  readonly histograms: { readonly answer: EncodedLatency; readonly fill: EncodedLatency };
  readonly floor: FloorObservation;
  readonly invariants: readonly Verdict[];
  readonly thresholds: readonly ThresholdVerdict[];
  readonly notes: readonly string[];
  readonly exitCode: number;
}

/** Judges a run and puts everything together. */
export function makeReport(input: ReportInput): RunReport {
  const { plan, measured } = input;
  const metrics = metricsOf(measured, input.floor);
  const thresholds = judgeThresholds(plan.thresholds, metrics);
  const invariants = judgedOf(plan, input.verdicts);
  return {
    version: REPORT_VERSION,
    runId: input.runId,
    directory: input.directory,
    scenario: plan.scenario,
    teaches: plan.teaches,
    seed: plan.seed,
    log: input.log,
    machine: input.machine,
    startedAt: new Date(input.startedAt).toISOString(),
    elapsedMs: input.elapsedMs,
    interrupted: input.interrupted,
    resumed: input.resumed,
    counts: measured.counts,
    metrics,
    latency: { answer: measured.answer, fill: measured.fill },
    histograms: measured.histograms,
    floor: input.floor,
    invariants,
    thresholds,
    notes: [...plan.notes, ...auditNotes(plan), ...notesOn(measured), ...input.notes],
    exitCode: exitCodeOf({ invariants, thresholds, interrupted: input.interrupted }),
  };
}

/** The verdicts that count: those that the script asks for, of which a log that nobody kept is none. */
function judgedOf(plan: SessionPlan, verdicts: readonly Verdict[]): readonly Verdict[] {
  const { invariants } = plan;
  if (invariants !== "all") return verdicts.filter(({ rule }) => invariants.includes(rule));
  return keepsAuditLog(plan) ? verdicts : verdicts.filter(({ rule }) => rule !== AUDIT_RULE);
}

function auditNotes(plan: SessionPlan): readonly string[] {
  if (keepsAuditLog(plan)) return [];
  return [
    `No audit logger was asked for, so there is no audit log and ${AUDIT_RULE} is not judged.`,
  ];
}

/** Every metric that was measured. */
function metricsOf(
  { counts, answer, fill }: Pick<MeterMetrics, "counts" | "answer" | "fill">,
  floor: FloorObservation,
): Metrics {
  const { orders, intended } = counts;
  const metrics: Partial<Record<MetricName, number>> = {
    "orders.intended": intended.orders,
    "orders.answered": counts.answered,
    "orders.placed": orders.placed,
    "orders.rejected": orders.rejected,
    "orders.duplicates": orders.duplicates,
    "commands.intended": intended.orders + intended.cancels + intended.deposits +
      intended.malformed,
    "commands.sent": counts.sent,
    "cancels.accepted": counts.cancels.accepted,
    "cancels.rejected": counts.cancels.rejected,
    "deposits.accepted": counts.deposits.accepted,
    "fills": counts.trades,
    "restarts": Object.values(floor.restarts).reduce((sum, count) => sum + count, 0),
    "zombies": floor.zombies,
    "dead-letters": counts.deadLetters,
    "lag": floor.lag,
    "log.outages": floor.logOutages,
  };
  if (counts.unanswered !== null) metrics["orders.lost"] = counts.unanswered;
  for (const percentile of PERCENTILES) {
    const [answered, filled] = [answer[percentile], fill[percentile]];
    if (answered !== null) metrics[`answer.${percentile}`] = answered;
    if (filled !== null) metrics[`fill.${percentile}`] = filled;
  }
  const { activeMs } = counts;
  if (activeMs !== null) {
    metrics["throughput"] = 1_000 * (metrics["orders.answered"] ?? 0) / activeMs;
    metrics["records"] = 1_000 * floor.recordsAppended / activeMs;
  }
  for (const reason of REJECT_REASONS) metrics[`rejected.${reason}`] = counts.refusals[reason] ?? 0;
  return metrics;
}

function notesOn({ answer, fill, counts, complete }: MeterMetrics): readonly string[] {
  const notes: string[] = [];
  const untimed = answer.outOfRange + fill.outOfRange;
  if (untimed > 0) {
    notes.push(`${untimed} latencies were below zero or above an hour, and are in no percentile.`);
  }
  if (counts.acrossStops > 0) {
    notes.push(
      `${counts.acrossStops} orders were under way when the run was stopped: they are in no percentile.`,
    );
  }
  if (!complete) notes.push("The meter had not read everything when it was asked: counts are low.");
  if (counts.repeats > 0) {
    notes.push(
      `${counts.repeats} notifications were published again by whoever took a partition over, ` +
        `recognised by their sequence and counted once.`,
    );
  }
  if (counts.gaps > 0) notes.push(`${counts.gaps} notifications are missing from their channels.`);
  return notes;
}

/**
 * The report that a run was left with, when its script was played to the end and the floor had worked
 * off everything: then there is nothing to go on with. Null when there is none such.
 */
export async function finishedReport(path: string): Promise<RunReport | null> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  const report = JSON.parse(text) as RunReport; // written whole by writeReport, in this version or another
  const { version, interrupted, floor } = report;
  return version === REPORT_VERSION && !interrupted && floor.lag === 0 ? report : null;
}

/** Writes `report.json`. */
export async function writeReport(path: string, report: RunReport): Promise<void> {
  await writeFileWhole(path, `${JSON.stringify(report, null, 2)}\n`);
}
