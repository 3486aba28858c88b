/**
 * Messages as bytes and back: JSON text, checked against the topic's schema where it comes in.
 *
 * @module
 */

import type { z } from "zod";
import { takeMessage } from "../carried_message.ts";
import type { LogRecord } from "../event_log.ts";
import type { TopicName } from "../topics.ts";
import { type OrderCommand, orderCommandSchema } from "./commands.ts";
import { type DeadLetter, deadLetterSchema } from "./dead_letters.ts";
import { type IntentMessage, intentMessageSchema } from "./intents.ts";
import { type MarketData, marketDataSchema } from "./market_data.ts";
import { type Notification, notificationSchema } from "./notifications.ts";
import { type OrderMessage, orderMessageSchema } from "./orders.ts";
import { compileSureCheck, type SureCheck } from "./sure_check.ts";

/** What each topic carries. `snapshots` carries bytes of its own and is not listed. */
export interface TopicMessages {
  /** By symbol: prices from outside, trades and quotes of the floor. */
  "market-data": MarketData;
  /** By user: what clients ask for, and settlements on their way back. */
  "order-commands": OrderCommand;
  /** By symbol: what the gateway let through. */
  "orders": OrderMessage;
  /** By user: answers, and what became of orders. */
  "notifications": Notification;
  /** By producer: what is about to be sent. */
  "intents": IntentMessage;
  /** By source partition: what could not be processed. */
  "dead-letters": DeadLetter;
}

/** A topic whose records are messages. */
export type MessageTopic = keyof TopicMessages & TopicName;

/** Any message of any topic. */
export type Message = TopicMessages[MessageTopic];

const SCHEMAS: { readonly [T in MessageTopic]: z.ZodType<TopicMessages[T]> } = {
  "market-data": marketDataSchema,
  "order-commands": orderCommandSchema,
  "orders": orderMessageSchema,
  "notifications": notificationSchema,
  "intents": intentMessageSchema,
  "dead-letters": deadLetterSchema,
};

/** Fields that a derived message has and a source message loses. */
const DERIVED_FIELDS = ["causationId", "sequence"];

const SURE_CHECKS = Object.fromEntries(
  Object.entries(SCHEMAS).map(([topic, schema]) => [
    topic,
    compileSureCheck(schema, DERIVED_FIELDS),
  ]),
  // Object.fromEntries forgets which keys it was given.
) as Readonly<Record<MessageTopic, SureCheck>>;

/** A record's message, or what is wrong with its bytes. */
export type Decoded<M> =
  | { readonly ok: true; readonly message: M }
  | { readonly ok: false; readonly error: string };

/** The message as it is published. */
export function encodeMessage(message: Message): string {
  return JSON.stringify(message);
}

/**
 * The message that a record of `topic` holds. Never throws: bytes that are no valid message are an
 * answer, not a fault.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decodeText } from "./codec.ts";
 * assert.equal(decodeText("orders", "{").ok, false);
 * ```
 */
export function decodeText<T extends MessageTopic>(
  topic: T,
  text: string | null,
): Decoded<TopicMessages[T]> {
  if (text === null) return { ok: false, error: "value is empty or not UTF-8 text" };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { ok: false, error: `not JSON: ${(error as SyntaxError).message}` };
  }
  // What is surely valid is what the schema would give.
  if (SURE_CHECKS[topic](json)) return { ok: true, message: json as TopicMessages[T] };
  const parsed = SCHEMAS[topic].safeParse(json);
  if (parsed.success) return { ok: true, message: parsed.data };
  return { ok: false, error: describeIssues(parsed.error) };
}

/**
 * The message that a record of `topic` holds, or what is wrong with its bytes. Never throws.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openMemoryLog } from "../open_event_log.ts";
 * import { topicSettings } from "../topics.ts";
 * import { decodeRecord, encodeMessage } from "./codec.ts";
 *
 * await using log = await openMemoryLog();
 * await log.createTopics(topicSettings());
 * const price = encodeMessage({
 *   type: "price", id: "feed/0", correlationId: "feed", timestamp: 1625159076,
 *   symbol: "AAPL", price: 189.5, producer: "feed", number: 0,
 * });
 * const topic = "market-data";
 * await log.publish([
 *   { topic, partition: 0, records: [{ key: "AAPL", value: price }, { key: "AAPL", value: "{" }] },
 * ]);
 * const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
 * const [batch] = await reader.poll({ timeoutMs: 1_000 });
 * reader.close();
 * const [good, bad] = batch!.records.map((record) => decodeRecord(topic, record));
 * assert.ok(good!.ok && good!.message.type === "price" && good!.message.price === 189.5);
 * assert.ok(!bad!.ok && bad!.error.startsWith("not JSON"));
 * ```
 */
export function decodeRecord<T extends MessageTopic>(
  topic: T,
  record: LogRecord,
): Decoded<TopicMessages[T]> {
  const carried = takeMessage(record);
  // What its text says; anything in doubt is read from there.
  if (carried !== undefined && SURE_CHECKS[topic](carried)) {
    return { ok: true, message: carried as TopicMessages[T] }; // surely valid
  }
  return decodeText(topic, record.text);
}

/** At most so many schema issues are spelled out in a dead letter. */
const MAX_ISSUES = 3;

function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, MAX_ISSUES).map((issue) =>
    `${issue.path.length === 0 ? "message" : issue.path.join(".")}: ${issue.message}`
  );
  const rest = error.issues.length - shown.length;
  return shown.join("; ") + (rest > 0 ? `; and ${rest} more` : "");
}
