import assert from "node:assert/strict";
import type { FetchedBatch } from "../../../kafka/event_log.ts";
import {
  encodeMessage,
  type Intent,
  type Message,
  type Notification,
  type PlaceOrder,
} from "../../../kafka/messages/mod.ts";
import { LatencyMeter } from "../../../sim/measuring/latency_meter.ts";

/** Records of one partition as the log hands them out. */
function batch(
  topic: string,
  texts: readonly string[],
  { baseOffset = 0, timestamp = 0 } = {},
): FetchedBatch {
  const records = texts.map((text, i) => ({
    topic,
    partition: 0,
    offset: baseOffset + i,
    timestamp,
    key: null,
    value: new TextEncoder().encode(text),
    text,
    headers: {},
  }));
  const nextOffset = baseOffset + texts.length;
  return { topic, partition: 0, records, nextOffset, endOffset: nextOffset };
}

function messages(topic: string, list: readonly Message[]): FetchedBatch {
  return batch(topic, list.map(encodeMessage));
}

/** Alice's order; its command is `alice/<orderId>`. */
function order(orderId: string, timestamp: number): PlaceOrder {
  return {
    type: "place-order",
    id: `alice/${orderId}`,
    correlationId: `alice/${orderId}`,
    timestamp,
    userId: "alice",
    orderId,
    symbol: "AAPL",
    side: "buy",
    quantity: 7,
    price: 16,
  };
}

function intent(number: number, intendedAt: number, value: string): Intent {
  return {
    type: "intent",
    id: `alice/${number}`,
    correlationId: `alice/${number}`,
    timestamp: intendedAt,
    producer: "producer-0",
    number,
    intendedAt,
    partition: 0,
    key: "alice",
    value,
    encoding: "text",
  };
}

function orderIntent(number: number, intendedAt: number): Intent {
  return intent(number, intendedAt, encodeMessage(order(String(number), intendedAt)));
}

/** The envelope of the gateway's or the engine's notification with this sequence. */
function derived(topic: string, sequence: number, orderId: string, clientTimestamp: number) {
  return {
    id: `${topic}/3/${100 + sequence}/0`,
    correlationId: `alice/${orderId}`,
    causationId: `alice/${orderId}`,
    sequence,
    timestamp: 9_000,
    userId: "alice",
    orderId,
    clientTimestamp,
  };
}

function placed(sequence: number, orderId: string, at: number, duplicate = false): Notification {
  return {
    type: "order-placed",
    ...derived("order-commands", sequence, orderId, at),
    duplicate,
    orderNumber: 5,
    symbol: "AAPL",
    side: "buy",
    quantityLots: 7,
    limitTicks: 1_600,
    reserved: 11_200,
  };
}

function rejected(sequence: number, orderId: string, at: number): Notification {
  return {
    type: "order-rejected",
    ...derived("order-commands", sequence, orderId, at),
    duplicate: false,
    reason: "unknown-symbol",
    detail: "",
  };
}

function filled(
  sequence: number,
  orderId: string,
  at: number,
  liquidity: "maker" | "taker",
): Notification {
  return {
    type: "order-filled",
    ...derived("orders", sequence, orderId, at),
    orderNumber: 5,
    symbol: "AAPL",
    side: "buy",
    priceTicks: 1_600,
    quantityLots: 2,
    remainingLots: 5,
    tradeId: "AAPL/1",
    liquidity,
  };
}

Deno.test("LatencyMeter times answers from the intended time", () => {
  const meter = new LatencyMeter();
  meter.observe(messages("intents", [orderIntent(0, 1_000), orderIntent(1, 1_010)]), { at: 1_011 });
  meter.observe(messages("notifications", [placed(0, "0", 1_000), rejected(1, "1", 1_010)]), {
    at: 1_030.5,
  });
  assert.equal(meter.answer.count, 2);
  assert.equal(meter.answer.max, 30.5);
  assert.equal(Math.round(meter.answer.p50! * 10) / 10, 20.5);
  const counts = meter.counts();
  assert.deepEqual(counts.orders, { placed: 1, rejected: 1, duplicates: 0 });
  assert.deepEqual(counts.refusals, { "unknown-symbol": 1 });
  assert.deepEqual(counts.orderRefusals, { "unknown-symbol": 1 });
  assert.equal(counts.unanswered, 0);
  assert.equal(counts.activeMs, 30.5);
  assert.equal(counts.answered, 2);
});

