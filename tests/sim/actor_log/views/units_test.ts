import assert from "node:assert/strict";
import fc from "fast-check";
import { decimalText, grouped, trimmed } from "../../../../sim/actor_log/views/decimal_text.ts";
import { clockTime, dateTime, span } from "../../../../sim/actor_log/views/time_text.ts";
import { unitsOf } from "../../../../sim/actor_log/views/units.ts";
import { parametersOf } from "./step_floor.ts";

Deno.test("decimalText() is exact for every integer that a double holds", () => {
  fc.assert(fc.property(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }), (integer, places) => {
    const text = decimalText(integer, places);
    const digits = BigInt(text.replace(".", ""));
    assert.equal(digits, BigInt(integer));
    assert.equal(
      places === 0 ? -1 : text.length - 1 - text.indexOf("."),
      places === 0 ? -1 : places,
    );
    assert.equal(grouped(text).replaceAll(",", ""), text);
    assert.equal(Number(trimmed(text)), Number(text));
  }));
});

Deno.test("unitsOf() writes prices with their tick's places, quantities trimmed, cash in the floor's", () => {
  const units = unitsOf({
    ...parametersOf(),
    symbols: [
      { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
      { symbol: "BTCUSDT", tickSize: 0.5, lotSize: 0.001 },
    ],
    cashDecimals: 4,
  });
  assert.equal(units.price("AAPL", 1_895_000), "18,950.00");
  assert.equal(units.plain.price("AAPL", 1_895_000), "18950.00");
  assert.equal(units.price("BTCUSDT", 90_001), "45,000.5");
  assert.equal(units.quantity("BTCUSDT", 1_500), "1.5");
  assert.equal(units.quantity("AAPL", 12_000), "12,000");
  assert.equal(units.cash(-1), "-0.0001");
  assert.equal(units.cash(Number.MAX_SAFE_INTEGER), "900,719,925,474.0991");
  assert.equal(units.price("MSFT", 7), "7 ticks");
  assert.equal(units.quantity("MSFT", 1), "1 lot");
});

Deno.test("times are written in UTC, spans in the unit that suits them", () => {
  assert.equal(clockTime(Date.UTC(2026, 0, 2, 3, 4, 5, 6)), "03:04:05.006");
  assert.equal(dateTime(0), "1970-01-01T00:00:00.000Z");
  assert.equal(clockTime(1e18), "1000000000000000000 ms");
  assert.deepEqual([0.126, 200, 1_500, 60_000, 600_000].map(span), [
    "0.13 ms",
    "200 ms",
    "1.5 s",
    "60 s",
    "10 min",
  ]);
});
