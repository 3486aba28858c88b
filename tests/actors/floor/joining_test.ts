/**
 * A floor over several processes on one log, and who is not let in.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openFloor } from "../../../actors/floor/open_floor.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import {
  type Floor,
  FloorParametersError,
  joinFloor,
  type JoinFloorOptions,
  startFloor,
} from "../../../mod.ts";
import { eventually } from "../../support/eventually.ts";
import { startJoined } from "./joined_process.ts";
import {
  assertConserved,
  assertSound,
  onStage,
  SYMBOLS,
  trade,
  USERS,
  withFolder,
} from "./recovery_floor.ts";

/** A deadline that only a floor that is stuck misses, however busy the machine is. */
const LONG_MS = 90_000;

/** How many partitions each member of a role's group has. */
async function shares(floor: Floor, role: string): Promise<readonly number[]> {
  const { members } = await floor.log.describeGroup(role);
  return members.map(({ assignment }) => assignment.length).sort();
}

Deno.test("a floor over processes, one killed with kill -9 in mid-burst and another joining, loses and doubles nothing", async () => {
  await withFolder(async (directory) => {
    const only = ["--only", "order-gateway,trading-engine,portfolio-manager", "--run", directory];
    const instances = { "portfolio-manager": 0 };
    await onStage(directory, { instances }, async ({ floor }) => {
      await using first = await startJoined(...only, "--name", "first");
      for (const role of ["order-gateway", "trading-engine"] as const) {
        await eventually(
          `${role}'s partitions are shared`,
          async () => (await shares(floor, role)).join() === "3,3",
          LONG_MS,
        );
      }
      assert.deepEqual(await shares(floor, "portfolio-manager"), [6]);
      const trading = trade(floor, { name: "burst", orders: 600 });
      const before = await floor.progress();
      await eventually(
        "the burst is on its way",
        async () => (await floor.progress()).end > before.end + 200,
        LONG_MS,
      );
      first.kill("SIGKILL");
      await first.ended;
      await using second = await startJoined(...only, "--name", "second");
      assert.equal((await trading).length, 600);
      await floor.idle();
      const { members } = await floor.log.describeGroup("portfolio-manager");
      assert.deepEqual(members.map(({ instanceId }) => instanceId), ["portfolio-manager-0.second"]);
      await assertConserved(floor);
      second.kill("SIGTERM");
      assert.equal(await second.ended, 0, second.out());
      assert.match(second.out(), /trading-engine-0\.second serves orders\/\d/);
      assert.match(second.out(), /left: the partitions are handed back/);
      assert.deepEqual(await shares(floor, "portfolio-manager"), []);
      await eventually(
        "the floor has every engine's partition again",
        async () => (await shares(floor, "trading-engine")).join() === "6",
        LONG_MS,
      );
      // Nobody serves them now, and nothing has changed.
      await assertConserved(floor);
      await floor.addInstance("portfolio-manager");
      await floor.idle();
      await assertConserved(floor);
    });
    await assertSound(directory);
  });
});

Deno.test("Floor.idle() waits for a role that only another process serves", async () => {
  await withFolder(async (directory) => {
    await onStage(directory, { instances: { "trading-engine": 0 } }, async ({ floor }) => {
      await floor.idle(); // Nobody serves it at all: nobody is waited for.
      await using joined = await joinFloor({
        log: { kind: "embedded", directory },
        instances: { "trading-engine": 2 },
        name: "engines",
      });
      await trade(floor, { name: "elsewhere", orders: 100 });
      await floor.idle();
      for (const { lag } of await floor.log.lag("trading-engine")) assert.equal(lag, 0);
      assert.deepEqual(await shares(floor, "trading-engine"), [3, 3]);
      for (const user of USERS) {
        assert.deepEqual(await joined.portfolio(user), await floor.portfolio(user));
      }
      const ids = (await joined.actors()).children[0]?.children
        .flatMap(({ children }) => children.map(({ id }) => id));
      assert.deepEqual(ids, ["trading-engine-0.engines", "trading-engine-1.engines"]);
    });
    await assertSound(directory);
  });
});

