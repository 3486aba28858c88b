/**
 * The one table of what a run measures: names, units and meanings. Thresholds are set on these names,
 * and reports list their values under them.
 *
 * @module
 */

import { REJECT_REASONS, type RejectReason } from "../kafka/messages/mod.ts";

/** What a metric counts in. Latencies are in milliseconds. */
export type MetricUnit = "ms" | "per second" | "count";

/** One row of the table. */
export interface MetricRow {
  readonly unit: MetricUnit;
  readonly meaning: string;
}

/** The percentiles that a latency is reported by. */
export const PERCENTILES = ["p50", "p90", "p99", "p99.9", "max"] as const;
export type Percentile = typeof PERCENTILES[number];

const COUNTS = {
  "throughput": {
    unit: "per second",
    meaning: "orders answered, over the time it took, stops left out",
  },
  "records": { unit: "per second", meaning: "records appended to all topics, over the same time" },
  "orders.intended": { unit: "count", meaning: "orders that producers meant to send" },
  "orders.answered": { unit: "count", meaning: "orders that have an answer, whatever it is" },
  "orders.placed": { unit: "count", meaning: "orders that the gateway let through" },
  "orders.rejected": { unit: "count", meaning: "orders refused, whatever the reason" },
  "orders.duplicates": { unit: "count", meaning: "resent orders, answered as before" },
  "orders.lost": { unit: "count", meaning: "commands sent that had no answer at the end" },
  "commands.intended": { unit: "count", meaning: "orders, cancels and deposits meant to be sent" },
  "commands.sent": { unit: "count", meaning: "commands acknowledged by the log" },
  "cancels.accepted": { unit: "count", meaning: "cancels handed to the engine" },
  "cancels.rejected": { unit: "count", meaning: "cancels refused" },
  "deposits.accepted": { unit: "count", meaning: "deposits booked" },
  "fills": { unit: "count", meaning: "trades: each has a buyer's and a seller's leg" },
  "restarts": { unit: "count", meaning: "actors that were started again" },
  "zombies": { unit: "count", meaning: "incarnations given up while their thread still ran" },
  "dead-letters": { unit: "count", meaning: "records that were no valid message, or poison" },
  "lag": { unit: "count", meaning: "records that no group had processed at the end" },
  "faults.fired": { unit: "count", meaning: "faults of the script that took place" },
  "faults.missed": { unit: "count", meaning: "faults of the script that did not take place" },
  "log.outages": { unit: "count", meaning: "times that the floor could not reach its log" },
} as const satisfies Readonly<Record<string, MetricRow>>;

/** The name of a metric. */
export type MetricName =
  | keyof typeof COUNTS
  | `answer.${Percentile}`
  | `fill.${Percentile}`
  | `rejected.${RejectReason}`;

/** Values by name. One that is missing was not measured, as a latency of fills that never came. */
export type Metrics = Readonly<Partial<Record<MetricName, number>>>;

function buildTable(): ReadonlyMap<string, MetricRow> {
  const table = new Map<string, MetricRow>();
  for (const percentile of PERCENTILES) {
    const meaning = `${percentile} from an order's intended time to its answer`;
    table.set(`answer.${percentile}`, { unit: "ms", meaning });
  }
  for (const percentile of PERCENTILES) {
    const meaning = `${percentile} from an order's intended time to its fills as the taker`;
    table.set(`fill.${percentile}`, { unit: "ms", meaning });
  }
  for (const [name, row] of Object.entries(COUNTS)) table.set(name, row);
  for (const reason of REJECT_REASONS) {
    table.set(`rejected.${reason}`, { unit: "count", meaning: `commands refused as ${reason}` });
  }
  return table;
}

/** Every metric, in the order in which they are listed. */
export const METRICS: ReadonlyMap<string, MetricRow> = buildTable();

/** All names, in the table's order. */
export const METRIC_NAMES: readonly string[] = [...METRICS.keys()];

/** Whether a text names a metric. */
export function isMetricName(name: string): name is MetricName {
  return METRICS.has(name);
}
