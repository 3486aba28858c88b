/**
 * Reads derived messages. The schemas in `kafka/messages` cost several microseconds a message; here
 * only the fields that the rules look at are checked, and the whole schema where bytes of a client
 * are judged.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import {
  type Notification,
  type OrderMessage,
  type Origin,
  parseOrigin,
  type Quote,
  REJECT_REASONS,
  type ReleaseOrder,
  type SettleFill,
  type Trade,
} from "../../kafka/messages/mod.ts";

type FieldKind =
  | "text"
  | "count"
  | "count?"
  | "flag"
  | "side"
  | "force"
  | "liquidity"
  | "refusal"
  | "object";

const ORDER_NAMES = { userId: "text", orderId: "text" } as const;
const ORDER_REF = { ...ORDER_NAMES, orderNumber: "count", symbol: "text" } as const;
const REFUSAL = { userId: "text", duplicate: "flag", reason: "refusal" } as const;

/** The fields that the auditor reads of each derived type. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, FieldKind>>>> = {
  "order-accepted": {
    ...ORDER_REF,
    side: "side",
    quantityLots: "count",
    limitTicks: "count?",
    budgetUnits: "count?",
    timeInForce: "force",
  },
  "cancel-requested": { ...ORDER_REF, cancelId: "text" },
  "order-placed": {
    ...ORDER_REF,
    duplicate: "flag",
    side: "side",
    quantityLots: "count",
    limitTicks: "count?",
    reserved: "count",
  },
  "order-rejected": { ...REFUSAL, orderId: "text" },
  "cancel-accepted": { ...ORDER_NAMES, duplicate: "flag", cancelId: "text" },
  "cancel-rejected": { ...REFUSAL, orderId: "text", cancelId: "text" },
  "account-opened": {
    userId: "text",
    duplicate: "flag",
    commandId: "text",
    cashUnits: "count",
    holdings: "object",
  },
  "account-rejected": { ...REFUSAL, commandId: "text" },
  "deposit-accepted": {
    userId: "text",
    duplicate: "flag",
    depositId: "text",
    amountUnits: "count",
  },
  "deposit-rejected": { ...REFUSAL, depositId: "text" },
  "order-filled": {
    ...ORDER_REF,
    side: "side",
    priceTicks: "count",
    quantityLots: "count",
    remainingLots: "count",
    tradeId: "text",
    liquidity: "liquidity",
  },
  "order-cancelled": { ...ORDER_REF, quantityLots: "count", reason: "text" },
  "cancel-missed": { ...ORDER_REF, cancelId: "text" },
  "trade": {
    symbol: "text",
    priceTicks: "count",
    quantityLots: "count",
    tradeId: "text",
    aggressor: "side",
  },
  "quote": {
    symbol: "text",
    bidTicks: "count?",
    bidLots: "count",
    askTicks: "count?",
    askLots: "count",
  },
  "settle-fill": {
    userId: "text",
    orderNumber: "count",
    symbol: "text",
    side: "side",
    priceTicks: "count",
    quantityLots: "count",
    tradeId: "text",
  },
  "release-order": {
    userId: "text",
    orderNumber: "count",
    symbol: "text",
    quantityLots: "count",
  },
};

/** The types of each topic, and the topic whose records cause them. */
const PLACES: readonly {
  readonly topic: string;
  readonly cause: string;
  readonly types: readonly string[];
}[] = [
  { topic: "orders", cause: "order-commands", types: ["order-accepted", "cancel-requested"] },
  {
    topic: "notifications",
    cause: "order-commands",
    types: [
      "order-placed",
      "order-rejected",
      "cancel-accepted",
      "cancel-rejected",
      "account-opened",
      "account-rejected",
      "deposit-accepted",
      "deposit-rejected",
    ],
  },
  {
    topic: "notifications",
    cause: "orders",
    types: ["order-filled", "order-cancelled", "cancel-missed"],
  },
  { topic: "market-data", cause: "orders", types: ["trade", "quote"] },
  { topic: "order-commands", cause: "orders", types: ["settle-fill", "release-order"] },
];

/** A derived type, ready to be checked. */
interface DerivedType {
  readonly name: string;
  readonly topic: string;
  readonly cause: string;
  readonly fields: readonly (readonly [string, FieldKind])[];
}