Deno.test("LatencyMeter times fills by the taker's leg", () => {
  const meter = new LatencyMeter();
  const legs = [filled(0, "0", 1_000, "maker"), filled(1, "1", 1_020, "taker")];
  meter.observe(messages("notifications", legs), { at: 1_025 });
  assert.deepEqual(meter.fill.count, 1);
  assert.equal(meter.fill.max, 5);
  assert.equal(meter.counts().trades, 1);
  assert.equal(meter.counts().fills, 2);
});

Deno.test("LatencyMeter leaves out what it has seen, and counts gaps", () => {
  const meter = new LatencyMeter();
  const first = [placed(0, "0", 1_000), placed(1, "1", 1_000)];
  meter.observe(messages("notifications", first), { at: 1_001 });
  meter.observe(messages("notifications", [...first, placed(4, "4", 1_000)]), { at: 1_050 });
  const counts = meter.counts();
  assert.equal(counts.repeats, 2);
  assert.equal(counts.gaps, 2);
  assert.equal(counts.orders.placed, 3);
  assert.equal(meter.answer.count, 3);
});

Deno.test("LatencyMeter counts an answer given once more and does not time it", () => {
  const meter = new LatencyMeter();
  const answers = [placed(0, "0", 1_000), placed(1, "0", 1_000, true)];
  meter.observe(messages("notifications", answers), { at: 1_002 });
  assert.deepEqual(meter.counts().orders, { placed: 1, rejected: 0, duplicates: 1 });
  assert.equal(meter.answer.count, 1);
});

Deno.test("LatencyMeter counts and does not time what was there before it", () => {
  const meter = new LatencyMeter();
  const answers = [placed(0, "0", 1_000), placed(1, "1", 1_000)];
  meter.observe(messages("notifications", answers), { at: 900_000, timedFrom: 2 });
  assert.equal(meter.counts().orders.placed, 2);
  assert.equal(meter.answer.count, 0);
});

/** One partition's notification as it stands in the log with this stamp. */
function stamped(notification: Notification, offset: number, timestamp: number): FetchedBatch {
  return batch("notifications", [encodeMessage(notification)], { baseOffset: offset, timestamp });
}

Deno.test("LatencyMeter leaves out the time in which nobody played", () => {
  const hour = 3_600_000;
  const meter = new LatencyMeter([500, hour, 2 * hour]);
  // Sat from 1,000 to 1,400, gone on with after an hour for 300 ms; the third sitting only reads.
  const intents = [orderIntent(0, 1_000), orderIntent(1, 1_390), orderIntent(2, hour + 100)];
  meter.observe(messages("intents", intents), { at: 2 * hour + 5 });
  const now = { at: 2 * hour + 6, timedFrom: 3 };
  meter.observe(stamped(placed(0, "0", 1_000), 0, 1_400), now);
  meter.observe(stamped(placed(1, "1", 1_390), 1, hour + 90), now);
  meter.observe(stamped(placed(2, "2", hour + 100), 2, hour + 390), now);
  assert.equal(meter.counts().activeMs, 400 + 300);
});

Deno.test("LatencyMeter does not time an order that was under way when the run was stopped", () => {
  const meter = new LatencyMeter([0, 50_000]);
  const answers = [placed(0, "0", 1_000), placed(1, "1", 50_010), filled(0, "0", 1_000, "taker")];
  meter.observe(messages("notifications", answers), { at: 50_030 });
  assert.equal(meter.answer.count, 1);
  assert.equal(meter.answer.max, 20);
  assert.equal(meter.fill.count, 0);
  assert.equal(meter.counts().acrossStops, 1);
});

