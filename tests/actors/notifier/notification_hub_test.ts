import assert from "node:assert/strict";
import type { Envelope } from "../../../kafka/messages/mod.ts";
import fc from "fast-check";
import { DisconnectedError } from "../../../actors/notifier/live_queue.ts";
import { NotificationHub } from "../../../actors/notifier/notification_hub.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { failingReads, neighbours, notificationLog, range, tell, until } from "./notifier_floor.ts";

const [USER, OTHER] = neighbours();

/** A subscriber that takes all it can get. */
async function follow(
  hub: NotificationHub,
  userId: string,
  after?: string,
) {
  const abort = new AbortController();
  const { batches, disconnected } = await hub.subscribe(userId, { after, signal: abort.signal });
  const numbers: (number | undefined)[] = [];
  const ids: string[] = [];
  const ended = (async () => {
    for await (const batch of batches) {
      for (const { id, notification } of batch) {
        ids.push(id);
        numbers.push((notification as Envelope).sequence);
      }
    }
  })();
  return {
    numbers,
    ids,
    ended,
    disconnected,
    async stop() {
      abort.abort();
      await ended;
    },
  };
}

Deno.test("NotificationHub tells every subscriber its own user's notifications", async () => {
  await using log = await notificationLog();
  const hub = new NotificationHub({ log, clock: systemClock });
  const [a, b, c] = await Promise.all([follow(hub, USER), follow(hub, USER), follow(hub, OTHER)]);
  await tell(log, USER, [0, 1]);
  await tell(log, OTHER, [2]);
  await tell(log, USER, [3]);
  await until(() => a.numbers.length === 3 && b.numbers.length === 3 && c.numbers.length === 1);
  assert.deepEqual([a.numbers, b.numbers, c.numbers], [[0, 1, 3], [0, 1, 3], [2]]);
  assert.equal(hub.counters.live, 3);
  for (const one of [a, b, c]) await one.stop();
  assert.deepEqual({ live: hub.counters.live, told: hub.counters.told }, { live: 0, told: 7 });
  await hub.close();
});

Deno.test("NotificationHub hands over from what was missed to what is live without gap or double", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(11), { maxLength: 6 }),
      async (bursts, joins) => {
        await using log = await notificationLog();
        const hub = new NotificationHub({ log, clock: systemClock });
        const first = await follow(hub, USER, "beginning");
        const others: Awaited<ReturnType<typeof follow>>[] = [];
        let end = 0;
        for (const [i, count] of bursts.entries()) {
          const writing = tell(log, USER, range(end, end + count));
          for (const _ of joins.filter((join) => join === i)) {
            others.push(await follow(hub, USER, first.ids.at(-1) ?? "beginning"));
          }
          await writing;
          end += count;
        }
        // For whoever had missed nothing when it joined.
        await tell(log, USER, [end++]);
        await until(() => first.numbers.length >= end);
        await until(() => others.every(({ numbers }) => numbers.at(-1) === end - 1));
        assert.deepEqual(first.numbers, range(0, end));
        for (const { numbers } of others) {
          assert.deepEqual(numbers, range(end - numbers.length, end));
        }
        for (const one of [first, ...others]) await one.stop();
        await hub.close();
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("NotificationHub resumes exactly after the last id", async () => {
  await using log = await notificationLog();
  const hub = new NotificationHub({ log, clock: systemClock });
  const before = await follow(hub, USER);
  await tell(log, USER, [0, 1, 2]);
  await until(() => before.numbers.length === 3);
  await before.stop();
  await tell(log, USER, range(3, 10));
  const after = await follow(hub, USER, before.ids[1]);
  await tell(log, USER, [10]);
  await until(() => after.numbers.length === 9);
  assert.deepEqual(after.numbers, range(2, 11));
  await after.stop();
  await hub.close();
});

Deno.test("NotificationHub disconnects a subscriber that does not take, and no other", async () => {
  await using log = await notificationLog();
  const hub = new NotificationHub({ log, clock: systemClock, maxQueued: 512 });
  const quick = await follow(hub, USER);
  const abort = new AbortController();
  const stuck = await hub.subscribe(USER, { signal: abort.signal });
  await tell(log, USER, [0]);
  // Its first batch is never followed by a second step.
  assert.equal((await stuck.batches.next()).value?.length, 1);
  await tell(log, USER, range(1, 5_000));
  await until(() => quick.numbers.length === 5_000);
  assert.deepEqual(quick.numbers, range(0, 5_000));
  assert.ok(stuck.disconnected.reason instanceof DisconnectedError);
  assert.equal(stuck.disconnected.reason.reason, "too-slow");
  await assert.rejects(stuck.batches.next(), DisconnectedError);
  assert.equal(hub.counters.tooSlow, 1);
  await quick.stop();
  await hub.close();
});

Deno.test("NotificationHub tells subscribers when the log fails, and serves them anew afterwards", async () => {
  await using log = await notificationLog();
  let failure: Error | null = null;
  const hub = new NotificationHub({ log: failingReads(log, () => failure), clock: systemClock });
  const first = await follow(hub, USER);
  await tell(log, USER, [0]);
  await until(() => first.numbers.length === 1);
  failure = new Error("the disk is gone");
  await tell(log, USER, [1]);
  await assert.rejects(first.ended, /Cannot go on telling: the disk is gone/);
  assert.equal(hub.counters.logFailed, 1);
  failure = null;
  const second = await follow(hub, USER, first.ids[0]);
  await until(() => second.numbers.length === 1);
  assert.deepEqual(second.numbers, [1]);
  await second.stop();
  await hub.close();
});

Deno.test("NotificationHub.close() ends subscriptions and takes no new ones", async () => {
  await using log = await notificationLog();
  const hub = new NotificationHub({ log, clock: systemClock });
  const one = await follow(hub, USER);
  await tell(log, USER, [0]);
  await until(() => one.numbers.length === 1);
  const ended = assert.rejects(one.ended, /the notifier is stopping/);
  await hub.close();
  await ended;
  await assert.rejects(
    hub.subscribe(USER, { signal: new AbortController().signal }),
    DisconnectedError,
  );
});
