/**
 * The report as text, readable at 100 columns.
 *
 * @module
 */

import { describeExit, ExitCode } from "../command_line/exit_codes.ts";
import { formatDuration } from "../duration.ts";
import type { LatencySummary } from "../measuring/latency_histogram.ts";
import { METRICS, PERCENTILES } from "../metrics.ts";
import { bar, formatCount, formatMetric, formatMs, formatRate, formatShare } from "./figures.ts";
import type { Paint } from "./paint.ts";
import { renderFaults } from "./render_faults.ts";
import type { RunReport } from "./run_report.ts";
import { wrap } from "./wrap.ts";

/** Lines are at most so long. */
export const REPORT_COLUMNS = 100;

const INDENT = "  ";
const BAR_CELLS = 40;

/** The report's text, lines joined, without a newline at the end. */
export function renderReport(report: RunReport, paint: Paint): string {
  const sections = [
    header(report, paint),
    orders(report, paint),
    latencies(report, paint),
    virtualTime(report, paint),
    floor(report, paint),
    renderFaults(report.faults, { paint, columns: REPORT_COLUMNS }),
    invariants(report, paint),
    thresholds(report, paint),
    notes(report, paint),
    verdict(report, paint),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n");
}

function header(report: RunReport, paint: Paint): readonly string[] {
  const { log, machine } = report;
  const facts = [
    `run ${report.runId}`,
    `seed ${report.seed}`,
    ...logFacts(log),
    ...(report.virtual === undefined ? [] : ["virtual time"]),
    `took ${formatDuration(report.elapsedMs)}`,
    `${machine.cores} cores, ${machine.os} ${machine.arch}, Deno ${machine.deno}`,
    ...(report.resumed > 0 ? [`resumed ${times(report.resumed)}`] : []),
  ];
  const [name, rule] = [` ${report.scenario} `, "─"];
  const line = rule.repeat(2) + paint("heading", name) +
    rule.repeat(Math.max(0, REPORT_COLUMNS - 2 - name.length));
  return [
    line,
    ...indented(wrap(report.teaches, REPORT_COLUMNS - 2)),
    ...indented(wrapFacts(facts)).map((text) => paint("quiet", text)),
  ];
}

function logFacts(log: RunReport["log"]): readonly string[] {
  if (log.kind === "kafka") {
    const { brokers, client, replication, topicPrefix } = log;
    const count = brokers === null ? "" : ` ${brokers} ${brokers === 1 ? "broker" : "brokers"}`;
    const kept = replication === null ? "" : `, replication ${replication}`;
    return [`Kafka${count} by ${client}${kept}`, `topics ${topicPrefix}*`];
  }
  if (log.kind === "memory") return ["memory log"];
  const survives = log.durability === "disk"
    ? "synced to disk at every commit"
    : "survives kill -9";
  return [`embedded log, ${survives}`];
}

/** What the machine's time was, and the digest, which is the same on every machine. */
function virtualTime({ virtual, elapsedMs, seed }: RunReport, paint: Paint): readonly string[] {
  if (virtual === undefined) return [];
  const { wallMs, speed, ordersPerSecond, events, digest, again } = virtual;
  const played = `${formatDuration(elapsedMs)} played in ${formatDuration(wallMs)}`;
  const faster = speed === null ? "" : `, ${formatRate(speed)} times faster than real time`;
  const facts = [
    ...(ordersPerSecond === null
      ? []
      : [`${formatRate(ordersPerSecond)} orders/s of the machine's time`]),
    `${formatCount(events)} events of the scheduler`,
  ];
  const twice = again === undefined || again === null || digest === null
    ? []
    : [again.digest === digest.digest ? "the same when played again" : "ANOTHER when played again"];
  return [
    `${paint("heading", "Virtual time")}  ${played}${faster}`,
    ...indented(wrapFacts(facts)),
    ...indented(digest === null ? ["no digest"] : [`digest ${digest.digest}`]),
    ...indented(digest === null ? [] : wrapFacts([`seed ${seed}`, ...twice])),
  ];
}

/** Facts separated by dots, broken between facts and not within one. */
function wrapFacts(facts: readonly string[]): readonly string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + fact.length <= REPORT_COLUMNS - 2) {
      lines[lines.length - 1] = `${last} · ${fact}`;
    } else lines.push(fact);
  }
  return lines;
}

