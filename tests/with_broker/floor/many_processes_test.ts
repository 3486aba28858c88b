/**
 * One floor on a cluster, over several processes.
 */

import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { type Floor, joinFloor, startFloor } from "../../../mod.ts";
import { spawnActors, startJoined } from "../../actors/floor/joined_process.ts";
import {
  assertConserved,
  assertSoundLog,
  onStage,
  SYMBOLS,
  trade,
  USERS,
  withFolder,
} from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { onCluster } from "./cluster_run.ts";

/** A deadline that only a floor that is stuck misses, however busy the machine is. */
const LONG_MS = 120_000;

async function shares(floor: Floor, role: string): Promise<readonly number[]> {
  const { members } = await floor.log.describeGroup(role);
  return members.map(({ assignment }) => assignment.length).sort();
}

async function shared(floor: Floor, role: string, among: string): Promise<void> {
  await eventually(
    `${role}'s partitions are shared ${among}`,
    async () => (await shares(floor, role)).join() === among,
    LONG_MS,
  );
}

for (const client of ["kafkajs", "platformatic"] as const) {
  Deno.test(`a floor over three processes by ${client}, one killed with kill -9 in mid-burst and another joining, loses and doubles nothing`, async () => {
    await withFolder(async (directory) => {
      await onCluster(client, async (run, log) => {
        const brokers = log.brokers.join();
        const only = (roles: string, name: string) =>
          startJoined(
            ...["--only", roles, "--run", run, "--brokers", brokers],
            ...["--client", client, "--name", name],
          );
        const roles = "order-gateway,trading-engine,portfolio-manager";
        const instances = { "portfolio-manager": 0 };
        await onStage(directory, { log, instances }, async ({ floor }) => {
          await using first = await only(roles, "first");
          await using second = await only(roles, "second");
          await shared(floor, "order-gateway", "2,2,2");
          await shared(floor, "trading-engine", "2,2,2");
          await shared(floor, "portfolio-manager", "3,3");
          const trading = trade(floor, { name: "burst", orders: 600 });
          const before = await floor.progress();
          await eventually(
            "the burst is on its way",
            async () => (await floor.progress()).end > before.end + 200,
            LONG_MS,
          );
          first.kill("SIGKILL");
          await first.ended;
          await using third = await only(roles, "third");
          assert.equal((await trading).length, 600);
          await floor.idle();
          await shared(floor, "trading-engine", "2,2,2");
          await shared(floor, "portfolio-manager", "3,3");
          await assertConserved(floor);
          for (const left of [second, third]) {
            left.kill("SIGTERM");
            assert.equal(await left.ended, 0, left.out());
            assert.match(left.out(), /left: the partitions are handed back/);
          }
          await shared(floor, "trading-engine", "6");
          // Nobody serves portfolios now, and nothing has changed.
          await assertConserved(floor);
          await floor.addInstance("portfolio-manager");
          await floor.idle();
          await assertConserved(floor);
        });
        await using read = await openEventLog(log);
        await assertSoundLog(read, directory);
      });
    });
  });
}

Deno.test("deno task actors refuses other parameters than the run's on a cluster, and names the runs there", async () => {
  await withFolder(async (directory) => {
    await onCluster("kafkajs", async (run, log) => {
      await using floor = await startFloor({ log, directory, symbols: SYMBOLS });
      const instances = { notifier: 1 };
      await assert.rejects(
        joinFloor({ log, instances, expect: { symbols: SYMBOLS, limits: { orderBurst: 3 } } }),
        /^FloorParametersError: Cannot join the floor: it was opened with limits\.orderBurst 1000, not 3$/,
      );
      await assert.rejects(
        joinFloor({ log, instances, expect: { symbols: ["AAPL"] } }),
        /it was opened with symbols\.1/,
      );
      await assert.rejects(
        joinFloor({ log, instances, expect: { symbols: SYMBOLS, partitions: { orders: 3 } } }),
        /it was opened with partitions\.orders 6, not 3/,
      );
      const brokers = log.brokers.join();
      await using absent = spawnActors(
        ...["--only", "notifier", "--run", "no-such-run", "--brokers", brokers],
      );
      assert.equal(await absent.ended, 104, absent.out());
      assert.match(
        absent.out(),
        /Cannot join run "no-such-run": no topic begins with "no-such-run\."/,
      );
      assert.match(absent.out(), new RegExp(`there are .*${run}`));
      await floor.idle();
      const { members } = await floor.log.describeGroup("notifier");
      assert.deepEqual(members.map(({ instanceId }) => instanceId), ["notifier-0"]);
    });
  });
});

Deno.test("a floor on a cluster answers for portfolios wherever they are asked for", async () => {
  await withFolder(async (directory) => {
    await onCluster("kafkajs", async (_run, log) => {
      await onStage(directory, { log, instances: { "trading-engine": 0 } }, async ({ floor }) => {
        await using joined = await joinFloor({ log, instances: { "trading-engine": 2 } });
        await trade(floor, { name: "asked", orders: 60 });
        await floor.idle();
        for (const user of USERS) {
          assert.deepEqual(await joined.portfolio(user), await floor.portfolio(user));
        }
      });
    });
  });
});
