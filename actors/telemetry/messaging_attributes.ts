/**
 * The names of spans' attributes: OpenTelemetry's conventions for messaging, and ours for orders.
 *
 * @module
 */

import type { Attributes } from "@opentelemetry/api";

/** `messaging.system` of a log that does not name its own. */
export const OWN_LOG = "outcry";

/** A tracer's name: the instrumentation scope. */
export const SCOPE = "outcry";

/** What a message says of itself that an operator looks for. */
const FIELDS = {
  "type": "outcry.message.type",
  "id": "messaging.message.id",
  "correlationId": "messaging.message.conversation_id",
  "userId": "outcry.user.id",
  "orderId": "outcry.order.id",
  "symbol": "outcry.symbol",
} as const;

/** The message's own attributes; what it lacks is left out. */
export function messageAttributes(message: object): Attributes {
  const attributes: Attributes = {};
  for (const [field, name] of Object.entries(FIELDS)) {
    const value = textOf(message, field);
    if (value !== null) attributes[name] = value;
  }
  return attributes;
}

/** A field of a message, when it is text. */
export function textOf(message: object, field: string): string | null {
  const value: unknown = Reflect.get(message, field);
  return typeof value === "string" ? value : null;
}