function orders({ counts, metrics }: RunReport, paint: Paint): readonly string[] {
  const intended = counts.intended.orders;
  const answered = metrics["orders.answered"] ?? 0;
  const rows: (readonly [string, number])[] = [["placed", counts.orders.placed]];
  const refusals = Object.entries(counts.orderRefusals).sort(([, a], [, b]) => b - a);
  rows.push(...refusals);
  rows.push(["resent: answered again", counts.orders.duplicates]);
  const shown = rows.filter(([name, count]) => count > 0 || name === "placed");
  const lines = shown.map(([name, count]) =>
    `${INDENT}${name.padEnd(24)}${formatCount(count).padStart(10)}` +
    `${formatShare(count, intended).padStart(9)}  ${
      paint("quiet", bar(share(count, intended), BAR_CELLS))
    }`
      .trimEnd()
  );
  const summary =
    `${formatCount(intended)} intended · ${formatCount(counts.sent)} commands sent · ` +
    `${formatCount(answered)} answered · ${unanswered(counts.unanswered)}`;
  return [
    `${paint("heading", "Orders")}  ${summary}`,
    ...lines,
    ...indented(wrapFacts(tradingFacts(counts))),
    ...indented(otherRefusals(counts)),
    ...indented(rates(counts, metrics)),
  ];
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function unanswered(count: number | null): string {
  if (count === null) return "too many open to tell how many are unanswered";
  return count === 0 ? "none unanswered" : `${formatCount(count)} UNANSWERED`;
}

function tradingFacts(counts: RunReport["counts"]): readonly string[] {
  const { cancels, deposits, intended } = counts;
  const facts = [`${formatCount(counts.trades)} trades`];
  if (intended.cancels > 0) {
    facts.push(
      `cancels: ${formatCount(cancels.accepted)} taken, ${formatCount(cancels.rejected)} refused`,
    );
  }
  if (intended.deposits > 0) facts.push(`${formatCount(deposits.accepted)} deposits`);
  if (intended.malformed > 0) facts.push(`${formatCount(intended.malformed)} malformed`);
  return facts;
}

/** Refusals of other commands than orders, by reason: no share of orders is meant. */
function otherRefusals({ refusals, orderRefusals }: RunReport["counts"]): readonly string[] {
  const ofOrders: Readonly<Record<string, number>> = orderRefusals;
  const others = Object.entries(refusals)
    .map(([reason, count]) => [reason, count - (ofOrders[reason] ?? 0)] as const)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`);
  return others.length === 0
    ? []
    : wrapFacts([`refused besides orders: ${others[0]}`, ...others.slice(1)]);
}

/** Rates are taken from the first order's intended time to the last answer, stops left out. */
function rates(counts: RunReport["counts"], metrics: RunReport["metrics"]): readonly string[] {
  const { activeMs } = counts;
  const { throughput, records } = metrics;
  if (activeMs === null || throughput === undefined || records === undefined) return [];
  return [
    `${formatRate(throughput)} orders/s · ${formatRate(records)} records/s ` +
    `over ${formatDuration(activeMs)}`,
  ];
}

function latencies({ latency }: RunReport, paint: Paint): readonly string[] {
  const titles = ["count", ...PERCENTILES].map((title) => title.padStart(11)).join("");
  return [
    `${paint("heading", "Latency".padEnd(22))}${paint("quiet", titles)}`,
    latencyRow("order → answer", latency.answer),
    latencyRow("order → fill (taker)", latency.fill),
    `${INDENT}${
      paint("quiet", "milliseconds, from the time at which the order was meant to be sent")
    }`,
  ];
}

function latencyRow(name: string, summary: LatencySummary): string {
  const values = PERCENTILES.map((percentile) => formatMs(summary[percentile]).padStart(11));
  return `${INDENT}${name.padEnd(20)}${formatCount(summary.count).padStart(11)}${values.join("")}`;
}

function floor({ floor, counts, metrics }: RunReport, paint: Paint): readonly string[] {
  const restarts = Object.entries(floor.restarts).map(([actor, count]) =>
    count === 1 ? actor : `${actor} ${times(count)}`
  );
  const who = restarts.length === 0 ? "" : ` (${restarts.join(", ")})`;
  const facts = [
    `${formatCount(metrics.restarts ?? 0)} restarts${who}`,
    `${formatCount(counts.deadLetters)} dead letters`,
    ...(floor.logOutages > 0 ? [`log lost ${times(floor.logOutages)}`] : []),
    ...(floor.zombies > 0
      ? [`${formatCount(floor.zombies)} zombie${floor.zombies === 1 ? "" : "s"}`]
      : []),
    `lag at the end ${formatCount(floor.lag)}`,
  ];
  return [paint("heading", "Floor"), ...indented(wrapFacts(facts))];
}

const MARKS = {
  held: { sign: "✔", tone: "good" },
  passed: { sign: "✔", tone: "good" },
  violated: { sign: "✘", tone: "bad" },
  failed: { sign: "✘", tone: "bad" },
  unknown: { sign: "?", tone: "doubt" },
  unmeasured: { sign: "?", tone: "doubt" },
} as const;

function invariants({ invariants }: RunReport, paint: Paint): readonly string[] {
  if (invariants.length === 0) return [];
  const held = invariants.filter(({ status }) => status === "held").length;
  const lines = invariants.flatMap((verdict) => {
    const { sign, tone } = MARKS[verdict.status];
    const found = verdict.status === "held"
      ? verdict.statement
      : verdict.counterexample?.text ?? verdict.reason ?? verdict.statement;
    const said = verdict.status === "held" ? found : `${verdict.status}: ${found}`;
    const [first = "", ...rest] = wrap(said, REPORT_COLUMNS - 26);
    return [
      `${INDENT}${paint(tone, sign)} ${verdict.rule.padEnd(22)}${first}`,
      ...rest.map((line) => `${" ".repeat(26)}${line}`),
    ];
  });
  return [`${paint("heading", "Invariants")}  ${held} of ${invariants.length} held`, ...lines];
}

function thresholds({ thresholds }: RunReport, paint: Paint): readonly string[] {
  if (thresholds.length === 0) return [];
  const passed = thresholds.filter(({ verdict }) => verdict === "passed").length;
  const width = Math.max(22, ...thresholds.map(({ metric }) => metric.length + 1));
  const lines = thresholds.map(({ metric, text, verdict, measured }) => {
    const { sign, tone } = MARKS[verdict];
    const value = formatMetric(measured, METRICS.get(metric)!.unit);
    return `${INDENT}${paint(tone, sign)} ${metric.padEnd(width)}${text.padEnd(14)}${value}`;
  });
  return [`${paint("heading", "Thresholds")}  ${passed} of ${thresholds.length} passed`, ...lines];
}

function notes({ notes }: RunReport, paint: Paint): readonly string[] {
  if (notes.length === 0) return [];
  const lines = notes.flatMap((note) => {
    const [first = "", ...rest] = wrap(note, REPORT_COLUMNS - 4);
    return [`${INDENT}· ${first}`, ...rest.map((line) => `${INDENT}${INDENT}${line}`)];
  });
  return [paint("heading", "Notes"), ...lines];
}

function verdict({ exitCode, directory }: RunReport, paint: Paint): readonly string[] {
  const good = exitCode === ExitCode.held;
  const word = good ? paint("good", "PASS") : paint("bad", "FAIL");
  const said = `${word}  ${describeExit(exitCode)} (exit code ${exitCode})`;
  // On a line of its own and not wrapped, so that it can be copied.
  return directory === null ? [said] : [said, paint("quiet", `      kept in ${directory}`)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${INDENT}${line}`);
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}
