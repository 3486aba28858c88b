import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ArrivalSchedule,
  expectedArrivals,
  InstanceArrivals,
  loadDurationMs,
  NO_MORE_ARRIVALS,
  type Phase,
} from "../../../actors/order_command_producer/arrivals.ts";

function all(schedule: { next(): number }): readonly number[] {
  const times: number[] = [];
  for (let at = schedule.next(); at !== NO_MORE_ARRIVALS; at = schedule.next()) times.push(at);
  return times;
}

const process = fc.constantFrom("poisson" as const, "uniform" as const);
const durationMs = fc.integer({ min: 0, max: 2_000 });
const rate = fc.double({ min: 0, max: 500, noNaN: true });
const phasesArbitrary = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constantFrom("constant" as const, "burst" as const),
      ratePerSecond: rate,
      durationMs,
      arrivals: process,
    }),
    fc.record({
      kind: fc.constant("ramp" as const),
      fromPerSecond: rate,
      toPerSecond: rate,
      durationMs,
      arrivals: process,
    }),
    fc.record({ kind: fc.constant("silence" as const), durationMs }),
  ),
  { maxLength: 4 },
);

Deno.test("ArrivalSchedule gives whole milliseconds in order, inside the load, repeatably", () => {
  fc.assert(fc.property(phasesArbitrary, fc.nat(), (phases, seed) => {
    const times = all(new ArrivalSchedule(phases, seed));
    assert.deepEqual(times, all(new ArrivalSchedule(phases, seed)));
    assert.ok(times.every((at, i) => Number.isInteger(at) && at >= (times[i - 1] ?? 0)));
    assert.ok(times.every((at) => at <= loadDurationMs(phases)));
  }));
});

Deno.test("InstanceArrivals: the union of all instances is the schedule, and each resumes at k", () => {
  fc.assert(fc.property(
    phasesArbitrary,
    fc.integer({ min: 1, max: 5 }),
    fc.nat(50),
    (phases, instances, from) => {
      const whole = all(new ArrivalSchedule(phases, 9));
      for (let instance = 0; instance < instances; instance++) {
        const expected = whole.filter((_, k) => k % instances === instance);
        const share = (from: number) =>
          all(new InstanceArrivals(new ArrivalSchedule(phases, 9), { instance, instances, from }));
        assert.deepEqual(share(0), expected);
        assert.deepEqual(share(from), expected.slice(from));
      }
    },
  ));
});

Deno.test("ArrivalSchedule spaces uniform arrivals evenly and brings as many as expected", () => {
  const phase: Phase = {
    kind: "constant",
    ratePerSecond: 250,
    durationMs: 4_000,
    arrivals: "uniform",
  };
  const times = all(new ArrivalSchedule([phase], 1));
  assert.deepEqual(times, Array.from({ length: 1000 }, (_, i) => i * 4));
  assert.equal(expectedArrivals([phase]), 1000);
});

Deno.test("ArrivalSchedule: Poisson gaps have mean and deviation 1/rate", () => {
  const phases: Phase[] = [{ kind: "constant", ratePerSecond: 20, durationMs: 2_000_000 }];
  const times = all(new ArrivalSchedule(phases, 4));
  const gaps = times.slice(1).map((at, i) => at - times[i]!);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  assert.ok(Math.abs(times.length - 40_000) < 4 * Math.sqrt(40_000), `${times.length}`);
  assert.ok(Math.abs(mean - 50) < 1, `${mean}`);
  assert.ok(Math.abs(Math.sqrt(variance) - 50) < 1.5, `${variance}`);
});

Deno.test("ArrivalSchedule: a ramp's rate grows in a straight line, also from and to nothing", () => {
  for (const arrivals of ["poisson", "uniform"] as const) {
    for (const [from, to] of [[0, 1000], [1000, 0], [200, 800]] as const) {
      const phase: Phase = {
        kind: "ramp",
        fromPerSecond: from,
        toPerSecond: to,
        durationMs: 40_000,
        arrivals,
      };
      const times = all(new ArrivalSchedule([phase], 8));
      for (let quarter = 0; quarter < 4; quarter++) {
        const count = times.filter((at) => Math.floor(at / 10_000) === quarter).length;
        const rate = from + ((to - from) * (quarter + 0.5)) / 4;
        assert.ok(Math.abs(count - rate * 10) < 4 * Math.sqrt(rate * 10), `${count} ${rate * 10}`);
      }
    }
  }
});

Deno.test("ArrivalSchedule.skip() passes over a million arrivals and goes on behind them", () => {
  const schedule = new ArrivalSchedule(
    [{ kind: "constant", ratePerSecond: 100_000, durationMs: 10_100 }],
    1,
  );
  schedule.skip(1_000_000);
  const next = schedule.next();
  assert.notEqual(next, NO_MORE_ARRIVALS);
  // A hundred thousand a second: the millionth comes after about ten seconds.
  assert.ok(next > 9_900 && next < 10_100, `${next} ms`);
});

Deno.test("ArrivalSchedule names the phase that makes no load", () => {
  const make = (phase: Phase) => () =>
    new ArrivalSchedule([{ kind: "silence", durationMs: 1 }, phase], 1);
  assert.throws(
    make({ kind: "silence", durationMs: 0.5 }),
    /phase 2 \(silence\): durationMs is 0.5/,
  );
  assert.throws(make({ kind: "burst", ratePerSecond: -1, durationMs: 1 }), /phase 2 \(burst\)/);
  assert.throws(make({ kind: "constant", ratePerSecond: NaN, durationMs: 1 }), /rate NaN/);
});
