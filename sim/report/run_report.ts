/**
 * The report of a run, as it stands in `report.json`.
 *
 * @module
 */

import type { KafkaClientName } from "../../kafka/cluster/cluster_config.ts";
import type { RuleId, Verdict } from "../auditor/verdict.ts";
import { REJECT_REASONS } from "../../kafka/messages/mod.ts";
import { exitCodeOf } from "../command_line/exit_codes.ts";
import type { FaultOutcome } from "../faults/fault_ledger.ts";
import { doubtedTraders } from "../measuring/doubted_clocks.ts";
import type { EncodedLatency, LatencySummary } from "../measuring/latency_histogram.ts";
import type { MeterMetrics } from "../measuring/meter_actor.ts";
import type { MeterCounts } from "../measuring/meter_counts.ts";
import { type MetricName, type Metrics, PERCENTILES } from "../metrics.ts";
import type { Durability } from "../run_manifest.ts";
import { keepsAuditLog, type SessionPlan } from "../session_plan.ts";
import type { LogOutage } from "../session/floor_watch.ts";
import { judgeThresholds, type ThresholdVerdict } from "../thresholds.ts";
import { speedOf, type VirtualFacts } from "../virtual/virtual_facts.ts";
import { writeFileWhole } from "../whole_file.ts";

/** Grows when a reader of before would misread a report. */
export const REPORT_VERSION = 3;

/** Judged only where there is an audit log. */
const AUDIT_RULE: RuleId = "audit-log-complete";

/** Judged only where a run was played twice, as in virtual time it can be. */
const TWICE_RULE: RuleId = "determinism";

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
  /** What became of the script's faults. */
  readonly faults: readonly FaultOutcome[];
  /** Sentences besides the plan's own. */
  readonly notes: readonly string[];
  /** Left out: the run was played in real time. */
  readonly virtual?: VirtualFacts;
}

/** Virtual time as a report tells it. */
export interface ReportedVirtualTime extends VirtualFacts {
  /** How many times faster than real time. */
  readonly speed: number | null;
  /** Orders answered in a second of the machine's time. */
  readonly ordersPerSecond: number | null;
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
  readonly faults: readonly FaultOutcome[];
  readonly notes: readonly string[];
  /** Left out: the run was played in real time. */
  readonly virtual?: ReportedVirtualTime;
  readonly exitCode: number;
}

/** Judges a run and puts everything together. */
export function makeReport(input: ReportInput): RunReport {
  const { plan, measured } = input;
  const metrics = metricsOf(measured, input);
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
    faults: input.faults,
    notes: [
      ...plan.notes,
      ...auditNotes(plan),
      ...clockNotes(plan),
      ...notesOn(measured),
      ...input.notes,
    ],
    ...(input.virtual === undefined ? {} : { virtual: virtualOf(input.virtual, input) }),
    exitCode: exitCodeOf({ invariants, thresholds, interrupted: input.interrupted }),
  };
}

/**
 * The verdicts that count: those that the script asks for, of which a log that nobody kept is none, nor
 * whether a run that was played once can be repeated.
 */
function judgedOf(plan: SessionPlan, verdicts: readonly Verdict[]): readonly Verdict[] {
  const { invariants } = plan;
  if (invariants !== "all") return verdicts.filter(({ rule }) => invariants.includes(rule));
  return verdicts.filter(({ rule, status }) =>
    (rule !== AUDIT_RULE || keepsAuditLog(plan)) && (rule !== TWICE_RULE || status !== "unknown")
  );
}

function virtualOf(
  facts: VirtualFacts,
  { elapsedMs, measured }: ReportInput,
): ReportedVirtualTime {
  const { wallMs } = facts;
  const ordersPerSecond = wallMs > 0 ? 1_000 * measured.counts.answered / wallMs : null;
  return { ...facts, speed: speedOf(facts, elapsedMs), ordersPerSecond };
}

function auditNotes(plan: SessionPlan): readonly string[] {
  if (keepsAuditLog(plan)) return [];
  return [
    `No audit logger was asked for, so there is no audit log and ${AUDIT_RULE} is not judged.`,
  ];
}

function clockNotes(plan: SessionPlan): readonly string[] {
  const doubted = doubtedTraders(plan);
  if (doubted.length === 0) return [];
  return [
    `The script lets a clock jump, and latency counts from what traders claim: orders of ` +
    `${doubted.join(" and ")} are in no percentile.`,
  ];
}

/** Every metric that was measured. */
function metricsOf(
  { counts, answer, fill }: Pick<MeterMetrics, "counts" | "answer" | "fill">,
  { floor, faults }: Pick<ReportInput, "floor" | "faults">,
): Metrics {
  const missed = faults.filter((fault) => fault.missed !== null).length;
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
    "faults.fired": faults.length - missed,
    "faults.missed": missed,
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
export function writeReport(path: string, report: RunReport): void {
  writeFileWhole(path, `${JSON.stringify(report, null, 2)}\n`);
}
