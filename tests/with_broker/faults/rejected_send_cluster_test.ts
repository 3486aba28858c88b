/**
 * A broker hangs until sends are rejected, and then stores them after all. An idempotent producer that
 * is used on takes a later, different batch for a repeat of the rejected one: acknowledged, not stored.
 */

import assert from "node:assert/strict";
import { type ClusterLogConfig, KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import { configOn, LONG_MS } from "./broken_cluster.ts";
import {
  createLoadTopic,
  goesOnEverywhere,
  hurtLoads,
  type JudgedLoad,
  loadTopic,
  type LoadUnderFault,
  rejected,
} from "./hurt_load.ts";
import { plainProducer } from "./plain_kafkajs.ts";
import { NO_DISCREPANCIES } from "./stored_records.ts";

/** A plain producer gives up after so long, and once more. */
const PLAIN_REQUEST_TIMEOUT_MS = 1_000;

/** Publishers that have not been heard of for so long wait for an answer. */
const QUIET_MS = 100;

/** Freezes in a row; one that catches no send under way loses nothing. */
const PLAIN_ATTEMPTS = 6;

Deno.test("what is acknowledged is stored, though a send was rejected and stored after all", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path);
  const target = cluster.brokers[0]!;
  await using proxy = TcpProxy.open({ target });
  const through = { [target]: proxy.address };
  const ours = KAFKA_CLIENTS.map((client) => ({ ...configOn(cluster, client), through }));
  for (const config of ours) await createLoadTopic(config);
  let missing = 0;
  for (let attempt = 1; attempt <= PLAIN_ATTEMPTS && missing === 0; attempt++) {
    const [plain, ...found] = await afterFreeze(cluster, proxy, attempt === 1 ? ours : []);
    for (const [n, each] of found.entries()) {
      assert.deepEqual(each.found, NO_DISCREPANCIES, `the log by ${KAFKA_CLIENTS[n]}`);
      assert.ok(each.load.rejections > 0, `no send by ${KAFKA_CLIENTS[n]} was rejected`);
    }
    missing = plain!.found.missing.length;
    console.log(
      `freeze ${attempt}: a plain producer used on misses ${missing} acknowledged records`,
    );
  }
  assert.ok(missing > 0, `nothing was missing after ${PLAIN_ATTEMPTS} freezes`);
});

/**
 * What a freeze does to a load by a plain idempotent producer, and to loads by logs of ours. What was on
 * its way to the frozen broker is stored when it thaws, and its senders are not told.
 */
async function afterFreeze(
  cluster: NativeCluster,
  proxy: TcpProxy,
  ours: readonly ClusterLogConfig[],
): Promise<readonly JudgedLoad[]> {
  const config = configOn(cluster, "kafkajs");
  await createLoadTopic(config);
  await using producer = await plainProducer(config, loadTopic(config), {
    idempotent: true,
    requestTimeout: PLAIN_REQUEST_TIMEOUT_MS,
    retries: 1,
    givesUp: true,
  });
  const loads: readonly LoadUnderFault[] = [
    { config, transport: producer },
    ...ours.map((config) => ({ config })),
  ];
  return await hurtLoads(cluster, loads, async (loads) => {
    const all = Promise.all(loads.map(rejected));
    all.catch(() => {}); // Awaited below.
    await cluster.freeze(1);
    try {
      await still(proxy);
      proxy.cut();
      await all;
    } finally {
      await cluster.thaw(1);
      proxy.mend();
    }
    await Promise.all(loads.map(goesOnEverywhere));
  });
}

/** Resolves when nothing is forwarded any more: all publishers wait for the broker. */
async function still(proxy: TcpProxy): Promise<void> {
  let before = -1;
  await eventually("nothing is forwarded any more", async () => {
    const { bytesOut, bytesIn } = proxy.counters;
    const same = bytesOut + bytesIn === before;
    before = bytesOut + bytesIn;
    if (!same) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
    return same;
  }, LONG_MS);
}