const DERIVED_TYPES: ReadonlyMap<unknown, DerivedType> = new Map(
  PLACES.flatMap(({ topic, cause, types }) =>
    types.map((name) => {
      const fields = Object.entries(SHAPES[name]!);
      return [name, { name, topic, cause, fields }] as const;
    })
  ),
);

/** Any derived message. */
export type DerivedMessage =
  | Exclude<OrderMessage, { type: "floor-opened" }>
  | Exclude<Notification, { type: "floor-opened" }>
  | Trade
  | Quote
  | SettleFill
  | ReleaseOrder;

/** A derived message where it was found. */
export interface Derived<M extends DerivedMessage = DerivedMessage> {
  readonly message: M;
  readonly record: LogRecord;
  readonly origin: Origin;
}

/** What a record of a topic that folds write to holds. */
export type Reading =
  | { readonly kind: "derived"; readonly derived: Derived }
  /** A message with an id of its sender's, not checked any further. */
  | { readonly kind: "source"; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: "unreadable"; readonly error: string };

/** Reads a record. Never throws. */
export function readMessage(record: LogRecord): Reading {
  const { text } = record;
  if (text === null) return { kind: "unreadable", error: "the value is no text" };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { kind: "unreadable", error: error instanceof Error ? error.message : String(error) };
  }
  if (!isObject(json)) return { kind: "unreadable", error: "the value is no object" };
  const type = DERIVED_TYPES.get(json.type);
  if (type === undefined || type.topic !== record.topic) return { kind: "source", json };
  return readDerived(record, type, json);
}

function readDerived(
  record: LogRecord,
  type: DerivedType,
  json: Readonly<Record<string, unknown>>,
): Reading {
  const { id, causationId, correlationId, sequence, timestamp } = json;
  const { name, cause, fields } = type;
  const origin = typeof id === "string" ? originOf(id, cause) : null;
  if (origin === null || origin.topic !== cause) {
    return { kind: "unreadable", error: `a ${name} whose id is no origin in ${cause}` };
  }
  if (!isCount(sequence)) return { kind: "unreadable", error: `a ${name} without sequence` };
  if (typeof causationId !== "string" || typeof correlationId !== "string") {
    return { kind: "unreadable", error: `a ${name} without cause` };
  }
  if (typeof timestamp !== "number") return { kind: "unreadable", error: "no timestamp" };
  for (const [field, kind] of fields) {
    if (fits(kind, json[field])) continue;
    return { kind: "unreadable", error: `a ${name} whose ${field} is wrong` };
  }
  // Envelope and every field that the rules read have just been checked.
  const message = json as unknown as DerivedMessage;
  return { kind: "derived", derived: { message, record, origin } };
}

const SLASH = 47;
const ZERO = 48;

/** With more digits of a partition, an offset or an index, sums could be rounded or the id be none. */
const ORIGIN_DIGITS = [9, 15, 9] as const;

/** What `parseOrigin` gives, but quicker where the id begins as it ought to. */
export function originOf(id: string, topic: string): Origin | null {
  if (!id.startsWith(topic) || id.charCodeAt(topic.length) !== SLASH) return parseOrigin(id);
  const numbers = [0, 0, 0];
  let at = topic.length;
  for (let n = 0; n < numbers.length; n++) {
    if (id.charCodeAt(at++) !== SLASH) return parseOrigin(id);
    const start = at;
    let value = 0;
    for (let digit = id.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9;) {
      value = value * 10 + digit;
      digit = id.charCodeAt(++at) - ZERO;
    }
    if (at === start || at - start > ORIGIN_DIGITS[n]!) return parseOrigin(id);
    numbers[n] = value;
  }
  if (at !== id.length) return parseOrigin(id);
  return { topic, partition: numbers[0]!, offset: numbers[1]!, index: numbers[2]! };
}

const REASONS: ReadonlySet<unknown> = new Set(REJECT_REASONS);

function fits(kind: FieldKind, value: unknown): boolean {
  switch (kind) {
    case "text":
      return typeof value === "string" && value !== "";
    case "count":
      return isCount(value);
    case "count?":
      return value === null || isCount(value);
    case "flag":
      return typeof value === "boolean";
    case "side":
      return value === "buy" || value === "sell";
    case "force":
      return value === "gtc" || value === "ioc";
    case "liquidity":
      return value === "maker" || value === "taker";
    case "refusal":
      return REASONS.has(value);
    case "object":
      return isObject(value);
  }
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
