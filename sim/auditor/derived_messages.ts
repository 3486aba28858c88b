/**
 * Reads derived messages as JSON, whatever way it is written. The schemas in `kafka/messages` cost several
 * microseconds a message; here only the fields that the rules look at are checked, and the whole schema
 * where bytes of a client are judged.
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
import type { Fingerprinter } from "./fingerprint.ts";
import { TextPrints } from "./reading/text_prints.ts";

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

/**
 * A derived message where it was found. It may be another one when the next record is read: whoever
 * wants to keep something of it keeps that.
 */
export interface Derived<M extends DerivedMessage = DerivedMessage> {
  readonly message: M;
  readonly record: LogRecord;
  readonly origin: Origin;
  /** Of the message's texts. */
  readonly prints: TextPrints;
}

/** What a record of a topic that folds write to holds. */
export type Reading =
  | { readonly kind: "derived"; readonly derived: Derived }
  /** A message with an id of its sender's, not checked any further. */
  | { readonly kind: "source"; readonly json: Readonly<Record<string, unknown>> }
  | { readonly kind: "unreadable"; readonly error: string };

/** Reads whatever a record holds, however it is written. Never throws. */
export function readFully(record: LogRecord, print: Fingerprinter): Reading {
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
  return readDerived(record, type, { json, print });
}

function readDerived(
  record: LogRecord,
  type: DerivedType,
  { json, print }: {
    readonly json: Readonly<Record<string, unknown>>;
    readonly print: Fingerprinter;
  },
): Reading {
  const { id, causationId, correlationId, sequence, timestamp } = json;
  const { name, cause, fields } = type;
  const origin = typeof id === "string" ? parseOrigin(id) : null;
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
  const prints = new TextPrints();
  prints.take(json, print);
  return { kind: "derived", derived: { message, record, origin, prints } };
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
