/**
 * A floor, and a share of one, that are stopped while their log is out of reach.
 */

import assert from "node:assert/strict";
import { LOG_PATIENCE_MS } from "../../../actors/floor/log_reach.ts";
import { type Clock, systemClock } from "../../../actors/runtime/clock.ts";
import { TcpProxy } from "../../../kafka/tcp_proxy.ts";
import { FloorFailedError, joinFloor, startFloor } from "../../../mod.ts";
import {
  assertConserved,
  noneLiving,
  onStage,
  SYMBOLS,
  trade,
  withFolder,
} from "../../actors/floor/recovery_floor.ts";
import { eventually } from "../../support/eventually.ts";
import { onCluster } from "./cluster_run.ts";
import { sessionClients } from "../support/test_clients.ts";

/** A stop that waits for the log takes at least as long as the log's patience; this one must not. */
const WELL_BEFORE_MS = LOG_PATIENCE_MS / 2;

/** A deadline that only a floor that is stuck misses, however busy the machine is. */
const LONG_MS = 90_000;

/** What a promise gives, in time. */
async function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([
      promise,
      systemClock.sleep(WELL_BEFORE_MS, over.signal).then(() => {
        if (over.signal.aborted) return promise;
        throw new Error(`Not within ${WELL_BEFORE_MS} ms: ${what}`);
      }),
    ]);
  } finally {
    over.abort();
  }
}

function isOutOfReach(error: unknown): boolean {
  return error instanceof FloorFailedError &&
    /^Cannot stop in order: the log has been out of reach for \d+ s: ./.test(error.message);
}

for (const client of sessionClients()) {
  Deno.test(`Floor.stop() by ${client} ends while the log is away, with no thread left, and the run goes on later`, async () => {
    await withFolder(async (directory) => {
      await onCluster(client, async (run, config) => {
        const [target = ""] = config.brokers;
        await using proxy = TcpProxy.open({ target });
        const floor = await startFloor({
          log: { ...config, through: { [target]: proxy.address } },
          directory,
          runId: run,
          symbols: SYMBOLS,
          accounts: [{ userId: "501", cash: 1_000_000 }],
          notificationsPort: 0,
        });
        const order = { userId: "501", symbol: SYMBOLS[0]!, side: "buy", quantity: 1, price: 1 };
        const placed = await floor.orders.sendOrder({ ...order, side: "buy", orderId: "before" });
        assert.equal(placed.duplicate, false);
        proxy.cut();
        const orders = Array.from(
          { length: 20 },
          (_, n) => floor.orders.sendOrder({ ...order, side: "buy", orderId: `away-${n}` }),
        );
        const price = floor.marketData.publish(SYMBOLS[0]!, 2);
        const settled = Promise.allSettled([...orders, price]);
        await soon("the floor stops", assert.rejects(floor.stop(), isOutOfReach));
        for (const { status } of await soon("every call is told", settled)) {
          assert.equal(status, "rejected");
        }
        await eventually("every worker has ended", () => noneLiving(run), LONG_MS);
        await onStage(directory, { log: config }, async ({ floor: again }) => {
          const { duplicate } = await again.orders.sendOrder({
            ...order,
            side: "buy",
            orderId: "before",
          });
          assert.ok(duplicate, "what was acknowledged is there");
        });
      });
    });
  });
}

Deno.test("JoinedFloor.stop() ends while the log is away, and the floor goes on without it", async () => {
  await withFolder(async (directory) => {
    await onCluster("kafkajs", async (_run, config) => {
      const [target = ""] = config.brokers;
      await using proxy = TcpProxy.open({ target });
      await onStage(directory, { log: config }, async ({ floor }) => {
        const name = `away-${crypto.randomUUID().slice(0, 8)}`;
        const joined = await joinFloor({
          log: { ...config, through: { [target]: proxy.address } },
          instances: { "trading-engine": 1, "portfolio-manager": 1 },
          name,
        });
        proxy.cut();
        await soon("it leaves", assert.rejects(joined.stop(), isOutOfReach));
        await eventually("its workers have ended", () => noneLiving(`joined-${name}`), LONG_MS);
        assert.equal((await trade(floor, { name: "after", orders: 50 })).length, 50);
        await floor.idle();
        await assertConserved(floor);
      });
    });
  });
});

Deno.test("a floor whose log stays away fails, and says what to do", async () => {
  await withFolder(async (directory) => {
    await onCluster("kafkajs", async (run, config) => {
      const [target = ""] = config.brokers;
      await using proxy = TcpProxy.open({ target });
      const events: string[] = [];
      const floor = await startFloor({
        log: { ...config, through: { [target]: proxy.address } },
        directory,
        runId: run,
        symbols: SYMBOLS,
        clock: hastyClock(),
        onEvent: ({ kind }) => events.push(kind),
      });
      proxy.cut();
      const { message } = await soon("the floor fails", floor.failure);
      assert.match(
        message,
        /^Cannot go on: the log has been out of reach for 1\d\d s: ./,
      );
      assert.match(message, /; when it is back, go on with the run$/);
      assert.ok(events.includes("log-unavailable"));
      await soon("the floor stops", assert.rejects(floor.stop(), isOutOfReach));
      await eventually("every worker has ended", () => noneLiving(run), LONG_MS);
    });
  });
});

/** The machine's time, in which waits of minutes, as only the watch of the log has, take seconds. */
function hastyClock(): Clock {
  const LONG_WAIT_MS = 100_000;
  const SHORT_WAIT_MS = 3_000;
  let aheadMs = 0;
  return {
    now: () => systemClock.now() + aheadMs,
    async sleep(ms, signal) {
      if (ms < LONG_WAIT_MS) return await systemClock.sleep(ms, signal);
      await systemClock.sleep(SHORT_WAIT_MS, signal);
      aheadMs += ms - SHORT_WAIT_MS;
    },
  };
}
