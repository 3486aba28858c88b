/**
 * Floors in mid-burst whose cluster is hurt, and everything that must hold afterwards.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import type { NativeCluster } from "../../../kafka/native_broker/mod.ts";
import { type Floor, OrderRejectedError, seededRandom } from "../../../mod.ts";
import {
  assertConserved,
  assertSoundLog,
  onStage,
  type Stage,
  SYMBOLS,
  USERS,
} from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { configOn } from "./broken_cluster.ts";

/** A burst that lasts for some seconds, and whatever the fault adds to it. */
const ORDERS = 300;

/** Orders under way at a time, about. */
const PACE = 20;

/** Records that the burst has brought before anything is hurt. */
const MID_BURST_RECORDS = 100;

/** Only a floor that is stuck takes so long. */
const LONG_MS = 150_000;

/** The floors of one fault, which it hurts at the same time. */
export interface HurtFloors {
  readonly cluster: NativeCluster;
  readonly folder: string;
  readonly clients: readonly KafkaClientName[];
  /** Called when every floor is in mid-burst; resolves when the fault is over. */
  readonly fault: (topicPrefix: string) => Promise<void>;
  /** What a floor told, looked at while it still runs. */
  readonly look?: (stage: Stage) => void;
}

/** Sends the burst. Each order is answered: an outage takes nothing off the time that an answer has. */
async function sendOrders(floor: Floor, name: string): Promise<void> {
  const random = seededRandom(7, name);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const answers: Promise<unknown>[] = [];
  for (let sent = 0; sent < ORDERS; sent++) {
    const answer = floor.orders.sendOrder({
      orderId: `${name}-${sent}`,
      userId: pick(USERS),
      symbol: pick(SYMBOLS),
      quantity: 1 + Math.floor(random() * 20),
      side: random() < 0.5 ? "buy" : "sell",
      price: 100 + Math.floor(random() * 10 - 5) / 2,
    }).catch((error: unknown) => {
      if (error instanceof OrderRejectedError) return;
      throw error;
    });
    answer.catch(() => {}); // Told at the end, when all are awaited.
    answers.push(answer);
    if (sent % PACE === 0) await answer;
  }
  await Promise.all(answers);
}

/** Every order is answered once, nothing is lost or doubled, and no actor failed. */
export async function assertFloorsGoOn(options: HurtFloors): Promise<void> {
  const { cluster, folder, clients, fault, look } = options;
  const configs = clients.map((client) => configOn(cluster, client));
  const busy = clients.map(() => Promise.withResolvers<void>());
  const over = Promise.withResolvers<void>();
  const floors = configs.map(async (log, n) => {
    const directory = join(folder, clients[n]!);
    await Deno.mkdir(directory);
    await onStage(directory, { log }, async (stage) => {
      const { floor, events } = stage;
      const before = await floor.progress();
      const trading = sendOrders(floor, clients[n]!);
      trading.catch(() => {}); // Awaited once the fault is over.
      await eventually(
        "the burst is on its way",
        async () => (await floor.progress()).end > before.end + MID_BURST_RECORDS,
        LONG_MS,
      );
      busy[n]!.resolve();
      await over.promise;
      await trading;
      await floor.idle();
      await assertConserved(floor);
      assert.deepEqual(events.filter(({ kind }) => kind === "failure"), []);
      look?.(stage);
    });
    await using read = await openEventLog(log);
    await assertSoundLog(read, directory);
  });
  const hurting = Promise.all(busy.map(({ promise }) => promise))
    .then(() => fault(configs[0]!.topicPrefix))
    .finally(() => over.resolve());
  const all = Promise.all(floors);
  // A floor that fails before it is busy fails the test; otherwise the fault's own failure is told.
  await Promise.race([all, hurting]);
  await all;
}
