import assert from "node:assert/strict";
import type { Envelope } from "../../../kafka/messages/mod.ts";
import fc from "fast-check";
import { NotificationRequestError } from "../../../actors/notifier/notification_position.ts";
import { notificationStream } from "../../../actors/notifier/notification_stream.ts";
import type { DeliveredNotification } from "../../../actors/notifier/user_notifications.ts";
import { neighbours, notificationLog, publishText, range, tell } from "./notifier_floor.ts";

const [USER, OTHER] = neighbours();

async function take(
  stream: AsyncIterable<DeliveredNotification>,
  count: number,
): Promise<readonly DeliveredNotification[]> {
  const taken: DeliveredNotification[] = [];
  if (count === 0) return taken;
  for await (const delivered of stream) {
    taken.push(delivered);
    if (taken.length === count) break;
  }
  return taken;
}

function numbersOf(taken: readonly DeliveredNotification[]): readonly (number | undefined)[] {
  return taken.map(({ notification }) => (notification as Envelope).sequence);
}

Deno.test("notificationStream() tells a user's notifications, and nobody else's, in order", async () => {
  await using log = await notificationLog();
  await tell(log, USER, [0, 1]);
  await tell(log, OTHER, [2]);
  await tell(log, USER, [3]);
  const taken = await take(notificationStream(log, USER, { after: "beginning" }), 3);
  assert.deepEqual(numbersOf(taken), [0, 1, 3]);
  assert.match(taken[0]?.id ?? "", /^\d:0$/);
});

Deno.test("notificationStream() without a place tells nothing of what was before the call", async () => {
  await using log = await notificationLog();
  await tell(log, USER, [0, 1]);
  const stream = notificationStream(log, USER);
  let told: number | undefined;
  const first = take(stream, 1).then((taken) => told = numbersOf(taken)[0]);
  for (let number = 2; told === undefined; number++) {
    await tell(log, USER, [number]);
    // A log in memory may answer without ever letting anybody else have a turn.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await first;
  assert.ok(told >= 2);
});

Deno.test("notificationStream() goes on after any id without a gap and without a repeat", async () => {
  await fc.assert(
    fc.asyncProperty(
      // Runs of numbers; each may begin below the last one's end, as after a crash.
      fc.array(fc.record({ back: fc.nat(5), count: fc.integer({ min: 1, max: 8 }) }), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.nat(),
      async (runs, breakAt) => {
        await using log = await notificationLog();
        let end = 0;
        for (const { back, count } of runs) {
          const from = Math.max(0, end - back);
          await tell(log, USER, range(from, from + count));
          await tell(log, OTHER, [1_000]);
          end = Math.max(end, from + count);
        }
        const all = await take(notificationStream(log, USER, { after: "beginning" }), end);
        assert.deepEqual(numbersOf(all), range(0, end));
        const last = breakAt % end;
        const rest = await take(
          notificationStream(log, USER, { after: all[last]!.id }), // last is below the length
          end - last - 1,
        );
        assert.deepEqual(rest, all.slice(last + 1));
      },
    ),
    { numRuns: 40 },
  );
});

Deno.test("notificationStream() passes over what is no notification, and counts it", async () => {
  await using log = await notificationLog();
  await publishText(log, USER, ["{", null, Uint8Array.of(255), '{"type":"x"}']);
  await tell(log, USER, [0, 0, 1]);
  const skipped = { unparsable: 0, repeated: 0 };
  const taken = await take(notificationStream(log, USER, { after: "beginning", skipped }), 2);
  assert.deepEqual(numbersOf(taken), [0, 1]);
  assert.deepEqual(skipped, { unparsable: 4, repeated: 1 });
});

Deno.test("notificationStream() ends when its signal aborts, also while it waits", async () => {
  await using log = await notificationLog();
  const abort = new AbortController();
  const next = notificationStream(log, USER, { signal: abort.signal }).next();
  abort.abort();
  assert.deepEqual(await next, { value: undefined, done: true });
});

Deno.test("notificationStream() refuses a wrong user id and a wrong place, and says what is right", async () => {
  await using log = await notificationLog();
  await tell(log, USER, [0]);
  const [{ id } = { id: "" }] = await take(
    notificationStream(log, USER, { after: "beginning" }),
    1,
  );
  const partition = Number(id.split(":")[0]);
  const cases: readonly (readonly [string, string | undefined, RegExp])[] = [
    ["", undefined, /a user id has 1 to 128 characters/],
    ["a\nb", undefined, /a user id has/],
    ["x".repeat(129), undefined, /a user id has/],
    [USER, "17", /an id is "partition:offset"/],
    [USER, "1:-1", /an id is/],
    [USER, `${(partition + 1) % 3}:0`, /this user's are in partition/],
    [USER, `${partition}:1`, /ends at 1/],
  ];
  for (const [user, after, expected] of cases) {
    await assert.rejects(notificationStream(log, user, { after }).next(), (error) => {
      assert.ok(error instanceof NotificationRequestError);
      assert.match(error.message, expected);
      return true;
    });
  }
});
