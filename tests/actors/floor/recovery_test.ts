/**
 * Actors die, hang, come and go while orders flow. Afterwards every order has its answer, cash and
 * shares are conserved, the auditor finds nothing, and what the actors hold is, byte by byte, the fold
 * of the log from zero.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Floor, FloorFailedError, startFloor } from "../../../mod.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { decodeRecord, encodeMessage, type FloorOpened } from "../../../kafka/messages/mod.ts";
import type { TopicName } from "../../../kafka/topics.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { eventually } from "../../support/eventually.ts";
import {
  assertConserved,
  assertSound,
  noneLiving,
  onStage,
  SYMBOLS,
  TIRED,
  trade,
  withFolder,
} from "./recovery_floor.ts";

/** A deadline that only a floor that is stuck misses, however busy the machine is. */
const LONG_MS = 30_000;

const VICTIMS = ["trading-engine-0", "order-gateway-0", "portfolio-manager-0", "audit-logger-0"];

/** The actor of that name once it is up and serves partitions. */
async function servingActor(floor: Floor, id: string): Promise<ReturnType<Floor["actor"]>> {
  let found: ReturnType<Floor["actor"]> | null = null;
  await eventually(`${id} serves`, async () => {
    try {
      found = floor.actor(id);
      return (await found.report()).assignment.length > 0;
    } catch {
      return false; // Between two incarnations.
    }
  }, LONG_MS);
  assert.ok(found !== null);
  return found;
}

function countOf(
  events: readonly RuntimeEvent[],
  kind: RuntimeEvent["kind"],
  actor: string,
): number {
  return events.filter((event) => event.kind === kind && event.actor === actor).length;
}

Deno.test("a floor whose actors crash and are terminated under load loses and doubles nothing", async () => {
  await withFolder(async (directory) => {
    await onStage(directory, {}, async ({ floor, events }) => {
      const trading = trade(floor, { name: "crashes", orders: 800 });
      for (const id of VICTIMS) {
        await (await servingActor(floor, id)).crash();
        (await servingActor(floor, id)).terminate();
      }
      const outcomes = await trading;
      assert.equal(outcomes.length, 800);
      await floor.idle();
      await assertConserved(floor);
      for (const id of VICTIMS) assert.ok(countOf(events, "restart", id) >= 2, id);
    });
    const { outputs } = await assertSound(directory);
    assert.ok(outputs > 800);
  });
});

Deno.test("a hung actor is replaced while its thread still spins, which changes nothing", async () => {
  await withFolder(async (directory) => {
    const limitsOfActors = { pingEveryMs: 100, unresponsiveAfterMs: 800, zombieAfterMs: 100 };
    await onStage(directory, { limitsOfActors }, async ({ floor, events }) => {
      const hung = ["trading-engine-0", "order-gateway-0"];
      const trading = trade(floor, { name: "hangs", orders: 300 });
      // Long enough for the successors to be there first on a machine that is busy with other things.
      for (const id of hung) await (await servingActor(floor, id)).hang(7_000);
      for (const id of hung) {
        await eventually(`${id} is found out`, () => countOf(events, "zombie", id) > 0, LONG_MS);
        await eventually(
          `${id} has a successor`,
          () =>
            events.some((event) =>
              event.actor === id && event.incarnation === 2 && event.kind === "recovered"
            ),
          LONG_MS,
        );
        assert.equal(countOf(events, "zombie-ended", id), 0, "the thread still spins");
      }
      await trading;
      await trade(floor, { name: "beside the zombies", orders: 100 });
      for (const id of hung) {
        await eventually(
          `${id}'s zombie has ended`,
          () => countOf(events, "zombie-ended", id) > 0,
          LONG_MS,
        );
      }
      await trade(floor, { name: "after the zombies", orders: 100 });
      await floor.idle();
      await assertConserved(floor);
    });
    await assertSound(directory);
  });
});

Deno.test("instances join and leave under load: partitions move, nothing is lost or doubled", async () => {
  await withFolder(async (directory) => {
    await onStage(directory, {}, async ({ floor }) => {
      const trading = trade(floor, { name: "moves", orders: 800 });
      const roles = [
        "order-gateway",
        "trading-engine",
        "portfolio-manager",
        "audit-logger",
        "notifier",
      ] as const;
      for (const role of roles) {
        assert.equal(await floor.addInstance(role), `${role}-1`);
        await servingActor(floor, `${role}-1`);
      }
      for (const role of roles) await floor.removeInstance(`${role}-0`);
      for (const role of roles) {
        const partitions = role === "audit-logger" ? 36 : 6;
        await eventually(
          `${role}-1 serves alone`,
          async () => (await floor.actor(`${role}-1`).report()).assignment.length === partitions,
          LONG_MS,
        );
      }
      await trading;
      await floor.idle();
      await assertConserved(floor);
    });
    await assertSound(directory);
  });
});

Deno.test("a floor stopped and started again in its folder holds what it held", async () => {
  await withFolder(async (directory) => {
    await onStage(directory, {}, async ({ floor }) => {
      await trade(floor, { name: "first", orders: 200 });
      await floor.idle();
    });
    await onStage(directory, {}, async ({ floor }) => {
      await assertConserved(floor);
      await trade(floor, { name: "second", orders: 200 });
      // The audit logger dies just before the end: its last words must not be missing.
      await floor.idle();
      await floor.actor("audit-logger-0").crash();
      await floor.idle();
    });
    await assertSound(directory);
  });
});

