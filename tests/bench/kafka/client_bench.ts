/**
 * Records per second through the event log on Kafka, by each client, against the library by itself and,
 * where their jars are there, against Kafka's own performance tools: records of 200 bytes, six
 * partitions.
 *
 * Run: deno run -A tests/bench/kafka/client_bench.ts --brokers HOST:PORT [--client both] [--ms 3000]
 *      [--records 600000]
 *
 * @module
 */

import type { EventLog, FetchedBatch } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { tell } from "../figures.ts";
import {
  type BareClient,
  type BareRecord,
  consumed,
  PARTITIONS,
  produced,
  rate,
} from "./bare_client.ts";
import {
  type BenchPlace,
  clusterArguments,
  createTopic,
  onCluster,
  shown,
} from "./bench_cluster.ts";
import { consumerPerformance, kafkaJars, producerPerformance } from "./java_performance.ts";

const BATCHES = [100, 1_000] as const;

/** Records by which the readers are measured come in such batches. */
const FILL_BATCH = 1_000;

const POLL = { timeoutMs: 1_000, maxRecords: 2_000 } as const;

const TEXT = "v".repeat(200);
const RECORD: BareRecord = { key: null, value: new TextEncoder().encode(TEXT) };

const { brokers, clients, numbers: { ms, records: count } } = clusterArguments({
  ms: 3_000,
  records: 600_000,
});

console.log(`records of 200 bytes, ${PARTITIONS} partitions; ${shown(count)} of them are read`);
const libs = await kafkaJars();
for (const client of clients) await onCluster(brokers, client, measure);
if (libs === null) {
  console.log("Kafka's own tools: their jars are not there (deno task kafka gets them)");
}

async function measure(place: BenchPlace): Promise<void> {
  await using log = await openEventLog(place.config);
  for (const batch of BATCHES) await measureProducing(log, place, batch);
  await measureConsuming(log, place);
}

async function measureProducing(log: EventLog, place: BenchPlace, batch: number): Promise<void> {
  const { config, bare } = place;
  const topic = await createTopic(log, config, `produced-${batch}`);
  const alone = { topic, record: RECORD, batch, ms };
  const plain = await produced(bare, { ...alone, idempotent: false });
  const idempotent = await produced(bare, { ...alone, idempotent: true });
  const ours = await published(log, `produced-${batch}`, batch);
  const java = libs === null ? null : await producerPerformance(libs, {
    brokers,
    topic,
    records: count,
    batchBytes: batch * 230,
  });
  print(`produce, batches of ${batch}, ${bare.name}`, {
    "event log": ours,
    "alone": plain,
    "alone, idempotent": idempotent,
    ...(java === null ? {} : { "Kafka's own": java }),
  });
  ratio(`produce in batches of ${batch}`, ours, bare, Math.max(plain, idempotent), java);
}

/** Records a second of six publishers, each awaiting its batch before the next. */
async function published(log: EventLog, topic: string, batch: number): Promise<number> {
  const records = Array.from({ length: batch }, () => ({ key: null, value: TEXT }));
  const publishers = Array.from(
    { length: PARTITIONS },
    (_, partition) => () => log.publish([{ topic, partition, records }]),
  );
  await Promise.all(publishers.map((publish) => publish()));
  return await rate({ batch, ms }, publishers);
}

async function measureConsuming(log: EventLog, { config, bare }: BenchPlace): Promise<void> {
  const name = "consumed";
  const topic = await createTopic(log, config, name);
  const records = Array.from({ length: FILL_BATCH }, () => ({ key: null, value: TEXT }));
  for (let filled = 0; filled < count; filled += FILL_BATCH * PARTITIONS) {
    await log.publish(
      Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: name, partition, records })),
    );
  }
  const alone = await consumed(bare, topic, count);
  const read = await readAll(log, name);
  const member = await readAsMember(log, name);
  const java = libs === null
    ? null
    : await consumerPerformance(libs, { brokers, topic, records: count });
  print(`consume, ${bare.name}`, {
    "reader": read,
    "member that commits": member,
    "alone": alone,
    ...(java === null ? {} : { "Kafka's own": java }),
  });
  ratio("read", read, bare, alone, java);
  ratio("read as a member", member, bare, alone, java);
}

async function readAll(log: EventLog, topic: string): Promise<number> {
  const reader = log.openReader(
    Array.from({ length: PARTITIONS }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  try {
    return await drained(() => reader.poll(POLL));
  } finally {
    reader.close();
  }
}

/** Commits after every poll, as the actors do. */
async function readAsMember(log: EventLog, topic: string): Promise<number> {
  const member = await log.join({ group: "bench", topics: [topic], instanceId: "bench-0" });
  try {
    return await drained(async () => {
      const polled = await member.poll(POLL);
      if (polled.kind !== "records" || polled.batches.length === 0) return [];
      const last = new Map(polled.batches.map((batch) => [batch.partition, batch.nextOffset]));
      await member.commit(
        [...last].map(([partition, offset]) => ({ topic, partition, offset })),
      );
      return polled.batches;
    });
  } finally {
    await member.leave();
  }
}

/** From the first records to the last; their texts are read, as the actors do. */
async function drained(poll: () => Promise<readonly FetchedBatch[]>): Promise<number> {
  let first = 0;
  let atFirst = 0;
  let seen = 0;
  let characters = 0;
  while (seen < count) {
    for (const { records } of await poll()) {
      seen += records.length;
      for (const { text } of records) characters += text?.length ?? 0;
    }
    if (first === 0 && seen > 0) [first, atFirst] = [performance.now(), seen];
  }
  if (characters !== seen * TEXT.length) {
    throw new Error("Cannot trust the figures: texts came short");
  }
  return (seen - atFirst) / (performance.now() - first) * 1000;
}

function ratio(
  what: string,
  ours: number,
  { name }: BareClient,
  alone: number,
  java: number | null,
): void {
  tell({ what: `${what}: event log by ${name} / ${name} alone`, value: ours / alone, unit: "" });
  if (java === null) return;
  tell({ what: `${what}: event log by ${name} / Kafka's own tool`, value: ours / java, unit: "" });
}

function print(what: string, rates: Readonly<Record<string, number>>): void {
  const figures = Object.entries(rates).map(([name, perSecond]) => `${name} ${shown(perSecond)}`);
  console.log(`${what} (records/s): ${figures.join(", ")}`);
}
