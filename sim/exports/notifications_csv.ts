/**
 * What users were told in a run, as CSV: answers, fills and cancellations.
 *
 * @module
 */

import type { Notification } from "../../kafka/messages/mod.ts";
import type { ActorLog } from "../actor_log/actor_log.ts";
import { formatPlace } from "../actor_log/record_place.ts";
import { dateTime } from "../actor_log/views/time_text.ts";
import { type PlainUnits, unitsOf } from "../actor_log/views/units.ts";
import { type CsvField, csvHeader, csvRow } from "./csv.ts";
import { type ExportWatch, runRecords } from "./run_records.ts";

/** The columns, in order. */
export const NOTIFICATION_COLUMNS = [
  "time",
  "user",
  "type",
  "order_id",
  "command_id",
  "symbol",
  "side",
  "price",
  "quantity",
  "remaining",
  "cash",
  "liquidity",
  "trade_id",
  "duplicate",
  "reason",
  "detail",
  "record",
] as const;

type Told = Exclude<Notification, { readonly type: "floor-opened" }>;
type Column = typeof NOTIFICATION_COLUMNS[number];

/** The file's lines, the header first; notifications in the run's order, each once. */
export async function* notificationsCsv(
  log: ActorLog,
  watch: ExportWatch,
): AsyncGenerator<string> {
  yield csvHeader(NOTIFICATION_COLUMNS);
  const { plain } = unitsOf(log.run.parameters);
  for await (const { place, timestamp, message } of runRecords(log, ["notifications"], watch)) {
    // Of its topic, by its schema.
    const notification = message as Notification;
    if (notification.type === "floor-opened") continue;
    const fields: Partial<Record<Column, CsvField>> = {
      time: { text: dateTime(timestamp) },
      user: { text: notification.userId },
      type: { text: notification.type },
      record: { text: formatPlace(place) },
      ...fieldsOf(notification, plain),
    };
    yield csvRow(NOTIFICATION_COLUMNS.map((column) => fields[column] ?? null));
  }
}

function fieldsOf(told: Told, units: PlainUnits): Partial<Record<Column, CsvField>> {
  return {
    ...("orderId" in told ? { order_id: { text: told.orderId } } : {}),
    ...idOf(told),
    ...("duplicate" in told ? { duplicate: told.duplicate } : {}),
    ...("reason" in told ? { reason: { text: told.reason } } : {}),
    ...("detail" in told ? { detail: { text: told.detail } } : {}),
    ...amountsOf(told, units),
  };
}

/** The key of a command that is no order. */
function idOf(told: Told): Partial<Record<Column, CsvField>> {
  if ("cancelId" in told) return { command_id: { text: told.cancelId } };
  if ("depositId" in told) return { command_id: { text: told.depositId } };
  return "commandId" in told ? { command_id: { text: told.commandId } } : {};
}

function amountsOf(told: Told, units: PlainUnits): Partial<Record<Column, CsvField>> {
  if (told.type === "account-opened") return { cash: { number: units.cash(told.cashUnits) } };
  if (told.type === "deposit-accepted") return { cash: { number: units.cash(told.amountUnits) } };
  if (!("symbol" in told)) return {};
  const { symbol } = told;
  const named = { symbol: { text: symbol } };
  if (!("quantityLots" in told)) return named;
  const quantity = { number: units.quantity(symbol, told.quantityLots) };
  if (told.type === "order-filled") {
    return {
      ...named,
      quantity,
      side: { text: told.side },
      price: { number: units.price(symbol, told.priceTicks) },
      remaining: { number: units.quantity(symbol, told.remainingLots) },
      liquidity: { text: told.liquidity },
      trade_id: { text: told.tradeId },
    };
  }
  if (told.type === "order-cancelled") return { ...named, quantity };
  const { side, limitTicks } = told;
  return {
    ...named,
    quantity,
    side: { text: side },
    price: limitTicks === null ? null : { number: units.price(symbol, limitTicks) },
  };
}
