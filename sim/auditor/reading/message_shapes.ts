/**
 * Messages as our encoder writes them: for each type, its fields in their order.
 *
 * @module
 */

import { MAX_ID_LENGTH } from "../../../kafka/messages/mod.ts";
import { Literal } from "../../../kafka/literal.ts";
import { FIELD_FORMS, type FieldForm, FORM, TEXT, textForm } from "./message_fields.ts";

/** What comes next in a message. */
export interface ShapeStep {
  /** The field's name, and the quote that opens its text. */
  readonly opening: Literal;
  /** The same as it stands within a string. */
  readonly quotedOpening: Literal;
  readonly form: number;
  readonly slot: number;
  readonly text: number;
  /** Of a word: what may come, with the quote that closes it. */
  readonly words: readonly { readonly literal: Literal; readonly word: string }[];
  readonly isOptional: boolean;
  /** Whether a quote ends it. */
  readonly isInQuotes: boolean;
  /** Whether it may have quotes within it. */
  readonly hasQuotes: boolean;
}

/** A type of message. */
export interface MessageShape {
  readonly type: string;
  /** How it begins. */
  readonly opening: Literal;
  /** The same as it stands within a string. */
  readonly quotedOpening: Literal;
  readonly steps: readonly ShapeStep[];
  /** The topic whose records cause it; null for a message with an id of its sender's. */
  readonly cause: string | null;
  /** Whether it gives a reason of refusal. */
  readonly isRefusal: boolean;
  /** The longest text that it may have. */
  readonly longest: number;
}

/** No derived message has a longer text, unless somebody forged it. */
const LONGEST_DERIVED = 1_024;

const DERIVED = "id correlationId causationId sequence timestamp";
const SOURCE = "id correlationId timestamp";
const NAMES = "userId orderId clientTimestamp";

