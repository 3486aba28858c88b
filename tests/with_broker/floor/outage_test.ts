/**
 * A floor whose connections to the cluster are gone for longer than a session lasts.
 */

import assert from "node:assert/strict";
import { CLUSTER_SESSION_TIMEOUT_MS } from "../../../actors/floor/floor_place.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import {
  assertConserved,
  assertSoundLog,
  onStage,
  trade,
  withFolder,
} from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { onCluster } from "./cluster_run.ts";
import { sessionClients } from "../support/test_clients.ts";

const LONG_MS = 120_000;

for (const client of sessionClients()) {
  Deno.test(`a floor by ${client} whose log is away in mid-burst goes on by itself, without a restart`, async () => {
    await withFolder(async (directory) => {
      await onCluster(client, async (_run, config) => {
        const [target = ""] = config.brokers;
        await using proxy = TcpProxy.open({ target });
        const log = { ...config, through: { [target]: proxy.address } };
        await onStage(directory, { log }, async ({ floor, events }) => {
          const before = await floor.progress();
          const trading = trade(floor, { name: "outage", orders: 300 });
          await eventually(
            "the burst is on its way",
            async () => (await floor.progress()).end > before.end + 100,
            LONG_MS,
          );
          proxy.cut();
          await systemClock.sleep(2 * CLUSTER_SESSION_TIMEOUT_MS); // The outage itself.
          proxy.mend();
          assert.equal((await trading).length, 300);
          await floor.idle();
          await assertConserved(floor);
          const told = events.map(({ kind }) => kind);
          assert.ok(told.includes("log-unavailable"), "the outage is told");
          assert.ok(told.includes("log-available"), "and its end");
          assert.deepEqual(events.filter(({ kind }) => kind === "failure"), []);
        });
        await using read = await openEventLog(config);
        await assertSoundLog(read, directory);
      });
    });
  });
}
