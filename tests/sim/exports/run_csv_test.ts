/** Trades and notifications of a run as CSV, read back by another program. */

import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { notificationsCsv } from "../../../sim/exports/notifications_csv.ts";
import type { ExportWatch } from "../../../sim/exports/run_records.ts";
import { tradesCsv } from "../../../sim/exports/trades_csv.ts";
import { StagedFloor } from "../explain/staged_floor.ts";

const WATCH: ExportWatch = { signal: new AbortController().signal, onProgress: () => {} };

async function textOf(lines: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(lines)).join("");
}

async function rowsOf(lines: AsyncIterable<string>): Promise<readonly Record<string, string>[]> {
  return parse(await textOf(lines), { columns: true, record_delimiter: "\r\n" });
}

/** Two trades, the second of which was published twice; one user's id is a formula. */
async function tradedRun(): Promise<ActorLog> {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("=alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(100).order("=alice/a1", { side: "sell", quantity: 7, price: 160 });
  await floor.at(110).order("=alice/a1", { side: "sell", quantity: 7, price: 160 });
  await floor.at(120).order("bob/b1", { side: "buy", quantity: 3, price: 160.5 });
  await floor.at(130).order("bob/b2", { side: "buy", quantity: 1, price: 1, symbol: "NO,PE" });
  await floor.at(150).order("bob/b3", { side: "buy", quantity: 9, price: 160 });
  await floor.at(160).dies("trading-engine", { committed: 3 });
  await floor.at(200).cancels("bob/b3", "x1");
  return await floor.run();
}

Deno.test("tradesCsv() gives every trade once, with both sides, in decimals", async () => {
  await using log = await tradedRun();
  const expected = [
    {
      time: "2026-11-22T12:00:00.120Z",
      symbol: "AAPL",
      trade_id: "AAPL-1",
      price: "160.00",
      quantity: "3",
      amount: "480.00",
      aggressor: "buy",
      buyer: "bob",
      buyer_order_id: "b1",
      seller: "'=alice",
      seller_order_id: "a1",
      record: "market-data/0/1",
    },
    {
      time: "2026-11-22T12:00:00.150Z",
      symbol: "AAPL",
      trade_id: "AAPL-2",
      price: "160.00",
      quantity: "4",
      amount: "640.00",
      aggressor: "buy",
      buyer: "bob",
      buyer_order_id: "b3",
      seller: "'=alice",
      seller_order_id: "a1",
      record: "market-data/0/3",
    },
  ];
  assert.deepEqual(await rowsOf(tradesCsv(log, WATCH)), expected);
  // Without room to wait, a trade's sides are read from the step that gave it.
  assert.deepEqual(await rowsOf(tradesCsv(log, WATCH, { maxWaiting: 0 })), expected);
});

Deno.test("notificationsCsv() gives everything that users were told, once", async () => {
  await using log = await tradedRun();
  const rows = await rowsOf(notificationsCsv(log, WATCH));
  const told = rows.map((row) =>
    [row["user"], row["type"], row["order_id"], row["quantity"], row["price"], row["reason"]]
      .filter((field) => field !== "").join(" ")
  );
  assert.deepEqual(told, [
    "'=alice account-opened",
    "bob account-opened",
    "'=alice order-placed a1 7 160.00",
    "'=alice order-placed a1 7 160.00",
    "bob order-placed b1 3 160.50",
    "bob order-filled b1 3 160.00",
    "'=alice order-filled a1 3 160.00",
    "bob order-rejected b2 unknown-symbol",
    "bob order-placed b3 9 160.00",
    "bob order-filled b3 4 160.00",
    "'=alice order-filled a1 4 160.00",
    "bob cancel-accepted b3",
    "bob order-cancelled b3 5 requested",
  ]);
  assert.deepEqual(rows.map(({ duplicate }) => duplicate).slice(2, 4), ["false", "true"]);
  assert.equal(rows[7]!["detail"], '"NO,PE" is not traded here');
  assert.equal(rows[1]!["cash"], "100000.00");
  assert.equal(rows[11]!["command_id"], "x1");
});

Deno.test("tradesCsv() ends when it is told to", async () => {
  await using log = await tradedRun();
  const abort = new AbortController();
  abort.abort();
  await assert.rejects(textOf(tradesCsv(log, { ...WATCH, signal: abort.signal })), {
    name: "AbortError",
  });
});
