import assert from "node:assert/strict";
import fc from "fast-check";
import { Pacer } from "../../actors/pacer.ts";
import { JumpClock } from "../support/jump_clock.ts";
import { FakeClock } from "../support/fake_clock.ts";

Deno.test("Pacer gives its burst at once and then a token per interval", async () => {
  const clock = new JumpClock(1_000);
  const pacer = new Pacer({ perSecond: 100, burst: 5 }, clock);
  assert.equal(await pacer.take(100), 5);
  assert.equal(clock.now(), 1_000);
  assert.equal(await pacer.take(100), 1);
  assert.ok(Math.abs(clock.now() - 1_010) < 1e-6);
  assert.equal(pacer.taken, 6);
});

Deno.test("Pacer never gives more than burst + rate * time in any stretch", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5_000 }),
      fc.integer({ min: 1, max: 50 }),
      fc.array(
        fc.record({ pauseMs: fc.double({ min: 0, max: 100, noNaN: true }), want: fc.nat(60) }),
        { minLength: 1, maxLength: 40 },
      ),
      async (perSecond, burst, calls) => {
        const clock = new JumpClock(1.7e12);
        const pacer = new Pacer({ perSecond, burst }, clock);
        const given: { at: number; tokens: number }[] = [];
        for (const { pauseMs, want } of calls) {
          await clock.sleep(pauseMs);
          given.push({ tokens: pacer.takeNow(want), at: clock.now() });
        }
        for (let from = 0; from < given.length; from++) {
          let sum = 0;
          for (const { at, tokens } of given.slice(from)) {
            sum += tokens;
            const allowed = burst + ((at - given[from]!.at) * perSecond) / 1000;
            assert.ok(sum <= allowed + 1e-2, `${sum} > ${allowed}`);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("Pacer.take() ends with nothing when its signal is aborted", async () => {
  const pacer = new Pacer({ perSecond: 1, burst: 1 }, new FakeClock());
  assert.equal(await pacer.take(1), 1);
  const abort = new AbortController();
  const taken = pacer.take(1, abort.signal);
  abort.abort();
  assert.equal(await taken, 0);
});

Deno.test("Pacer refuses a pace that is none", () => {
  const clock = new FakeClock();
  assert.throws(() => new Pacer({ perSecond: 0, burst: 1 }, clock), /perSecond is 0/);
  assert.throws(() => new Pacer({ perSecond: 1, burst: 0.5 }, clock), /burst is 0.5/);
});
