/**
 * Acknowledged means stored: a leader dies under load, and what was acknowledged is compared with what
 * Kafka's own consumer reads. The same comparison finds what plain use of a client loses.
 */

import assert from "node:assert/strict";
import { type ClusterLogConfig, KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import type { AcknowledgedLoad } from "./acknowledged_load.ts";
import { configOn, leaderOf, wholeAgain } from "./broken_cluster.ts";
import {
  createLoadTopic,
  goesOnEverywhere,
  hurtLoads,
  loadTopic,
  type LoadUnderFault,
} from "./hurt_load.ts";
import { plainProducer } from "./plain_kafkajs.ts";
import { NO_DISCREPANCIES } from "./stored_records.ts";

/**
 * Whether one kill loses something is a matter of which answers were under way. It nearly always does;
 * only a comparison that finds nothing fails so often in a row.
 */
const PLAIN_ATTEMPTS = 8;

Deno.test("what is acknowledged is stored, though a leader is killed with kill -9", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path, { brokers: 3 });
  const ours = KAFKA_CLIENTS.map((client) => configOn(cluster, client));
  for (const config of ours) await createLoadTopic(config);
  let missing = 0;
  for (let attempt = 1; attempt <= PLAIN_ATTEMPTS && missing === 0; attempt++) {
    // One kill hurts them all; what only the plain use has lost, only it has to lose again.
    const judged = attempt === 1 ? ours : [];
    const [plain, ...found] = await afterKill(cluster, judged);
    for (const [n, each] of found.entries()) {
      assert.deepEqual(each, NO_DISCREPANCIES, `the log by ${KAFKA_CLIENTS[n]}`);
    }
    missing = plain!.missing.length;
    console.log(`kill ${attempt}: kafkajs used plainly misses ${missing} acknowledged records`);
  }
  assert.ok(missing > 0, `nothing was missing after ${PLAIN_ATTEMPTS} kills`);
});

/** What a kill does to a load by kafkajs used plainly, and to loads by logs of ours. */
async function afterKill(cluster: NativeCluster, ours: readonly ClusterLogConfig[]) {
  const config = configOn(cluster, "kafkajs");
  await createLoadTopic(config);
  await using producer = await plainProducer(config, loadTopic(config), { idempotent: false });
  const loads: readonly LoadUnderFault[] = [
    { config, transport: producer },
    ...ours.map((config) => ({ config })),
  ];
  const judged = await hurtLoads(cluster, loads, (loads) => kill(cluster, config, loads));
  return judged.map(({ found }) => found);
}

/** kill -9 of a broker, which leads some of each topic; back when all have gone on without it. */
async function kill(
  cluster: NativeCluster,
  config: ClusterLogConfig,
  loads: readonly AcknowledgedLoad[],
): Promise<void> {
  const leader = await leaderOf(config, loadTopic(config));
  await cluster.kill(leader);
  try {
    await Promise.all(loads.map(goesOnEverywhere));
  } finally {
    await cluster.start(leader);
  }
  await wholeAgain(config, loadTopic(config));
}
