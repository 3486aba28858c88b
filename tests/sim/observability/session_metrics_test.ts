import assert from "node:assert/strict";
import { MetricRegistry } from "../../../actors/telemetry/metric_registry.ts";
import { LATENCY_BOUNDS, LatencyBuckets } from "../../../sim/measuring/latency_buckets.ts";
import { LatencyMeter } from "../../../sim/measuring/latency_meter.ts";
import type { MeterReading } from "../../../sim/measuring/meter_actor.ts";
import { sessionMetrics } from "../../../sim/observability/session_metrics.ts";
import { Scraped } from "../../actors/telemetry/scraped.ts";

function bucketsOf(...seconds: readonly number[]) {
  const buckets = new LatencyBuckets();
  for (const each of seconds) buckets.record(each);
  return buckets.counts;
}

function readingWith(seconds: readonly number[]): MeterReading {
  const meter = new LatencyMeter();
  const counts = {
    ...meter.counts(),
    orders: { placed: 5, rejected: 2, duplicates: 1 },
    orderRefusals: { "unknown-symbol": 2 },
    trades: 3,
    unanswered: 4,
  } as const;
  const buckets = { answer: bucketsOf(...seconds), fill: bucketsOf() };
  return { counts, answer: meter.answer, fill: meter.fill, buckets };
}

function scrape(reading: () => Promise<MeterReading>) {
  const registry = new MetricRegistry();
  const source = sessionMetrics(registry, { reading });
  const text = async () => new Scraped(await registry.text());
  return { source, text };
}

Deno.test("sessionMetrics() tells orders by outcome and refusals by reason", async () => {
  const { source, text } = scrape(() => Promise.resolve(readingWith([])));
  await source.read();
  const scraped = await text();
  assert.equal(scraped.sum("outcry_orders_total", { outcome: "placed" }), 5);
  assert.equal(scraped.sum("outcry_orders_total", { outcome: "rejected" }), 2);
  assert.equal(scraped.sum("outcry_orders_total", { outcome: "duplicate" }), 1);
  assert.equal(scraped.sum("outcry_order_refusals_total", { reason: "unknown-symbol" }), 2);
  assert.equal(scraped.sum("outcry_trades_total"), 3);
  assert.equal(scraped.sum("outcry_commands_unanswered"), 4);
});

Deno.test("sessionMetrics() tells latencies as a cumulative histogram in seconds", async () => {
  const seconds = [0.0004, 0.001, 0.004, 0.3, 75];
  const { source, text } = scrape(() => Promise.resolve(readingWith(seconds)));
  await source.read();
  await source.read();
  const family = (await text()).family("outcry_order_answer_seconds");
  assert.equal(family.type, "HISTOGRAM");
  const [metric] = family.metrics;
  assert.equal(Number(metric?.count), seconds.length);
  assert.ok(Math.abs(Number(metric?.sum) - 75.3054) < 1e-9);
  for (const bound of LATENCY_BOUNDS) {
    const expected = seconds.filter((each) => each <= bound).length;
    assert.equal(Number(metric?.buckets?.[String(bound)]), expected, `up to ${bound} s`);
  }
  assert.equal(Number(metric?.buckets?.["+Inf"]), seconds.length);
});

Deno.test("sessionMetrics() tells nothing once the meter cannot be read", async () => {
  const { source, text } = scrape(() => Promise.resolve(readingWith([0.5])));
  await source.read();
  source.clear();
  const scraped = await text();
  assert.deepEqual(scraped.family("outcry_orders_total").metrics, []);
  assert.doesNotMatch(JSON.stringify(scraped.families), /_bucket|"count":"1"/);
});
