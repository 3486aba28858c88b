/**
 * A broker hangs until sends are rejected, and then stores them after all. An idempotent producer that
 * is used on takes a later, different batch for a repeat of the rejected one: acknowledged, not stored.
 */

import assert from "node:assert/strict";
import type { ClusterLogConfig } from "../../../kafka/cluster/cluster_config.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import { eventually } from "../../support/eventually.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import type { AcknowledgedLoad } from "./acknowledged_load.ts";
import { configOn, LONG_MS } from "./broken_cluster.ts";
import { createLoadTopic, goesOnEverywhere, hurtLoad, hurtLog, loadTopic } from "./hurt_load.ts";
import { plainProducer } from "./plain_kafkajs.ts";
import { NO_DISCREPANCIES } from "./stored_records.ts";

/** A plain producer gives up after so long, and once more. */
const PLAIN_REQUEST_TIMEOUT_MS = 1_000;

/** Publishers that have not been heard of for so long wait for an answer. */
const QUIET_MS = 100;

/** Freezes in a row; one that catches no send under way loses nothing. */
const PLAIN_ATTEMPTS = 6;

Deno.test("what is acknowledged is stored, though a send was rejected and stored after all", async (test) => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path);
  for (const client of ["kafkajs", "platformatic"] as const) {
    await test.step(`the log by ${client} loses and swaps nothing, and doubles only what was rejected`, async () => {
      const target = cluster.brokers[0]!;
      await using proxy = TcpProxy.open({ target });
      const config = { ...configOn(cluster, client), through: { [target]: proxy.address } };
      const { load, found } = await hurtLog(
        cluster,
        config,
        (load) => rejectAndStore(cluster, proxy, load),
      );
      assert.deepEqual(found, NO_DISCREPANCIES);
      assert.ok(load.rejections > 0, "no send was rejected");
    });
  }
  await test.step("a plain idempotent producer used on loses records, and the comparison says so", async () => {
    let missing = 0;
    for (let attempt = 1; attempt <= PLAIN_ATTEMPTS && missing === 0; attempt++) {
      missing = await missingByPlainUse(cluster, configOn(cluster, "kafkajs"));
      console.log(`freeze ${attempt}: ${missing} acknowledged records are missing`);
    }
    assert.ok(missing > 0, `nothing was missing after ${PLAIN_ATTEMPTS} freezes`);
  });
});

/** What was on its way to the frozen broker is stored when it thaws, and its senders are not told. */
async function rejectAndStore(
  cluster: NativeCluster,
  proxy: TcpProxy,
  load: AcknowledgedLoad,
): Promise<void> {
  await cluster.freeze(1);
  try {
    await still(proxy);
    proxy.cut();
    await rejected(load);
  } finally {
    await cluster.thaw(1);
    proxy.mend();
  }
  await goesOnEverywhere(load);
}

async function missingByPlainUse(
  cluster: NativeCluster,
  config: ClusterLogConfig,
): Promise<number> {
  await createLoadTopic(config);
  await using producer = await plainProducer(config, loadTopic(config), {
    idempotent: true,
    requestTimeout: PLAIN_REQUEST_TIMEOUT_MS,
    retries: 1,
    givesUp: true,
  });
  const { found } = await hurtLoad(cluster, config, producer, async (load) => {
    await cluster.freeze(1);
    try {
      await rejected(load);
    } finally {
      await cluster.thaw(1);
    }
    await goesOnEverywhere(load);
  });
  return found.missing.length;
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

async function rejected(load: AcknowledgedLoad): Promise<void> {
  const before = load.rejections;
  await eventually("a send is rejected", () => load.rejections > before, LONG_MS);
}
