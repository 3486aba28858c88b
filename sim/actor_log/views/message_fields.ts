/**
 * A message field by field, for details.
 *
 * @module
 */

import type { Message } from "../../../kafka/messages/mod.ts";
import { showValue } from "./show_value.ts";
import { dateTime } from "./time_text.ts";
import type { Units } from "./units.ts";

/** One field of a message. */
export interface MessageField {
  readonly name: string;
  /** As the record has it: JSON, cut where it is long. */
  readonly value: string;
  /** A count of ticks, lots or cash units as a decimal, a stamp as a time; null for the others. */
  readonly means: string | null;
}

/** What every message has besides its content; it comes last. */
const ENVELOPE: ReadonlySet<string> = new Set([
  "id",
  "correlationId",
  "causationId",
  "sequence",
  "timestamp",
]);

/** The fields of a message, its own before those of the envelope. The text is as its sender wrote it. */
export function fieldsOf(message: Message, units: Units): readonly MessageField[] {
  const entries = Object.entries(message);
  const ordered = [
    ...entries.filter(([name]) => !ENVELOPE.has(name)),
    ...entries.filter(([name]) => ENVELOPE.has(name)),
  ];
  const meaning = { message, units };
  return ordered.map(([name, value]: [string, unknown]) => ({
    name,
    value: showValue(value),
    means: typeof value === "number" ? meaningOf(name, value, meaning) : null,
  }));
}

function meaningOf(
  name: string,
  value: number,
  { message, units }: { readonly message: Message; readonly units: Units },
): string | null {
  const symbol = "symbol" in message && typeof message.symbol === "string" ? message.symbol : null;
  if (name === "timestamp" || name === "clientTimestamp" || name === "intendedAt") {
    return dateTime(value);
  }
  if (name === "reserved" && message.type === "order-placed") {
    return message.side === "buy"
      ? units.cash(value)
      : units.quantity(message.symbol, message.reserved);
  }
  if (name.endsWith("Units")) return units.cash(value);
  if (symbol === null) return null;
  if (name.endsWith("Ticks")) return units.price(symbol, value);
  return name.endsWith("Lots") ? units.quantity(symbol, value) : null;
}
