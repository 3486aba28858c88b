/**
 * How records lie on the cluster: in which batches they were sent, and how large they are.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import type { KafkaClient } from "../../../kafka/cluster/kafka_client.ts";
import { openClient } from "../../../kafka/cluster/open_client.ts";
import { readBatches } from "../../../kafka/cluster/record_batch/decoder.ts";
import { BATCH } from "../../../kafka/cluster/record_batch/layout.ts";

/** Of each partition. */
const SAMPLE_BYTES = 2 * 1_048_576;

const LIMITS = { maxWaitMs: 0, maxBytes: SAMPLE_BYTES, maxPartitionBytes: SAMPLE_BYTES };

/** Means over the sample, every topic weighing as it was written. */
export interface StoredRecords {
  readonly recordsPerBatch: number;
  readonly keyBytes: number;
  readonly valueBytes: number;
  /** Appends, about, of all the records counted. */
  readonly batches: number;
  readonly byTopic: Readonly<Record<string, number>>;
}

interface Sample {
  batches: number;
  records: number;
  keyBytes: number;
  valueBytes: number;
}

/** Looks into the topics of a floor; `counts` says how many records each is counted for. */
export async function storedRecords(
  config: ClusterLogConfig,
  counts: Readonly<Record<string, number>>,
): Promise<StoredRecords> {
  const client = await openClient(config);
  const sums = { records: 0, batches: 0, keyBytes: 0, valueBytes: 0 };
  const byTopic: Record<string, number> = {};
  try {
    for (const [topic, count] of Object.entries(counts)) {
      const sample = await sampleOf(client, `${config.topicPrefix}${topic}`);
      if (sample.records === 0 || count === 0) continue;
      const weight = count / sample.records;
      byTopic[topic] = sample.records / sample.batches;
      sums.records += count;
      sums.batches += weight * sample.batches;
      sums.keyBytes += weight * sample.keyBytes;
      sums.valueBytes += weight * sample.valueBytes;
    }
  } finally {
    await client.close();
  }
  const { records, batches, keyBytes, valueBytes } = sums;
  return {
    recordsPerBatch: records / batches,
    keyBytes: keyBytes / records,
    valueBytes: valueBytes / records,
    batches,
    byTopic,
  };
}

async function sampleOf(client: KafkaClient, topic: string): Promise<Sample> {
  const sample = { batches: 0, records: 0, keyBytes: 0, valueBytes: 0 };
  const { topics } = await client.metadata([topic]);
  for (const { partition, leader } of topics[0]?.partitions ?? []) {
    const wishes = [{ topic, partition, offset: 0 }];
    const fetched = await client.fetch(leader, wishes, LIMITS);
    for (const { batches } of fetched) addBatches(sample, client, batches);
  }
  return sample;
}

function addBatches(sample: Sample, { unpackers }: KafkaClient, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + BATCH.leaderEpoch < bytes.length;) {
    at += BATCH.leaderEpoch + view.getInt32(at + BATCH.length);
    if (at <= bytes.length) sample.batches++;
  }
  for (const { key, value } of readBatches(bytes, 0, unpackers).records) {
    sample.records++;
    sample.keyBytes += key?.length ?? 0;
    sample.valueBytes += value?.length ?? 0;
  }
}
