import assert from "node:assert/strict";
import { parseBinanceTrade } from "../../../actors/market_data_producer/binance_trades.ts";
import { parseCloses, readCloses } from "../../../actors/market_data_producer/closes_file.ts";
import { MAX_LINE_BYTES, readLines } from "../../../actors/market_data_producer/line_reader.ts";
import { PriceFileError } from "../../../actors/market_data_producer/price_file_error.ts";
import { checkTradesFile, tradeRows } from "../../../actors/market_data_producer/trade_replay.ts";
import fc from "fast-check";

async function withFile<T>(text: string, use: (path: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir();
  try {
    const path = `${directory}/prices.csv`;
    await Deno.writeTextFile(path, text);
    return await use(path);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

const ROW = "11,100.5,2,201,1723161255342,True,True";

Deno.test("readCloses() reads the real closes that are shipped", async () => {
  const closes = await readCloses(
    new URL("../../../scenarios/prices/monthly_closes.csv", import.meta.url),
  );
  assert.deepEqual([...closes.keys()], ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"]);
  assert.deepEqual([...closes.values()].map((all) => all.length), [123, 123, 68, 123, 123]);
  assert.deepEqual(closes.get("AAPL")?.[0], { date: "2000-01-01", close: 25.94 });
  assert.deepEqual(closes.get("GOOG")?.at(-1), { date: "2010-03-01", close: 560.19 });
});

Deno.test("parseCloses() names the line that is wrong", () => {
  const parse = (text: string) => () => parseCloses(text, "x.csv");
  assert.throws(parse(""), /"x.csv": it has no rows/);
  assert.throws(parse("day,A\n"), /line 1: the header must begin with "date"/);
  assert.throws(parse("date,A,A\n"), /names "A" twice/);
  assert.throws(parse("# c\ndate,A\n2000-01-01,1,2\n"), /line 3: 3 cells, but the header has 2/);
  assert.throws(
    parse("date,A\n2000-01-01,1\n2000-13-01,1\n"),
    /line 3: "2000-13-01" is not a date/,
  );
  assert.throws(parse("date,A\n2000-02-01,1\n2000-01-01,1\n"), /line 3: .* does not come after/);
  assert.throws(parse("date,A\n2000-01-01,x\n"), /line 2: A: "x" is not a positive number/);
});

Deno.test("readCloses() says which file is missing", async () => {
  await assert.rejects(readCloses("no/such.csv"), (error: unknown) => {
    assert.ok(error instanceof PriceFileError);
    assert.equal(error.message, 'Cannot read closes from "no/such.csv": there is no such file');
    return true;
  });
});

Deno.test("readLines() cuts any chunks into the lines of the text", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: fc.constantFrom("a", "é", "7", ",") }), { maxLength: 12 }),
    fc.constantFrom("\n", "\r\n"),
    fc.integer({ min: 1, max: 9 }),
    async (lines, end, size) => {
      const bytes = new TextEncoder().encode(lines.map((line) => line + end).join(""));
      const chunks = Array.from(
        { length: Math.ceil(bytes.length / size) },
        (_, i) => bytes.slice(i * size, (i + 1) * size),
      );
      const read = await Array.fromAsync(readLines(ReadableStream.from(chunks)));
      assert.deepEqual(read, lines.map((text, i) => ({ number: i + 1, text })));
    },
  ));
});

Deno.test("readLines() does not hold a line that has no end in sight", async () => {
  const long = new Uint8Array(MAX_LINE_BYTES).fill(65);
  async function* chunks() {
    for (let i = 0; i < 300; i++) yield long;
    yield new TextEncoder().encode("\nnext");
    await Promise.resolve();
  }
  const read = await Array.fromAsync(readLines(ReadableStream.from(chunks())));
  assert.deepEqual(read, [{ number: 1, text: null }, { number: 2, text: "next" }]);
});

Deno.test("parseBinanceTrade() takes milliseconds and microseconds", () => {
  const at = (time: string) => {
    const parsed = parseBinanceTrade(`1,2.5,1,2.5,${time},true,False`);
    return parsed.ok ? parsed.trade.time : parsed.error;
  };
  assert.equal(at("1723161255342"), 1723161255342);
  assert.equal(at("1735689600123456"), 1735689600123.456);
});

Deno.test("parseBinanceTrade() says what is wrong with a row", () => {
  const error = (row: string) => {
    const parsed = parseBinanceTrade(row);
    return parsed.ok ? "" : parsed.error;
  };
  assert.match(error("1,2,3"), /3 fields instead of 7/);
  assert.match(error("x,1,1,1,1,True,True"), /id "x"/);
  assert.match(error("1,-1,1,1,1,True,True"), /price "-1"/);
  assert.match(error("1,0,1,1,1,True,True"), /price "0"/);
  assert.match(error("1,1e5,1,1,1,True,True"), /price "1e5"/);
  assert.match(error("1,1,0,1,1,True,True"), /qty "0"/);
  assert.match(error("1,1,1,1,noon,True,True"), /time "noon"/);
  assert.match(error("1,1,1,1,1,yes,True"), /isBuyerMaker "yes"/);
});

Deno.test("checkTradesFile() tells the first trade, passing over a header", async () => {
  const text = `id,price,qty,quoteQty,time,isBuyerMaker,isBestMatch\r\n${ROW}\r\n`;
  await withFile(text, async (path) => {
    const { first } = await checkTradesFile(path, "binance-trades");
    assert.deepEqual(first, { id: "11", price: 100.5, time: 1723161255342 });
  });
});

Deno.test("checkTradesFile() refuses what cannot be replayed, before anything starts", async () => {
  const refused = (path: string, message: RegExp, format = "binance-trades") =>
    assert.rejects(checkTradesFile(path, format), (error: unknown) => {
      assert.ok(error instanceof PriceFileError);
      assert.match(error.message, message);
      return true;
    });
  await refused("no/such.csv", /Cannot replay "no\/such.csv": there is no such file/);
  await withFile(
    ROW,
    (path) => refused(path, /format "lobster" is unknown; known: bin/, "lobster"),
  );
  await withFile("", (path) => refused(path, /it is empty/));
  await withFile("\n\n", (path) => refused(path, /it has no rows/));
  await withFile(
    "date,AAPL\n2000-01-01,25.94\n",
    (path) => refused(path, /not in format binance-trades: line 1: 2 fields instead of 7/),
  );
  await withFile(ROW, (path) => refused(path.replace(/\/[^/]+$/, ""), /it is not a file/));
});

Deno.test("tradeRows() reports malformed rows with their line and goes on", async () => {
  const text = [ROW, "broken", "", "x".repeat(MAX_LINE_BYTES + 1), ROW].join("\n");
  const rows = await withFile(text, (path) => Array.fromAsync(tradeRows(path)));
  assert.deepEqual(rows.map((row) => row.ok ? row.line : `${row.line}: ${row.error}`), [
    1,
    "2: 1 fields instead of 7",
    `4: longer than ${MAX_LINE_BYTES} bytes`,
    5,
  ]);
});
