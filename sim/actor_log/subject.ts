/**
 * Whom and what a record is about.
 *
 * @module
 */

import { decodeText, type Intent } from "../../kafka/messages/mod.ts";
import type { ReadRecord } from "./step.ts";

/** What a record names; null where it names none, or no text. */
export interface Subject {
  readonly userId: string | null;
  readonly orderId: string | null;
  readonly symbol: string | null;
}

/** What a record is about; of an intent, what its command is about. */
export function subjectOf({ message, key, place }: ReadRecord): Subject {
  const named: unknown = message?.type === "intent" ? commandIn(message) : message;
  const { topic } = place;
  // Bytes that are no message still have a key, which of these topics is the user's.
  const keyed = topic === "order-commands" || topic === "notifications" ? key : null;
  const userOfIntent = message?.type === "intent" ? message.key : null;
  return {
    userId: textOf(named, "userId") ?? userOfIntent ?? keyed,
    orderId: textOf(named, "orderId"),
    symbol: textOf(named, "symbol"),
  };
}

/** The command that an intent will send, as it stands there; null when it is not meant to be one. */
export function commandIn({ value, encoding }: Pick<Intent, "value" | "encoding">): unknown {
  if (encoding !== "text") return null;
  try {
    return JSON.parse(value);
  } catch {
    // A faulty command is meant to be none.
    return null;
  }
}

/** Whether an intent's value is a command; some are meant to be none. */
export function isCommand({ value, encoding }: Pick<Intent, "value" | "encoding">): boolean {
  return encoding === "text" && decodeText("order-commands", value).ok;
}

function textOf(named: unknown, field: string): string | null {
  if (named === null || typeof named !== "object") return null;
  const value: unknown = Reflect.get(named, field);
  return typeof value === "string" ? value : null;
}