Deno.test("LatencyMeter counts orders answered once, however often they were sent", () => {
  const meter = new LatencyMeter();
  meter.observe(messages("notifications", [placed(0, "0", 1_000)]), { at: 1_001 });
  assert.equal(meter.counts().answered, 0, "its intent was not read yet");
  meter.observe(messages("intents", [orderIntent(0, 1_000), orderIntent(1, 1_000)]), { at: 1_002 });
  const again = [placed(1, "0", 1_000, true), placed(2, "0", 1_000, true)];
  meter.observe(messages("notifications", again), { at: 1_003 });
  const counts = meter.counts();
  assert.equal(counts.orders.duplicates, 2);
  assert.equal(counts.answered, 1);
  meter.observe(messages("notifications", [placed(3, "1", 1_000)]), { at: 1_004 });
  assert.equal(meter.counts().answered, 2);
});

Deno.test("LatencyMeter tells how many commands are unanswered", () => {
  const meter = new LatencyMeter();
  meter.observe(messages("notifications", [placed(0, "1", 1_000)]), { at: 1_001 });
  const intents = [orderIntent(0, 1_000), orderIntent(1, 1_000), orderIntent(2, 1_000)];
  meter.observe(messages("intents", intents), { at: 1_002 });
  assert.equal(meter.counts().unanswered, 2);
  meter.observe(messages("notifications", [placed(1, "0", 1_000), placed(2, "0", 1_000, true)]), {
    at: 1_003,
  });
  assert.equal(meter.counts().unanswered, 1);
});

Deno.test("LatencyMeter counts intents once, by kind, and how far they were sent", () => {
  const meter = new LatencyMeter();
  const cancel = encodeMessage({
    type: "cancel-order",
    id: "alice/1",
    correlationId: "alice/0",
    timestamp: 5,
    userId: "alice",
    orderId: "0",
    cancelId: "c0",
  });
  const intents = [orderIntent(0, 10), intent(1, 20, cancel)];
  const acknowledged: Message = {
    type: "intents-acknowledged",
    id: "producer-0/ack/2",
    correlationId: "producer-0",
    timestamp: 30,
    producer: "producer-0",
    before: 2,
  };
  meter.observe(messages("intents", [...intents, ...intents, acknowledged]), { at: 40 });
  const { intended, sent } = meter.counts();
  assert.deepEqual(intended, { orders: 1, cancels: 1, deposits: 0, accounts: 0, malformed: 0 });
  assert.equal(sent, 2);
});

Deno.test("LatencyMeter expects no answer to bytes that are no command", () => {
  const meter = new LatencyMeter();
  const whole = encodeMessage(order("0", 10));
  const noUser = encodeMessage({ ...order("2", 10), userId: "" });
  const malformed = [whole.slice(0, 40), `{"order":"5"}`, noUser, ""];
  const intents = malformed.map((value, i) => intent(i, 10, value));
  intents.push({ ...intent(4, 10, "//4AwyA="), encoding: "base64" });
  meter.observe(messages("intents", intents), { at: 20 });
  assert.equal(meter.counts().intended.malformed, 5);
  assert.equal(meter.counts().unanswered, 0);
});

Deno.test("LatencyMeter counts a dead letter once, also when it was written again", () => {
  const meter = new LatencyMeter();
  const letter = (offset: number): Message => ({
    type: "dead-letter",
    id: `order-gateway/${offset}`,
    correlationId: "order-commands/0",
    timestamp: 1,
    role: "order-gateway",
    topic: "order-commands",
    partition: 0,
    offset,
    kind: "malformed",
    error: "not JSON",
    key: null,
    valueBase64: "ew==",
    valueBytes: 1,
  });
  const letters = [letter(3), letter(9), letter(3), letter(9), letter(11)];
  meter.observe(messages("dead-letters", letters), { at: 20 });
  assert.equal(meter.counts().deadLetters, 3);
});

Deno.test("LatencyMeter does not time orders of traders whose clock the script lets jump", () => {
  const meter = new LatencyMeter([], ["trader-1"]);
  const answers = ["trader-1-0", "trader-10-1", "trader-2-2"].map((orderId, n) => ({
    ...placed(n, String(n), 1_000),
    orderId,
  }));
  meter.observe(messages("notifications", answers), { at: 1_040 });
  assert.equal(meter.counts().orders.placed, 3);
  assert.equal(meter.answer.count, 2);
  assert.equal(meter.counts().acrossStops, 0);
});