/** A record on which a role's fold throws: each is one that only a stranger in the log can send. */
async function plantPoison(
  floor: Floor,
): Promise<readonly { topic: TopicName; partition: number }[]> {
  const parameters = { ...floor.parameters, cashDecimals: floor.parameters.cashDecimals + 1 };
  const opening: FloorOpened = {
    type: "floor-opened",
    id: "again",
    correlationId: "again",
    timestamp: 1,
    parameters,
  };
  const ofUser = partitionForKey("user-0", 6);
  const records = [
    { topic: "orders", partition: partitionForKey("AAPL", 6) },
    { topic: "order-commands", partition: ofUser },
    { topic: "notifications", partition: ofUser },
  ] as const;
  const record = { key: null, value: encodeMessage(opening), timestamp: 1 };
  await floor.log.publish(records.map((place) => ({ ...place, records: [record] })));
  return records;
}

async function poisonLetters(floor: Floor) {
  const letters: string[] = [];
  for (let partition = 0; partition < 6; partition++) {
    for await (const record of readRange(floor.log, { topic: "dead-letters", partition })) {
      const decoded = decodeRecord("dead-letters", record);
      assert.ok(decoded.ok);
      const { kind, role, topic, partition: at } = decoded.message;
      if (kind === "poison") letters.push(`${role} ${topic}/${at}`);
    }
  }
  return letters.sort();
}

Deno.test("a poison record is skipped by a durable mark, and others go on", async () => {
  await withFolder(async (directory) => {
    let marked: string[] = [];
    await onStage(directory, {}, async ({ floor, events }) => {
      const trading = trade(floor, { name: "poison", orders: 300 });
      const planted = await plantPoison(floor);
      await trading;
      await floor.idle();
      const roles = ["trading-engine", "order-gateway", "portfolio-manager"];
      marked = planted.map(({ topic, partition }, i) => `${roles[i]} ${topic}/${partition}`).sort();
      assert.deepEqual(await poisonLetters(floor), marked);
      assert.equal(events.filter(({ kind }) => kind === "fold-failed").length, 6);
      assert.equal(events.filter(({ kind }) => kind === "restart").length, 0);
      await assertConserved(floor);
    });
    await onStage(directory, {}, async ({ floor, events }) => {
      await trade(floor, { name: "after the poison", orders: 100 });
      await (await servingActor(floor, "trading-engine-0")).crash();
      await trade(floor, { name: "after the crash", orders: 100 });
      await floor.idle();
      assert.deepEqual(await poisonLetters(floor), marked, "no record is marked twice");
      assert.equal(events.filter(({ kind }) => kind === "fold-failed").length, 0);
    });
    // Records were skipped: the auditor must say so, and of nothing else.
    await assertSound(directory, { except: ["no-lost-order"] });
  });
});

Deno.test("an actor that always crashes fails the floor, and says why", async () => {
  await withFolder(async (directory) => {
    const runId = "always crashing";
    const floor = await startFloor({
      log: "embedded",
      directory,
      runId,
      symbols: SYMBOLS,
      restarts: TIRED,
    });
    try {
      await floor.idle();
      await Deno.remove(join(directory, "audit"), { recursive: true });
      await Deno.writeTextFile(join(directory, "audit"), "where the audit log's folder was");
      await floor.actor("audit-logger-0").crash();
      const error = await floor.failure;
      assert.ok(error instanceof FloorFailedError);
      assert.match(error.message, /^Cannot keep "floor" running: .*audit-logger/);
      await assert.rejects(floor.idle(), FloorFailedError);
    } finally {
      await floor.stop();
    }
    await eventually("every worker has ended", () => noneLiving(runId));
  });
});

Deno.test("a floor whose log is taken away fails instead of beginning another", async () => {
  await withFolder(async (directory) => {
    const runId = "log gone";
    const floor = await startFloor({
      log: "embedded",
      directory,
      runId,
      symbols: SYMBOLS,
      restarts: TIRED,
    });
    try {
      await floor.idle();
      for (const suffix of ["", "-wal", "-shm"]) {
        await Deno.remove(join(directory, `log.sqlite${suffix}`));
      }
      await floor.actor("order-gateway-0").crash();
      assert.match((await floor.failure).message, /there is no such file/);
    } finally {
      await floor.stop();
    }
    await eventually("every worker has ended", () => noneLiving(runId));
  });
});

Deno.test("startFloor() that fails half-way leaves no worker behind", async () => {
  await withFolder(async (directory) => {
    await Deno.writeTextFile(join(directory, "audit"), "no folder");
    const common = { log: "embedded", directory, symbols: SYMBOLS, restarts: TIRED } as const;
    await assert.rejects(startFloor({ ...common, runId: "half 1" }), Error);
    await Deno.remove(join(directory, "audit"));
    const limitsOfActors = { startTimeoutMs: 1, confirmMs: 1 };
    await assert.rejects(
      startFloor({ ...common, runId: "half 2", limitsOfActors }),
      (error) => error instanceof FloorFailedError && /not ready within 1 ms/.test(error.message),
    );
    const accounts = [{ userId: "ann", cash: -1 }];
    await assert.rejects(startFloor({ ...common, runId: "half 3", accounts }), /cash/);
    await eventually("every worker has ended", () => noneLiving("half"), LONG_MS);
  });
});

Deno.test("Floor.idle() waits until every partition is served; Floor.stop() may be called twice", async () => {
  await withFolder(async (directory) => {
    const runId = "stopped twice";
    const floor = await startFloor({ log: "embedded", directory, runId, symbols: SYMBOLS });
    // Nobody may have joined yet, and a group without members has no lag.
    await floor.idle();
    for (const id of VICTIMS) {
      const { assignment } = await floor.actor(id).report();
      assert.equal(assignment.length, id.startsWith("audit") ? 36 : 6, id);
    }
    await Promise.all([floor.stop(), floor.stop()]);
    await floor.stop();
    await eventually("every worker has ended", () => noneLiving(runId));
    await assertSound(directory);
  });
});
