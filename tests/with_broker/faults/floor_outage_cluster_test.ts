/**
 * Floors whose only broker is killed with kill -9 in mid-burst and comes back.
 */

import assert from "node:assert/strict";
import { CLUSTER_SESSION_TIMEOUT_MS } from "../../../actors/floor/floor_place.ts";
import { KAFKA_CLIENTS } from "../../../kafka/cluster/cluster_config.ts";
import { scratchFolder, startIn } from "../native_broker/cluster_of_a_test.ts";
import { assertFloorsGoOn } from "./hurt_floor.ts";

/** Longer than a session of a floor's members lasts; scenarios/broker_outage.ts has a long one. */
const OUTAGE_MS = CLUSTER_SESSION_TIMEOUT_MS + 2_000;

Deno.test("a floor whose broker is killed with kill -9 in mid-burst and back after more than a session goes on by itself", async () => {
  await using folder = await scratchFolder();
  await using cluster = await startIn(folder.path);
  await assertFloorsGoOn({
    cluster,
    folder: folder.path,
    clients: KAFKA_CLIENTS,
    async fault() {
      await cluster.kill(1);
      await new Promise((resolve) => setTimeout(resolve, OUTAGE_MS)); // The outage itself.
      await cluster.start(1);
    },
    look({ events }) {
      const outages = events.filter(({ kind }) =>
        kind === "log-unavailable" || kind === "log-available"
      );
      assert.deepEqual(outages.slice(0, 2).map(({ kind }) => kind), [
        "log-unavailable",
        "log-available",
      ]);
    },
  });
});