/** The topic, the topic of the cause (null: a message of its sender's), the type, and its fields. */
const SHAPES: readonly (readonly [topic: string, cause: string | null, type: string, string])[] = [
  [
    "orders",
    "order-commands",
    "order-accepted",
    "userId orderId orderNumber symbol side quantityLots limitTicks budgetUnits timeInForce " +
    `clientTimestamp ${DERIVED}`,
  ],
  [
    "orders",
    "order-commands",
    "cancel-requested",
    `userId orderId orderNumber cancelId symbol ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "order-placed",
    `duplicate ${NAMES} orderNumber symbol side quantityLots limitTicks reserved ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "order-rejected",
    `duplicate ${NAMES} reason detail ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "cancel-accepted",
    `duplicate ${NAMES} cancelId ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "cancel-rejected",
    `duplicate ${NAMES} cancelId reason detail ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "deposit-accepted",
    `duplicate userId depositId amountUnits ${DERIVED}`,
  ],
  [
    "notifications",
    "order-commands",
    "deposit-rejected",
    `duplicate userId depositId reason detail ${DERIVED}`,
  ],
  [
    "notifications",
    "orders",
    "order-filled",
    `${NAMES} orderNumber symbol side priceTicks quantityLots remainingLots tradeId liquidity ` +
    DERIVED,
  ],
  [
    "notifications",
    "orders",
    "order-cancelled",
    `${NAMES} orderNumber symbol quantityLots reason ${DERIVED}`,
  ],
  [
    "notifications",
    "orders",
    "cancel-missed",
    `userId orderId orderNumber cancelId symbol ${DERIVED}`,
  ],
  [
    "market-data",
    "orders",
    "trade",
    `symbol priceTicks quantityLots tradeId aggressor ${DERIVED}`,
  ],
  [
    "market-data",
    "orders",
    "quote",
    `symbol bidTicks bidLots askTicks askLots ${DERIVED}`,
  ],
  ["market-data", null, "price", `${SOURCE} symbol price producer number`],
  [
    "order-commands",
    "orders",
    "settle-fill",
    `userId orderNumber symbol side priceTicks quantityLots tradeId ${DERIVED}`,
  ],
  [
    "order-commands",
    "orders",
    "release-order",
    `userId orderNumber symbol quantityLots ${DERIVED}`,
  ],
  [
    "order-commands",
    null,
    "place-order",
    `${SOURCE} userId orderId symbol? side? quantity? price? protectionPrice? timeInForce?`,
  ],
  ["order-commands", null, "cancel-order", `${SOURCE} userId orderId cancelId`],
  ["order-commands", null, "deposit", `${SOURCE} userId depositId amount?`],
  ["intents", null, "intent", `${SOURCE} producer number intendedAt partition key value encoding`],
];

/** A shape's key among those of its topic: eight bytes of it, of which more than one may be equal. */
export function shapeKey(view: DataView, start: number): number {
  return view.getInt32(start + TYPE_AT, true) ^
    Math.imul(view.getInt32(start + TYPE_AT + 5, true), 0x9e3779b1);
}

/** More steps no shape has. */
export const MAX_STEPS = Math.max(...SHAPES.map(([, , , fields]) => fields.split(" ").length));

/** Where the name of the type begins. */
const TYPE_AT = '{"type":"'.length;

/** No message is shorter: so much can be looked at without asking where it ends. */
export const SHORTEST_MESSAGE = 40;

const IN_QUOTES: ReadonlySet<number> = new Set([
  FORM.word,
  FORM.name,
  FORM.text,
  FORM.passedText,
  FORM.content,
]);

/** The shapes of each topic, by {@link shapeKey}. */
export const SHAPES_BY_TOPIC: ReadonlyMap<string, ReadonlyMap<number, readonly MessageShape[]>> =
  shapesByTopic();

function shapesByTopic() {
  const byTopic = new Map<string, Map<number, MessageShape[]>>();
  for (const [topic, cause, type, fields] of SHAPES) {
    const byKey = byTopic.get(topic) ?? new Map<number, MessageShape[]>();
    byTopic.set(topic, byKey);
    const start = new TextEncoder().encode(`${openingOf(type)},"${fields}`);
    const key = shapeKey(new DataView(start.buffer), 0);
    const steps = fields.split(" ").map((field) => stepOf(field, cause));
    const longest = cause === null ? MAX_ID_LENGTH : LONGEST_DERIVED;
    const isRefusal = type.endsWith("-rejected");
    const opening = new Literal(openingOf(type));
    const quotedOpening = new Literal(quoted(openingOf(type)));
    const shape = { type, opening, quotedOpening, steps, cause, isRefusal, longest };
    byKey.set(key, [...byKey.get(key) ?? [], shape]);
  }
  return byTopic;
}

/** How a message of a type begins. */
export function openingOf(type: string): string {
  return `{"type":"${type}"`;
}

function stepOf(named: string, cause: string | null): ShapeStep {
  const isOptional = named.endsWith("?");
  const name = isOptional ? named.slice(0, -1) : named;
  const { form, slot, text, words } = name === "id" ? idForm(cause) : FIELD_FORMS[name]!;
  const start = form === FORM.origin ? `"${cause}/` : IN_QUOTES.has(form) ? '"' : "";
  const opening = `,"${name}":${start}`;
  return {
    opening: new Literal(opening),
    quotedOpening: new Literal(quoted(opening)),
    form,
    slot,
    text,
    words: words.map((word) => ({ literal: new Literal(`${word}"`), word })),
    isOptional,
    isInQuotes: form === FORM.origin || IN_QUOTES.has(form),
    hasQuotes: form === FORM.content || form === FORM.nameOrNull ||
      (form === FORM.passedText && text === TEXT.detail),
  };
}

/** A text as it stands within a string. */
function quoted(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function idForm(cause: string | null): FieldForm {
  return textForm(cause === null ? FORM.text : FORM.origin, TEXT.id);
}
