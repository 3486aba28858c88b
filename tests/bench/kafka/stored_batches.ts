/**
 * How records lie on the cluster: in which batches they were sent, and how large they are.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import { ClusterConnections } from "../../../kafka/cluster/platformatic/cluster_connections.ts";
import { planConnections } from "../../../kafka/cluster/platformatic/connection_options.ts";
import { fetchBatches } from "../../../kafka/cluster/platformatic/fetch_answer.ts";
import { readBatches } from "../../../kafka/cluster/platformatic/record_batches.ts";

/** Of each partition. */
const SAMPLE_BYTES = 2 * 1_048_576;

/** Where a batch has its length, in bytes from its start, and what that does not count. */
const LENGTH = { at: 8, uncounted: 12 } as const;

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
  const connections = new ClusterConnections(planConnections(config));
  const sums = { records: 0, batches: 0, keyBytes: 0, valueBytes: 0 };
  const byTopic: Record<string, number> = {};
  try {
    for (const [topic, count] of Object.entries(counts)) {
      const sample = await sampleOf(connections, `${config.topicPrefix}${topic}`);
      if (sample.records === 0 || count === 0) continue;
      const weight = count / sample.records;
      byTopic[topic] = sample.records / sample.batches;
      sums.records += count;
      sums.batches += weight * sample.batches;
      sums.keyBytes += weight * sample.keyBytes;
      sums.valueBytes += weight * sample.valueBytes;
    }
  } finally {
    await connections.close();
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

async function sampleOf(connections: ClusterConnections, topic: string): Promise<Sample> {
  const sample = { batches: 0, records: 0, keyBytes: 0, valueBytes: 0 };
  const { topics } = await connections.metadata([topic]);
  for (const { partition, leader } of topics[0]?.partitions ?? []) {
    const { partitions } = await connections.askNode(leader, {
      doing: `look into ${topic}/${partition}`,
      ask: (connection) =>
        fetchBatches.async(
          connection,
          0,
          1,
          SAMPLE_BYTES,
          0,
          0,
          -1,
          [{
            topicId: topic,
            partitions: [{
              partition,
              currentLeaderEpoch: -1,
              fetchOffset: 0n,
              lastFetchedEpoch: -1,
              partitionMaxBytes: SAMPLE_BYTES,
            }],
          }],
          [],
          "",
        ),
    });
    for (const { batches } of partitions) addBatches(sample, batches);
  }
  return sample;
}

function addBatches(sample: Sample, bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + LENGTH.uncounted < bytes.length;) {
    at += LENGTH.uncounted + view.getInt32(at + LENGTH.at);
    if (at <= bytes.length) sample.batches++;
  }
  for (const { key, value } of readBatches(bytes, 0).records) {
    sample.records++;
    sample.keyBytes += key?.length ?? 0;
    sample.valueBytes += value?.length ?? 0;
  }
}
