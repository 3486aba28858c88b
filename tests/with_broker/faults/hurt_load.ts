/**
 * A load on one topic, something that goes wrong under it, and the comparison afterwards.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import { openClusterLog } from "../../../kafka/cluster/cluster_log.ts";
import { type EventLog, PublishError } from "../../../kafka/event_log.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { plainTopic } from "../../kafka/log_fixture.ts";
import { eventually } from "../../support/eventually.ts";
import { AcknowledgedLoad, type LoadTransport } from "./acknowledged_load.ts";
import { LONG_MS, wholeAgain } from "./broken_cluster.ts";
import { type Discrepancies, discrepancies, readByConsoleConsumer } from "./stored_records.ts";

const PARTITIONS = 6;

/** Several publishers, and each publish goes to several partitions. */
const LOAD = { partitions: PARTITIONS, publishers: 3, records: 10, spread: 3 } as const;

/** Acknowledged before anything goes wrong, and again afterwards. */
const ENOUGH_RECORDS = 300;

/** The load's topic as logs know it. */
export const LOAD_TOPIC = "load";

/** Where Kafka's own tools are, and whom they ask. */
type Readable = Pick<NativeCluster, "libs" | "brokers">;

/** What a load was told, and what of it is not so. */
export interface JudgedLoad {
  readonly load: AcknowledgedLoad;
  readonly found: Discrepancies;
}

/** A load on a topic of its own. */
export interface LoadUnderFault {
  readonly config: ClusterLogConfig;
  /** Default: a log of ours. */
  readonly transport?: LoadTransport;
}

/** Publishes through a log of ours while `fault` happens. */
export async function hurtLog(
  cluster: Readable,
  config: ClusterLogConfig,
  fault: (load: AcknowledgedLoad) => Promise<void>,
): Promise<JudgedLoad> {
  await createLoadTopic(config);
  const [judged] = await hurtLoads(cluster, [{ config }], async ([load]) => await fault(load!));
  return judged!; // As many as there are loads.
}

/** Publishes by several at a time, to topics that are there, while one `fault` hurts them all. */
export async function hurtLoads(
  cluster: Readable,
  wanted: readonly LoadUnderFault[],
  fault: (loads: readonly AcknowledgedLoad[]) => Promise<void>,
): Promise<readonly JudgedLoad[]> {
  await using logs = new AsyncDisposableStack();
  const loads = await Promise.all(wanted.map(async ({ config, transport }) => {
    const by = transport ?? transportOf(logs.use(await openClusterLog(config)));
    return new AcknowledgedLoad(by, LOAD);
  }));
  try {
    await Promise.all(loads.map(more));
    await fault(loads);
    await Promise.all(loads.map(more));
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
  }
  return await Promise.all(loads.map(async (load, n) => {
    const stored = await readByConsoleConsumer(cluster, loadTopic(wanted[n]!.config));
    return { load, found: discrepancies(load, stored) };
  }));
}

/** The load's topic by its name on the cluster. */
export function loadTopic({ topicPrefix }: ClusterLogConfig): string {
  return `${topicPrefix}${LOAD_TOPIC}`;
}

/** Makes the load's topic. */
export async function createLoadTopic(config: ClusterLogConfig): Promise<void> {
  await using log = await openClusterLog(config);
  await log.createTopics([plainTopic({ name: LOAD_TOPIC, partitions: PARTITIONS })]);
  await wholeAgain(config, loadTopic(config));
}

/** Resolves when every partition has taken records after this moment. */
export async function goesOnEverywhere(load: AcknowledgedLoad): Promise<void> {
  const before = load.counts;
  await eventually(
    "every partition goes on",
    () => load.counts.every((count, partition) => count > before[partition]!),
    LONG_MS,
  );
}

/** Resolves when another publish has been rejected. */
export async function rejected(load: AcknowledgedLoad): Promise<void> {
  const before = load.rejections;
  await eventually("a send is rejected", () => load.rejections > before, LONG_MS);
}

async function more(load: AcknowledgedLoad): Promise<void> {
  const wanted = load.acknowledged.length + ENOUGH_RECORDS;
  await eventually(
    `${ENOUGH_RECORDS} records are acknowledged`,
    () => load.acknowledged.length >= wanted,
    LONG_MS,
  );
}

function transportOf(log: EventLog): LoadTransport {
  return {
    async publish(batches) {
      await log.publish(batches.map(({ partition, values }) => ({
        topic: LOAD_TOPIC,
        partition,
        records: values.map((value) => ({ key: null, value })),
      })));
    },
    rejected(error, batches) {
      if (!(error instanceof PublishError) || !error.retriable) return null;
      const again = error.rejected.map(({ partition, records }) => ({
        partition,
        values: records.map(({ value }) => String(value)),
      }));
      const values = new Set(again.flatMap((batch) => batch.values));
      const stored = batches.map((batch) => ({
        ...batch,
        values: batch.values.filter((value) => !values.has(value)),
      }));
      return { again, stored };
    },
  };
}
