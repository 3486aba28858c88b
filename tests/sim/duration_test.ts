import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDuration, parseDuration } from "../../sim/duration.ts";

Deno.test("parseDuration() takes every unit", () => {
  assert.equal(parseDuration("500ms"), 500);
  assert.equal(parseDuration("3s"), 3_000);
  assert.equal(parseDuration("2m"), 120_000);
  assert.equal(parseDuration("1h"), 3_600_000);
  assert.equal(parseDuration(" 1.5s "), 1_500);
  assert.equal(parseDuration(0), 0);
});

Deno.test("parseDuration() refuses what is no duration", () => {
  for (const text of ["", "3", "s", "-3s", "3 s", "1e3ms", "3sec", "1.s", "Infinity"]) {
    assert.equal(parseDuration(text), null, text);
  }
  for (const number of [-1, NaN, Infinity]) assert.equal(parseDuration(number), null);
});

Deno.test("parseDuration() gives what was written, in any unit", () => {
  const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
  const unit = fc.constantFrom("ms" as const, "s" as const, "m" as const, "h" as const);
  fc.assert(fc.property(fc.nat(100_000), unit, (count, unit) => {
    assert.equal(parseDuration(`${count}${unit}`), count * units[unit]);
    assert.equal(parseDuration(`${count}.25${unit}`), (count + 0.25) * units[unit]);
  }));
});

Deno.test("formatDuration() chooses a unit that reads well", () => {
  const shown = [0, 42, 999.4, 1_000, 8_430, 59_949, 59_950, 125_000, 3_600_000, 5_000_000];
  assert.deepEqual(shown.map(formatDuration), [
    "0 ms",
    "42 ms",
    "999 ms",
    "1 s",
    "8.4 s",
    "59.9 s",
    "1 m 00 s",
    "2 m 05 s",
    "1 h 00 m",
    "1 h 23 m",
  ]);
});
