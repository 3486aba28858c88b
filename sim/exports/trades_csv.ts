/**
 * The trades of a run as CSV: what, at which price, and who bought of whom.
 *
 * @module
 */

import type { OrderFilled, Side, Trade } from "../../kafka/messages/mod.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { folderOf } from "../actor_log/actors_of.ts";
import { originOf } from "../actor_log/outputs_in_log.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import type { ReadRecord } from "../actor_log/step.ts";
import { dateTime } from "../actor_log/views/time_text.ts";
import { type PlainUnits, unitsOf } from "../actor_log/views/units.ts";
import { csvHeader, csvRow } from "./csv.ts";
import { type ExportWatch, runRecords } from "./run_records.ts";

/** The columns, in order. */
export const TRADE_COLUMNS = [
  "time",
  "symbol",
  "trade_id",
  "price",
  "quantity",
  "amount",
  "aggressor",
  "buyer",
  "buyer_order_id",
  "seller",
  "seller_order_id",
  "record",
] as const;

/**
 * Trades that wait for their fills, and fills that wait for their trades. They follow from one record, but
 * stand in other partitions, and so may be far apart in the run's order under load. A trade whose fills
 * are not among so many others is looked up at the step that gave it.
 */
const MAX_WAITING = 100_000;

/** Whose order it was. */
interface Party {
  readonly userId: string;
  readonly orderId: string;
}

type Parties = { -readonly [S in Side]?: Party };

interface Waiting {
  /** By trade, in the order in which they were published. */
  readonly trades: Map<string, { readonly trade: Trade; readonly record: ReadRecord }>;
  readonly parties: Map<string, Parties>;
}

/** The file's lines, the header first; trades in the run's order, each once. */
export async function* tradesCsv(
  log: ActorLog,
  watch: ExportWatch,
  { maxWaiting = MAX_WAITING }: { readonly maxWaiting?: number } = {},
): AsyncGenerator<string> {
  yield csvHeader(TRADE_COLUMNS);
  const waiting: Waiting = { trades: new Map(), parties: new Map() };
  for await (const record of runRecords(log, ["market-data", "notifications"], watch)) {
    if (take(waiting, record, maxWaiting)) yield* ready(log, waiting, maxWaiting);
  }
  yield* ready(log, waiting, 0);
}

/** Whether a record was a part of a trade. */
function take({ trades, parties }: Waiting, record: ReadRecord, most: number): boolean {
  const { message } = record;
  if (message?.type === "trade") trades.set(message.tradeId, { trade: message, record });
  else if (message?.type === "order-filled") {
    const of = parties.get(message.tradeId) ?? {};
    parties.set(message.tradeId, addParty(of, message));
    const [oldest] = parties.keys();
    if (parties.size > most && oldest !== undefined) parties.delete(oldest);
  } else return false;
  return true;
}

function addParty(parties: Parties, { side, userId, orderId }: OrderFilled): Parties {
  parties[side] = { userId, orderId };
  return parties;
}

/** Takes out the trades at the front that are whole, and those for which there is no room to wait. */
async function* ready(
  log: ActorLog,
  { trades, parties }: Waiting,
  room: number,
): AsyncGenerator<string> {
  const { plain } = unitsOf(log.run.parameters);
  for (const [tradeId, { trade, record }] of trades) {
    const of = parties.get(tradeId) ?? {};
    const isWhole = of.buy !== undefined && of.sell !== undefined;
    if (!isWhole && trades.size <= room) return;
    trades.delete(tradeId);
    parties.delete(tradeId);
    const whole = isWhole ? of : await partiesOf(log, trade);
    yield tradeRow(trade, record, { ...whole, units: plain });
  }
}

/** The parties of a trade as the engine's step gave them. */
async function partiesOf(log: ActorLog, trade: Trade): Promise<Parties> {
  const origin = originOf(trade);
  const parties: Parties = {};
  if (origin === null || folderOf(origin.topic) !== "trading-engine") return parties;
  const { sent } = await log.step(origin, "trading-engine");
  for (const { message } of sent) {
    if (message.type === "order-filled" && message.tradeId === trade.tradeId) {
      addParty(parties, message);
    }
  }
  return parties;
}

function tradeRow(
  { symbol, tradeId, priceTicks, quantityLots, aggressor }: Trade,
  { timestamp, place }: ReadRecord,
  { buy, sell, units }: Parties & { readonly units: PlainUnits },
): string {
  const instrument = units.instruments.get(symbol);
  const amount = instrument === undefined
    ? null
    : units.cash(priceTicks * (quantityLots * instrument.unitsPerTickLot));
  return csvRow([
    { text: dateTime(timestamp) },
    { text: symbol },
    { text: tradeId },
    { number: units.price(symbol, priceTicks) },
    { number: units.quantity(symbol, quantityLots) },
    amount === null ? null : { number: amount },
    { text: aggressor },
    ...party(buy),
    ...party(sell),
    { text: formatPlace(place) },
  ]);
}

function party(of: Party | undefined) {
  return of === undefined ? [null, null] : [{ text: of.userId }, { text: of.orderId }];
}
