/**
 * From the moment an order was meant to be sent to the moment its answer was seen, with the whole floor
 * on Kafka at a steady rate of orders; against one hop at the same rate: a record from the moment it
 * was meant to be produced to the moment the same library, with nothing around it, has consumed it; and
 * the same through the event log.
 *
 * Run: deno run -A tests/bench/kafka/latency_bench.ts --brokers HOST:PORT [--client both] [--rate 500]
 *      [--seconds 8]
 *
 * @module
 */

import { seededRandom } from "../../../actors/seeded_random.ts";
import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { LatencyHistogram, type LatencySummary } from "../../../sim/measuring/latency_histogram.ts";
import { tell } from "../figures.ts";
import { inParts, line, measured } from "../latency_bench.ts";
import { PARTITIONS } from "./bare_client.ts";
import { type BenchPlace, clusterArguments, createTopic, onCluster } from "./bench_cluster.ts";

/** About an order's. */
const VALUE_BYTES = 200;

/** Whatever is on its way after the last was produced has so long to arrive. */
const ARRIVAL_DEADLINE_MS = 10_000;

const POLL_MS = 20;

const { brokers, clients, numbers: { rate, seconds } } = clusterArguments({
  rate: 500,
  seconds: 8,
});

/** Produces one record; its value says when it was meant to be. */
type Produce = (value: Uint8Array) => Promise<unknown>;

function report(client: KafkaClientName, summaries: {
  readonly bare: LatencySummary;
  readonly hop: LatencySummary;
  readonly floor: LatencySummary;
}): void {
  const { bare, hop, floor } = summaries;
  for (const name of ["p50", "p99"] as const) {
    const [answer, one] = [floor[name] ?? NaN, bare[name] ?? NaN];
    tell({
      what: `order to answer at ${rate} orders/s, ${name}, ${client}`,
      value: answer,
      unit: "ms",
    });
    tell({ what: `one hop by ${client} alone, ${name}`, value: one, unit: "ms" });
    tell({
      what: `one hop by the event log, ${client}, ${name}`,
      value: hop[name] ?? NaN,
      unit: "ms",
    });
    tell({
      what: `order to answer / one hop by ${client} alone, ${name}`,
      value: answer / one,
      unit: "",
    });
  }
}

async function bareHop({ config, bare }: BenchPlace): Promise<LatencySummary> {
  await using log = await openEventLog(config);
  const topic = await createTopic(log, config, "hop");
  const hops = new Hops();
  await using _consumer = await bare.consume(topic, (values) => hops.see(values));
  await using producer = await bare.openProducer({ idempotent: false });
  return await hops.measure((value, partition) =>
    producer.prepare(topic, partition, [{ key: null, value }])()
  );
}

async function logHop({ config }: BenchPlace): Promise<LatencySummary> {
  await using log = await openEventLog(config);
  await createTopic(log, config, "hop");
  const hops = new Hops();
  const reader = log.openReader(
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: "hop", partition, offset: 0 })),
  );
  const stop = new AbortController();
  const reading = (async () => {
    while (!stop.signal.aborted) {
      const batches = await reader.poll({ timeoutMs: POLL_MS, signal: stop.signal });
      for (const { records } of batches) hops.see(records.flatMap(({ value }) => value ?? []));
    }
  })();
  try {
    return await hops.measure((value, partition) =>
      log.publish([{ topic: "hop", partition, records: [{ key: null, value }] }])
    );
  } finally {
    stop.abort();
    await reading;
    reader.close();
  }
}

/** Records on their way, at random moments around the rate. */
class Hops {
  readonly #latencies = new LatencyHistogram();
  readonly #random = seededRandom(7, "hops");
  #begun = Infinity;
  #sent = 0;
  #seen = 0;
  #onSeen: () => void = () => {};

  see(values: readonly Uint8Array[]): void {
    const at = performance.now();
    for (const value of values) {
      const dueAt = new DataView(value.buffer, value.byteOffset).getFloat64(0);
      if (dueAt >= this.#begun) this.#latencies.record(at - dueAt);
    }
    this.#seen += values.length;
    this.#onSeen();
  }

  /** A second to warm up, and the seconds that count. */
  async measure(
    produce: (...to: [...Parameters<Produce>, partition: number]) => Promise<unknown>,
  ): Promise<LatencySummary> {
    await Promise.all(
      Array.from({ length: PARTITIONS }, (_, partition) => this.#produce(produce, 0, partition)),
    );
    await this.#arrived();
    const start = performance.now();
    this.#begun = start + 1_000;
    const sends: Promise<unknown>[] = [];
    for (let dueAt = start; dueAt < this.#begun + seconds * 1000;) {
      const wait = dueAt - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      sends.push(this.#produce(produce, dueAt, this.#sent % PARTITIONS));
      // Whole milliseconds, as the floor's producers intend them: timers know no others.
      dueAt += Math.floor(-Math.log(1 - this.#random()) * 1000 / rate + this.#random());
    }
    await Promise.all(sends);
    await this.#arrived();
    return this.#latencies.summary();
  }

  #produce(
    produce: (value: Uint8Array, partition: number) => Promise<unknown>,
    dueAt: number,
    partition: number,
  ): Promise<unknown> {
    const value = new Uint8Array(VALUE_BYTES);
    new DataView(value.buffer).setFloat64(0, dueAt);
    this.#sent++;
    return produce(value, partition);
  }

  async #arrived(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`Cannot measure: ${this.#seen} of ${this.#sent} records came`)),
      ARRIVAL_DEADLINE_MS,
    );
    this.#onSeen = () => {
      if (this.#seen >= this.#sent) resolve();
    };
    this.#onSeen();
    await promise.finally(() => clearTimeout(timer));
  }
}

console.log(`order to answer, ${rate} orders/s (Poisson) for ${seconds} s, milliseconds`);
// A broker that has just started is slow at first, which would be held against whoever is measured first.
for (const client of clients) await onCluster(brokers, client, logHop);
for (const client of clients) {
  const load = { rate, seconds, durability: "process" } as const;
  const bare = await onCluster(brokers, client, bareHop);
  console.log(line(`one hop by ${client} alone`, bare));
  const hop = await onCluster(brokers, client, logHop);
  console.log(line(`one hop by the event log, ${client}`, hop));
  const floor = await onCluster(brokers, client, ({ config: log }) => measured({ ...load, log }));
  console.log(line(`order to answer, ${client}`, floor));
  const parts = await onCluster(brokers, client, ({ config: log }) => inParts({ ...load, log }));
  for (const [name, summary] of parts.summaries()) console.log(line(`  ${name}`, summary));
  report(client, { bare, hop, floor });
}
