/**
 * The metrics of a session, as its meter reads them from the topics: orders by outcome, latencies.
 *
 * @module
 */

import type { MetricRegistry, Sample } from "../../actors/telemetry/metric_registry.ts";
import type { MetricSource } from "../../actors/telemetry/metric_source.ts";
import { LATENCY_BOUNDS } from "../measuring/latency_buckets.ts";
import type { MeterReading } from "../measuring/meter_actor.ts";

/** What is read at every scrape. */
export interface ReadMeter {
  /** What was counted and timed so far. */
  reading(): Promise<MeterReading>;
}

/** The session's metrics. Counts are over the whole run, latencies of this process's sitting. */
export function sessionMetrics(registry: MetricRegistry, meter: ReadMeter): MetricSource {
  const intended = registry.counter({
    name: "outcry_commands_intended_total",
    help: "Commands that producers meant to send, by kind.",
    labels: ["kind"],
  });
  const orders = registry.counter({
    name: "outcry_orders_total",
    help: "Answers to orders, by outcome; duplicate: the first answer, given once more.",
    labels: ["outcome"],
  });
  const refusals = registry.counter({
    name: "outcry_order_refusals_total",
    help: "Refused orders by reason; they sum to the outcome rejected.",
    labels: ["reason"],
  });
  const trades = registry.counter({
    name: "outcry_trades_total",
    help: "Trades; each has two fills.",
  });
  const open = registry.gauge({
    name: "outcry_commands_unanswered",
    help: "Commands with neither answer nor dead letter so far; missing when too many are open.",
  });
  const answer = registry.histogram({
    name: "outcry_order_answer_seconds",
    help: "From the time at which an order was meant to be sent to its answer.",
  }, LATENCY_BOUNDS);
  const fill = registry.histogram({
    name: "outcry_order_fill_seconds",
    help: "From the time at which an order was meant to be sent to its fills as the taker.",
  }, LATENCY_BOUNDS);
  return {
    name: "session",
    read: async () => {
      const { counts, buckets } = await meter.reading();
      const { placed, rejected, duplicates } = counts.orders;
      intended.set(byName("kind", counts.intended));
      orders.set(byName("outcome", { placed, rejected, duplicate: duplicates }));
      refusals.set(byName("reason", counts.orderRefusals));
      trades.set([[{}, counts.trades]]);
      open.set(counts.unanswered === null ? [] : [[{}, counts.unanswered]]);
      answer.set(buckets.answer);
      fill.set(buckets.fill);
    },
    clear: () => {
      for (const metric of [intended, orders, refusals, trades, open]) metric.set([]);
      for (const histogram of [answer, fill]) histogram.set(null);
    },
  };
}

function byName(label: string, values: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(values).map(([name, value]) => [{ [label]: name }, value]);
}
