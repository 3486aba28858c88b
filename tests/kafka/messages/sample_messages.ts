/**
 * One valid message of every type.
 *
 * @module
 */

import type {
  FloorOpened,
  Message,
  MessageTopic,
  TopicMessages,
} from "../../../kafka/messages/mod.ts";
import { DEFAULT_GATEWAY_LIMITS } from "../../../kafka/messages/mod.ts";

const source = { id: "m-1", correlationId: "501/1001", timestamp: 1_625_159_076 };
const derived = {
  id: "order-commands/3/17/0",
  correlationId: "501/1001",
  causationId: "m-1",
  sequence: 4,
  timestamp: 1_625_159_076,
};
const order = { userId: "501", orderId: "1001", clientTimestamp: 1_625_159_076 };
const answer = { ...derived, duplicate: false };
const numbered = { ...derived, ...order, orderNumber: 7, symbol: "AAPL" };

const floorOpened: FloorOpened = {
  type: "floor-opened",
  ...source,
  parameters: {
    foldVersions: { gateway: 1 },
    partitions: { orders: 6 },
    symbols: [{ symbol: "AAPL", tickSize: 0.01, lotSize: 1 }],
    cashDecimals: 2,
    limits: DEFAULT_GATEWAY_LIMITS,
  },
};

/** By topic. */
export const SAMPLES: { readonly [T in MessageTopic]: readonly TopicMessages[T][] } = {
  "market-data": [
    { type: "price", ...source, symbol: "AAPL", price: 189.5, producer: "md-0", number: 0 },
    {
      type: "trade",
      ...derived,
      symbol: "AAPL",
      priceTicks: 18_950,
      quantityLots: 10,
      tradeId: "orders/0/1/0",
      aggressor: "buy",
    },
    {
      type: "quote",
      ...derived,
      symbol: "AAPL",
      bidTicks: null,
      bidLots: 0,
      askTicks: 18_951,
      askLots: 5,
    },
  ],
  "order-commands": [
    {
      type: "open-account",
      ...source,
      userId: "501",
      commandId: "c-1",
      cash: 1_000_000,
      holdings: { AAPL: 1_000 },
    },
    { type: "deposit", ...source, userId: "501", depositId: "d-1", amount: "12.50" },
    {
      type: "place-order",
      ...source,
      userId: "501",
      orderId: "1001",
      symbol: "AAPL",
      side: "buy",
      quantity: 10,
      price: 189.5,
      timeInForce: "gtc",
    },
    { type: "cancel-order", ...source, userId: "501", orderId: "1001", cancelId: "x-1" },
    {
      type: "settle-fill",
      ...derived,
      userId: "501",
      orderNumber: 7,
      symbol: "AAPL",
      side: "sell",
      priceTicks: 18_950,
      quantityLots: 10,
      tradeId: "orders/0/1/0",
    },
    {
      type: "release-order",
      ...derived,
      userId: "501",
      orderNumber: 7,
      symbol: "AAPL",
      quantityLots: 3,
    },
    floorOpened,
  ],
  "orders": [
    {
      type: "order-accepted",
      ...numbered,
      side: "buy",
      quantityLots: 10,
      limitTicks: null,
      budgetUnits: 1_000,
      timeInForce: "ioc",
    },
    {
      type: "cancel-requested",
      ...derived,
      userId: "501",
      orderId: "1001",
      orderNumber: 7,
      cancelId: "x-1",
      symbol: "AAPL",
    },
    floorOpened,
  ],
  "notifications": [
    {
      type: "account-opened",
      ...answer,
      userId: "501",
      commandId: "c-1",
      cashUnits: 100,
      holdings: { AAPL: 5 },
    },
    { type: "deposit-accepted", ...answer, userId: "501", depositId: "d-1", amountUnits: 1_250 },
    {
      type: "order-placed",
      ...numbered,
      duplicate: true,
      side: "buy",
      quantityLots: 10,
      limitTicks: 18_950,
      reserved: 189_500,
    },
    { type: "cancel-accepted", ...answer, ...order, cancelId: "x-1" },
    { type: "order-rejected", ...answer, ...order, reason: "unknown-symbol", detail: "INVALID" },
    {
      type: "cancel-rejected",
      ...answer,
      ...order,
      cancelId: "x-1",
      reason: "unknown-order",
      detail: "",
    },
    {
      type: "account-rejected",
      ...answer,
      userId: "501",
      commandId: "c-1",
      reason: "account-exists",
      detail: "",
    },
    {
      type: "deposit-rejected",
      ...answer,
      userId: "501",
      depositId: "d-1",
      reason: "invalid-amount",
      detail: "-1",
    },
    {
      type: "order-filled",
      ...numbered,
      side: "buy",
      priceTicks: 18_950,
      quantityLots: 4,
      remainingLots: 6,
      tradeId: "orders/0/1/0",
      liquidity: "taker",
    },
    { type: "order-cancelled", ...numbered, quantityLots: 6, reason: "requested" },
    {
      type: "cancel-missed",
      ...derived,
      userId: "501",
      orderId: "1001",
      orderNumber: 7,
      cancelId: "x-1",
      symbol: "AAPL",
    },
    floorOpened,
  ],
  "intents": [
    {
      type: "intent",
      ...source,
      producer: "traders-0",
      number: 12,
      intendedAt: 1_625_159_076,
      partition: 3,
      key: "501",
      value: "{}",
      encoding: "text",
    },
    { type: "intents-acknowledged", ...source, producer: "traders-0", before: 13 },
  ],
  "dead-letters": [
    {
      type: "dead-letter",
      ...source,
      role: "gateway",
      topic: "order-commands",
      partition: 3,
      offset: 17,
      kind: "malformed",
      error: "not JSON",
      key: null,
      valueBase64: "/w==",
      valueBytes: 1,
    },
  ],
};

/** Every sample with its topic. */
export function allSamples(): readonly (readonly [topic: MessageTopic, message: Message])[] {
  // `Object.entries` forgets that the keys are topics.
  return (Object.entries(SAMPLES) as [MessageTopic, readonly Message[]][])
    .flatMap(([topic, messages]) => messages.map((message) => [topic, message] as const));
}
