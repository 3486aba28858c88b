import assert from "node:assert/strict";
import fc from "fast-check";
import {
  cashDecimalsFor,
  InstrumentError,
  Instruments,
  scaledInteger,
} from "../../actors/instruments.ts";
import { MAX_PRICE_TICKS, MAX_QUANTITY_LOTS } from "../../kafka/messages/mod.ts";

const floor = new Instruments({
  symbols: [
    { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
    { symbol: "NICKEL", tickSize: 0.05, lotSize: 100 },
    { symbol: "BTCUSDT", tickSize: 0.01, lotSize: 0.00001 },
    { symbol: "BRK", tickSize: 25, lotSize: 0.5 },
  ],
  cashDecimals: 7,
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) =>
    error instanceof InstrumentError && error instanceof RangeError && error.code === code &&
    error.message.startsWith("Cannot ");
}

Deno.test("Instrument.priceToTicks() takes prices on the tick and nothing else", () => {
  const rows: readonly (readonly [symbol: string, price: number, ticks: number | null])[] = [
    ["AAPL", 189.57, 18957],
    ["AAPL", 0.01, 1],
    ["AAPL", 0.29, 29],
    ["AAPL", 1.005, null],
    ["AAPL", 0.1 + 0.2, null],
    ["AAPL", 0.3, 30],
    ["AAPL", 0, null],
    ["AAPL", -1, null],
    ["AAPL", NaN, null],
    ["AAPL", Infinity, null],
    ["AAPL", 1e300, null],
    ["AAPL", MAX_PRICE_TICKS / 100, MAX_PRICE_TICKS],
    ["AAPL", (MAX_PRICE_TICKS + 1) / 100, null],
    ["NICKEL", 0.15, 3],
    ["NICKEL", 0.16, null],
    ["BRK", 400_000, 16_000],
    ["BRK", 400_010, null],
    ["BRK", 400_000.5, null],
  ];
  for (const [symbol, price, ticks] of rows) {
    assert.equal(floor.get(symbol)?.priceToTicks(price), ticks, `${symbol} at ${price}`);
  }
});

Deno.test("Instrument.quantityToLots() takes whole positive lots and nothing else", () => {
  const rows: readonly (readonly [symbol: string, quantity: number, lots: number | null])[] = [
    ["AAPL", 10, 10],
    ["AAPL", 0.5, null],
    ["AAPL", 0, null],
    ["AAPL", -5, null],
    ["AAPL", MAX_QUANTITY_LOTS, MAX_QUANTITY_LOTS],
    ["AAPL", MAX_QUANTITY_LOTS + 1, null],
    ["NICKEL", 300, 3],
    ["NICKEL", 350, null],
    ["BTCUSDT", 0.00123, 123],
    ["BTCUSDT", 0.000001, null],
    ["BRK", 1.5, 3],
  ];
  for (const [symbol, quantity, lots] of rows) {
    assert.equal(floor.get(symbol)?.quantityToLots(quantity), lots, `${quantity} ${symbol}`);
  }
});

Deno.test("Instruments counts cash exactly and what one tick of one lot is worth", () => {
  assert.equal(floor.cashToUnits(10.5), 105_000_000);
  assert.equal(floor.cashToUnits(0), 0);
  assert.ok(Object.is(floor.cashToUnits(-0), 0));
  assert.equal(floor.cashToUnits(0.00000001), null);
  assert.equal(floor.cashToUnits(-1), null);
  assert.equal(floor.cashToUnits(NaN), null);
  assert.equal(floor.unitsToCash(-15), -0.0000015);
  assert.deepEqual(floor.list.map(({ unitsPerTickLot }) => unitsPerTickLot), [
    100_000,
    50_000_000,
    1,
    125_000_000,
  ]);
  assert.deepEqual(floor.list.map(({ index }) => index), [0, 1, 2, 3]);
  assert.equal(floor.get("MSFT"), undefined);
});

Deno.test("cashDecimalsFor() gives the fewest decimals that hold every tick of a lot, at least cents", () => {
  const decimalsOf = (tickSize: number, lotSize: number) =>
    cashDecimalsFor([{ symbol: "X", tickSize, lotSize }]);
  assert.equal(decimalsOf(0.01, 1), 2);
  assert.equal(decimalsOf(1, 1), 2);
  assert.equal(decimalsOf(0.01, 0.00001), 7);
  assert.equal(decimalsOf(0.05, 0.2), 2);
  assert.equal(decimalsOf(0.0001, 0.00000001), 12);
  assert.equal(cashDecimalsFor([]), 2);
});

Deno.test("cashDecimalsFor() and Instruments name what is wrong with a size", () => {
  const row = (tickSize: number, lotSize: number) => [{ symbol: "X", tickSize, lotSize }];
  for (const bad of [0, -1, NaN, Infinity, 1e-9, 0.123456789, 2 ** 60]) {
    assert.throws(() => cashDecimalsFor(row(bad, 1)), hasCode("invalid-size"), `tick ${bad}`);
    assert.throws(() => cashDecimalsFor(row(1, bad)), hasCode("invalid-size"), `lot ${bad}`);
  }
  assert.throws(
    () => cashDecimalsFor(row(0.00000001, 0.00001)),
    hasCode("too-many-decimals"),
  );
  assert.throws(
    () => new Instruments({ symbols: row(0.001, 1), cashDecimals: 2 }),
    hasCode("cash-decimals"),
  );
  assert.throws(
    () => new Instruments({ symbols: [...row(1, 1), ...row(1, 1)], cashDecimals: 2 }),
    hasCode("duplicate-symbol"),
  );
  assert.throws(
    () => new Instruments({ symbols: row(1, 1), cashDecimals: 13 }),
    hasCode("cash-decimals"),
  );
});

/** An integer as decimal text, without any arithmetic on doubles. */
function decimalText(integer: number, decimals: number): string {
  const digits = String(integer).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  return decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

Deno.test("scaledInteger() reads every decimal text exactly and refuses its neighbours", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 2 ** 50 }),
    fc.integer({ min: 0, max: 12 }),
    (integer, decimals) => {
      const value = Number(decimalText(integer, decimals));
      assert.equal(scaledInteger(value, decimals), integer);
      const next = nextDouble(value);
      const found = scaledInteger(next, decimals);
      assert.equal(found, decimals === 0 && Number.isInteger(next) ? next : null);
    },
  ));
});

Deno.test("Instrument tells prices on the tick from those off it as decimal text does", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 1, max: 9_999 }),
    fc.integer({ min: 1, max: 1_000_000_000 }),
    (decimals, tick, price) => {
      const tickSize = Number(decimalText(tick, decimals));
      const symbols = [{ symbol: "X", tickSize, lotSize: tickSize }];
      const instrument = new Instruments({ symbols, cashDecimals: cashDecimalsFor(symbols) })
        .list[0]!;
      const decimal = Number(decimalText(price, decimals));
      const onTick = price % tick === 0 && price / tick <= instrument.maxTicks;
      assert.equal(instrument.priceToTicks(decimal), onTick ? price / tick : null);
      const ticks = Math.max(1, Math.min(instrument.maxTicks, price));
      assert.equal(instrument.priceToTicks(instrument.ticksToPrice(ticks)), ticks);
      const lots = Math.max(1, Math.min(instrument.maxLots, price));
      assert.equal(instrument.quantityToLots(instrument.lotsToQuantity(lots)), lots);
    },
  ));
});

function nextDouble(value: number): number {
  const double = new Float64Array([value]);
  const bits = new BigUint64Array(double.buffer);
  bits[0] = bits[0]! + 1n;
  return double[0]!;
}
