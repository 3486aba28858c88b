/** Virtual time: what happens, in which order, and what it does when nothing is left to happen. */
import fc from "fast-check";
import assert from "node:assert/strict";
import { VirtualTime } from "../../../actors/runtime/virtual_time.ts";

const START = 1_700_000_000_000;
const timeOf = (seed = 1) => new VirtualTime({ seed, startsAt: START });

/** In which order so many sleepers of the same length wake. */
async function wakingOrder(seed: number, sleepers: number): Promise<readonly number[]> {
  const time = timeOf(seed);
  const order: number[] = [];
  await time.run(() =>
    Promise.all(Array.from({ length: sleepers }, async (_, n) => {
      await time.sleep(10);
      order.push(n);
    }))
  );
  return order;
}

Deno.test("VirtualTime stands still while anything can go on, and is each wait's own time after it", async () => {
  const time = timeOf();
  const seen: number[] = [];
  await time.run(async () => {
    for (let i = 0; i < 1000; i++) await Promise.resolve();
    seen.push(time.now());
    await time.sleep(5);
    seen.push(time.now());
    await Promise.all([time.sleep(0.25), time.sleep(3_600_000)]);
    seen.push(time.now());
  });
  assert.deepEqual(seen, [START, START + 5, START + 3_600_005]);
  assert.equal(time.eventCount, 3);
});

Deno.test("VirtualTime drains every promise between two events at one time", async () => {
  const time = timeOf();
  const order: string[] = [];
  const walk = async (name: string) => {
    await time.sleep(1);
    for (let i = 0; i < 50; i++) await Promise.resolve();
    order.push(name);
    order.push(name);
  };
  await time.run(() => Promise.all([walk("a"), walk("b"), walk("c")]));
  for (let i = 0; i < order.length; i += 2) assert.equal(order[i], order[i + 1]);
});

Deno.test("VirtualTime orders equal times by the seed: the same one again, others otherwise", async () => {
  assert.deepEqual(await wakingOrder(7, 20), await wakingOrder(7, 20));
  const orders = await Promise.all([1, 2, 3, 4].map((seed) => wakingOrder(seed, 20)));
  assert.equal(new Set(orders.map(String)).size, 4);
  assert.notDeepEqual(orders[0], Array.from({ length: 20 }, (_, n) => n));
});

Deno.test("VirtualTime.sleep() ends at once when its signal aborts, and does nothing when it has", async () => {
  const time = timeOf();
  const abort = new AbortController();
  await time.run(async () => {
    const asleep = time.sleep(1_000, abort.signal).then(() => time.now());
    const forEver = time.sleep(Infinity, abort.signal).then(() => time.now());
    await time.sleep(3);
    abort.abort();
    assert.deepEqual(await Promise.all([asleep, forEver]), [START + 3, START + 3]);
    await time.sleep(1_000, abort.signal);
    assert.equal(time.now(), START + 3);
  });
  assert.equal(time.eventCount, 1, "a wait that was ended before is no event");
  assert.throws(() => time.sleep(NaN), RangeError);
});

Deno.test("VirtualTime.hold() lets nothing happen before the machine is done", async () => {
  const time = timeOf();
  const order: string[] = [];
  const read = () => Deno.readTextFile(new URL(import.meta.url)).then((text) => text.length);
  await time.run(async () => {
    const waiting = time.sleep(1).then(() => order.push("slept"));
    const held = time.hold(read()).then((length) => {
      assert.ok(length > 0);
      order.push(`read at ${time.now() - START}`);
    });
    await Promise.all([waiting, held]);
    await assert.rejects(time.hold(Deno.readTextFile("/no/such/file")), Deno.errors.NotFound);
  });
  assert.deepEqual(order, ["read at 0", "slept"]);
});

Deno.test("VirtualTime.hold() tells of works in the order in which they were begun", async () => {
  const time = timeOf();
  const order: string[] = [];
  const slow = Promise.withResolvers<void>();
  await time.run(async () => {
    const first = time.hold(slow.promise).then(() => order.push("first"));
    const second = time.hold(
      Deno.stat(new URL(import.meta.url)).then(() => slow.resolve()),
    ).then(() => order.push("second"));
    await Promise.all([first, second]);
  });
  assert.deepEqual(order, ["first", "second"]);
});