Deno.test("joinFloor() refuses other limits, symbols, partitions and fold versions, and names them", async () => {
  await withFolder(async (directory) => {
    await using floor = await startFloor({ log: "embedded", directory, symbols: SYMBOLS });
    const refuse = async (options: Partial<JoinFloorOptions>, said: RegExp) => {
      await assert.rejects(
        joinFloor({
          log: { kind: "embedded", directory },
          instances: { notifier: 1 },
          ...options,
        }),
        (error) => error instanceof FloorParametersError && said.test(error.message),
      );
    };
    await refuse(
      { expect: { symbols: SYMBOLS, limits: { ordersPerSecond: 7 } } },
      /^Cannot join the floor: it was opened with limits\.ordersPerSecond 1000, not 7$/,
    );
    await refuse(
      { expect: { symbols: ["AAPL", "GOOGL", "MSFT"] } },
      /opened with symbols\.2\.symbol "IBM", not "MSFT"/,
    );
    await refuse(
      { expect: { symbols: SYMBOLS, partitions: { orders: 3 } } },
      /opened with partitions\.orders 6, not 3/,
    );
    await refuse({ instances: {} }, /there is no instance to start/);
    await refuse({ name: "no/name" }, /as "no\/name": a name has/);
    const { members } = await floor.log.describeGroup("notifier");
    assert.deepEqual(members.map(({ instanceId }) => instanceId), ["notifier-0"]);
    await using joined = await joinFloor({
      log: { kind: "embedded", directory },
      instances: { notifier: 1 },
      expect: { symbols: SYMBOLS },
    });
    assert.deepEqual(joined.parameters, floor.parameters);
  });
});

Deno.test("joinFloor() refuses a floor of another fold version, and a place without a floor", async () => {
  await withFolder(async (directory) => {
    const log = { kind: "embedded", directory } as const;
    const instances = { "trading-engine": 1 };
    const none = /Cannot join the floor: there is no floor in/;
    await assert.rejects(joinFloor({ log, instances }), none);
    const absent = { ...log, directory: join(directory, "absent") };
    await assert.rejects(joinFloor({ log: absent, instances }), none);
    {
      const path = join(directory, "log.sqlite");
      await using opened = await openEventLog({ kind: "embedded", path });
      await assert.rejects(joinFloor({ log, instances }), /there is none in this log/);
      await using elsewhere = await startFloor({ log: "memory", symbols: ["AAPL"] });
      const { parameters } = elsewhere;
      const foldVersions = { ...parameters.foldVersions, "trading-engine": 99 };
      await openFloor(opened, { ...parameters, foldVersions }, { clock: systemClock });
    }
    await assert.rejects(
      joinFloor({ log, instances }),
      /^FloorParametersError: Cannot join the floor: it was opened with foldVersions\.trading-engine 99, not 1$/,
    );
  });
});

Deno.test("joinFloor() refuses a name that a living process has, and waits for one that has died", async () => {
  await withFolder(async (directory) => {
    await onStage(directory, { instances: { "portfolio-manager": 0 } }, async ({ floor }) => {
      const log = { kind: "embedded", directory } as const;
      const instances = { "portfolio-manager": 1 };
      const only = ["--only", "portfolio-manager", "--run", directory, "--name", "twin"];
      await using first = await startJoined(...only);
      const members = async () =>
        (await floor.log.describeGroup("portfolio-manager")).members.map((each) => each.memberId);
      await eventually("it is a member", async () => (await members()).length === 1, LONG_MS);
      const before = await members();
      await assert.rejects(
        joinFloor({ log, instances, name: "twin" }),
        (error) =>
          error instanceof FloorParametersError &&
          /^Cannot join the floor as "twin": a process of that name has portfolio-manager-0\.twin in it; choose another name \(one that has just died is gone after 10 s\)$/
            .test(error.message),
      );
      assert.deepEqual(await members(), before, "it was left alone");
      first.kill("SIGKILL");
      await first.ended;
      await using _again = await joinFloor({ log, instances, name: "twin" });
      await eventually(
        "the name is another process's",
        async () => (await members()).length === 1 && (await members())[0] !== before[0],
        LONG_MS,
      );
      await floor.idle();
    });
  });
});
