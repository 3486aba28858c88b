/**
 * Acknowledged means stored: a leader dies under load, and what was acknowledged is compared with what
 * Kafka's own consumer reads. The same comparison finds what plain use of a client loses.
 */

import assert from "node:assert/strict";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import type { AcknowledgedLoad } from "./acknowledged_load.ts";
import { configOn, leaderOf, wholeAgain } from "./broken_cluster.ts";
import { createLoadTopic, goesOnEverywhere, hurtLoad, hurtLog, loadTopic } from "./hurt_load.ts";
import { plainProducer } from "./plain_kafkajs.ts";
import { NO_DISCREPANCIES } from "./stored_records.ts";

/**
 * Whether one kill loses something is a matter of which answers were under way. It nearly always does;
 * only a comparison that finds nothing fails so often in a row.
 */
const PLAIN_ATTEMPTS = 8;

Deno.test("what is acknowledged is stored, though a leader is killed with kill -9", async (test) => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path, { brokers: 3 });
  for (const client of ["kafkajs", "platformatic"] as const) {
    await test.step(`the log by ${client} loses, doubles and swaps nothing`, async () => {
      const config = configOn(cluster, client);
      const { found } = await hurtLog(cluster, config, (load) => kill(cluster, config, load));
      assert.deepEqual(found, NO_DISCREPANCIES);
    });
  }
  await test.step("kafkajs used plainly loses records, and the comparison says so", async () => {
    let missing = 0;
    for (let attempt = 1; attempt <= PLAIN_ATTEMPTS && missing === 0; attempt++) {
      missing = await missingByPlainUse(cluster);
      console.log(`kill ${attempt}: ${missing} acknowledged records are missing`);
    }
    assert.ok(missing > 0, `nothing was missing after ${PLAIN_ATTEMPTS} kills`);
  });
});

/** kill -9 of a leader; back when every partition has gone on without it. */
async function kill(
  cluster: NativeCluster,
  config: ClusterLogConfig,
  load: AcknowledgedLoad,
): Promise<void> {
  const leader = await leaderOf(config, loadTopic(config));
  await cluster.kill(leader);
  try {
    await goesOnEverywhere(load);
  } finally {
    await cluster.start(leader);
  }
  await wholeAgain(config, loadTopic(config));
}

async function missingByPlainUse(cluster: NativeCluster): Promise<number> {
  const config = configOn(cluster, "kafkajs");
  await createLoadTopic(config);
  await using producer = await plainProducer(config, loadTopic(config), { idempotent: false });
  const { found } = await hurtLoad(
    cluster,
    config,
    producer,
    (load) => kill(cluster, config, load),
  );
  return found.missing.length;
}