Deno.test("VirtualTime.run() says so when nothing is left to happen and the work has not ended", async () => {
  const time = timeOf();
  await assert.rejects(
    time.run(async () => {
      await time.sleep(1);
      await new Promise(() => {});
    }),
    { name: "VirtualTimeError", code: "stalled", message: /Cannot go on: after 1 events nothing/ },
  );
});

Deno.test("VirtualTime.run() rejects as its work does, and goes on where it stood", async () => {
  const time = timeOf();
  let later = 0;
  await assert.rejects(
    time.run(async () => {
      void time.sleep(10).then(() => later = time.now());
      await time.sleep(5);
      throw new Error("the work failed");
    }),
    /the work failed/,
  );
  assert.equal(later, 0, "what is left to happen waits");
  await time.run(() => time.sleep(100));
  assert.equal(later, START + 10);
  assert.equal(time.now(), START + 105);
});

Deno.test("VirtualTime.run() does not run in itself", async () => {
  const time = timeOf();
  await assert.rejects(
    time.run(() => time.run(() => Promise.resolve())),
    { name: "VirtualTimeError", code: "running" },
  );
});

/** What a sleeper does: waits so long, and then perhaps ends the wait of another. */
interface Sleeper {
  readonly ms: number;
  readonly ends: number | null;
}

/** When each sleeper woke: by looking through all of them for the soonest, again and again. */
function slowReference(sleepers: readonly Sleeper[]): readonly number[] {
  const woke: (number | null)[] = sleepers.map(() => null);
  for (;;) {
    let next = -1;
    for (const [n, { ms }] of sleepers.entries()) {
      if (woke[n] === null && (next < 0 || ms < sleepers[next]!.ms)) next = n;
    }
    if (next < 0) return woke.map((at) => at!); // Every one has woken.
    const now = sleepers[next]!.ms;
    const wake = (n: number) => {
      if (woke[n] !== null) return;
      woke[n] = now;
      const { ends } = sleepers[n]!;
      if (ends !== null) wake(ends);
    };
    wake(next);
  }
}

Deno.test("VirtualTime wakes many sleepers when a slow reference does, however they end one another", async () => {
  const count = 40;
  const sleeper = fc.record({
    // No two times alike, or the order among them, which is drawn, would decide who ends whom.
    ms: fc.nat({ max: 100_000 }).map((quarters) => quarters / 4),
    ends: fc.option(fc.nat({ max: count - 1 }), { freq: 3 }),
  });
  const sleepers = fc.uniqueArray(sleeper, {
    minLength: count,
    maxLength: count,
    selector: ({ ms }) => ms,
  });
  await fc.assert(
    fc.asyncProperty(sleepers, fc.nat(), async (all, seed) => {
      const time = timeOf(seed);
      const aborts = all.map(() => new AbortController());
      const woke = await time.run(() =>
        Promise.all(all.map(async ({ ms, ends }, n) => {
          await time.sleep(ms, aborts[n]!.signal);
          if (ends !== null) aborts[ends]!.abort();
          return time.now();
        }))
      );
      const expected = slowReference(all).map((ms) => START + ms);
      assert.deepEqual(woke, expected);
    }),
    { numRuns: 60 },
  );
});

Deno.test("VirtualTime goes through ten thousand waits, most of them ended before their time", async () => {
  const time = timeOf();
  let last = 0;
  await time.run(async () => {
    for (let n = 0; n < 10_000; n++) {
      const abort = new AbortController();
      const deadline = time.sleep(5_000, abort.signal);
      await time.sleep(1);
      abort.abort();
      await deadline;
      assert.ok(time.now() >= last);
      last = time.now();
    }
  });
  assert.equal(last, START + 10_000);
  assert.equal(time.eventCount, 10_000);
});
