import assert from "node:assert/strict";
import {
  CLEAN_AFTER_RECORDS,
  CLEAN_EVERY_MS,
  LogCleaning,
} from "../../../actors/floor/log_cleaning.ts";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { Clock } from "../../../mod.ts";
import { type EventLog, EventLogError } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { eventually } from "../../support/eventually.ts";

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings());
  return log;
}

function storeOn(log: EventLog): SnapshotStore {
  const source = { topic: "orders", partition: 0 };
  return new SnapshotStore({ log, clock: systemClock, role: "engine", source, partitions: 6 });
}

/** A clock whose sleeps end when they are told to. */
class PushedClock implements Clock {
  #push: (() => void) | null = null;
  readonly slept: number[] = [];

  now(): number {
    return 0;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#push = resolve;
      signal?.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  push(): void {
    this.#push?.();
  }
}

/** The log, with another way to clean. */
function cleanedBy(log: EventLog, clean: EventLog["clean"]): EventLog {
  return new Proxy(log, {
    get(target, name) {
      if (name === "clean") return clean;
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const noFailure = (error: unknown) => assert.fail(String(error));

Deno.test("LogCleaning removes replaced snapshots once there are enough, and the newest load as before", async () => {
  await using log = await newLog();
  const cleaning = new LogCleaning(log, { clock: new PushedClock(), onFailure: noFailure });
  const store = storeOn(log);
  await store.save({ offset: 1, bytes: Uint8Array.of(1) });
  assert.equal(await cleaning.cleanWhenDue(), 0, "too little to be worth reading the topic");
  const snapshots = CLEAN_AFTER_RECORDS;
  for (let offset = 2; offset <= snapshots; offset++) {
    await store.save({ offset, bytes: Uint8Array.of(offset) });
  }
  const removed = await cleaning.cleanWhenDue();
  // Each of those replaced leaves a chunk and a manifest; their tombstones stay one cleaning longer.
  assert.equal(removed, 2 * (snapshots - 2));
  assert.equal(await cleaning.cleanWhenDue(), 0);
  const { snapshot, damaged } = await storeOn(log).load();
  assert.deepEqual(snapshot, { offset: snapshots, bytes: Uint8Array.of(snapshots) });
  assert.deepEqual(damaged, []);
  cleaning.stop();
  await cleaning.ended;
});

Deno.test("LogCleaning goes on after a lock, and tells of anything else", async () => {
  await using inner = await newLog();
  const store = storeOn(inner);
  for (let offset = 1; offset <= CLEAN_AFTER_RECORDS; offset++) {
    await store.save({ offset, bytes: Uint8Array.of(offset) });
  }
  const errors = [
    new EventLogError("log-locked", "Cannot clean: locked", { retriable: true }),
    new EventLogError("log-corrupt", "Cannot clean: damaged"),
  ];
  let attempts = 0;
  const log = cleanedBy(inner, () => Promise.reject(errors[attempts++]));
  const clock = new PushedClock();
  const failures: unknown[] = [];
  const cleaning = new LogCleaning(log, { clock, onFailure: (error) => failures.push(error) });
  clock.push();
  await eventually("it waits again after the lock", () => clock.slept.length === 2);
  assert.deepEqual(failures, []);
  clock.push();
  await cleaning.ended;
  assert.deepEqual(failures, [errors[1]]);
  assert.deepEqual(clock.slept, [CLEAN_EVERY_MS, CLEAN_EVERY_MS]);
});

Deno.test("LogCleaning ends when it is stopped, also in the middle of a cleaning whose log is closed", async () => {
  const log = await newLog();
  const store = storeOn(log);
  for (let offset = 1; offset <= CLEAN_AFTER_RECORDS; offset++) {
    await store.save({ offset, bytes: Uint8Array.of(offset) });
  }
  const clock = new PushedClock();
  const cleaning = new LogCleaning(log, { clock, onFailure: noFailure });
  clock.push();
  cleaning.stop();
  await log.close();
  await cleaning.ended;
});
