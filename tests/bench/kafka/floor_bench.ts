/**
 * Records per second that the whole floor moves end to end on Kafka, against what a client library
 * alone produces on the same broker: records of the same mean size, acknowledged by all replicas, a
 * sender for each of six partitions, in batches as large as the floor's own and of 1,000.
 *
 * Run: deno run -A tests/bench/kafka/floor_bench.ts --brokers HOST:PORT [--client both] [--orders 50000]
 *
 * @module
 */

import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { tell } from "../figures.ts";
import { moveBurst, type Moved, startLoadedFloor } from "../floor_load.ts";
import { type BareRecord, produced } from "./bare_client.ts";
import { clusterArguments, createTopic, onCluster, shown } from "./bench_cluster.ts";
import { type StoredRecords, storedRecords } from "./stored_batches.ts";

/** What the design promises of the floor against kafkajs alone. */
const LEAST_RATIO = 0.5;

const LARGE_BATCH = 1_000;

interface FloorFigures extends Moved {
  readonly rate: number;
  readonly stored: StoredRecords;
}

const { brokers, clients, numbers: { orders, ms } } = clusterArguments({
  orders: 50_000,
  ms: 3_000,
});

for (const client of clients) {
  const floor = await floorBy(client);
  describe(client, floor);
  for (const alone of KAFKA_CLIENTS) {
    if (alone === "kafkajs" || alone === client) await compare(client, floor, alone);
  }
  tell({ what: `commands end to end, ${client}`, value: orders / floor.seconds, unit: "/s" });
}

async function floorBy(client: KafkaClientName): Promise<FloorFigures> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-bench-" });
  try {
    return await onCluster(brokers, client, async ({ config: log }) => {
      await using floor = await startLoadedFloor(directory, { log });
      const moved = await moveBurst(floor, orders);
      const stored = await storedRecords(log, moved.byTopic);
      return { ...moved, rate: moved.total / moved.seconds, stored };
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function describe(client: KafkaClientName, { seconds, sendingSeconds, ...floor }: FloorFigures) {
  const { total, byTopic, stored, rate } = floor;
  const sizes = Object.entries(stored.byTopic).map(([topic, mean]) =>
    `${topic} ${mean.toFixed(1)}`
  );
  console.log(
    `floor by ${client}: ${shown(orders)} commands, ${shown(total)} records in ` +
      `${seconds.toFixed(1)} s (all sent after ${sendingSeconds.toFixed(1)} s): ` +
      `${shown(orders / seconds)} commands/s, ${shown(rate)} records/s\n` +
      `  ${JSON.stringify(byTopic)}\n` +
      `  a record has ${stored.keyBytes.toFixed(0)} + ${stored.valueBytes.toFixed(0)} bytes; ` +
      `about ${shown(stored.batches / seconds)} appends/s of ` +
      `${stored.recordsPerBatch.toFixed(1)} records (${sizes.join(", ")})`,
  );
}

async function compare(
  client: KafkaClientName,
  { rate, stored }: FloorFigures,
  alone: KafkaClientName,
): Promise<void> {
  const record: BareRecord = {
    key: new Uint8Array(Math.round(stored.keyBytes)).fill(0x6b),
    value: new Uint8Array(Math.round(stored.valueBytes)).fill(0x76),
  };
  const own = Math.max(1, Math.round(stored.recordsPerBatch));
  for (const batch of new Set([own, LARGE_BATCH])) {
    const rates = await aloneBy(alone, record, batch);
    const best = Math.max(rates.plain, rates.idempotent);
    console.log(
      `  ${alone} alone, batches of ${batch}: ${shown(rates.plain)} records/s, idempotent ` +
        `${shown(rates.idempotent)}: the floor moves ${(rate / best).toFixed(2)} of the better one`,
    );
    tell({
      what: `floor by ${client} / ${alone} alone, batches of ${batch}`,
      value: rate / best,
      unit: "",
      ...(alone === "kafkajs" && batch === own
        ? { limit: { is: "at least", value: LEAST_RATIO } }
        : {}),
    });
  }
}

function aloneBy(client: KafkaClientName, record: BareRecord, batch: number) {
  return onCluster(brokers, client, async ({ config, bare }) => {
    await using log = await openEventLog(config);
    const topic = await createTopic(log, config, "alone");
    const load = { topic, record, batch, ms };
    return {
      plain: await produced(bare, { ...load, idempotent: false }),
      idempotent: await produced(bare, { ...load, idempotent: true }),
    };
  });
}
