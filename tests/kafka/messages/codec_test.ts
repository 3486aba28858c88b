import assert from "node:assert/strict";
import fc from "fast-check";
import {
  channelOf,
  decodeRecord,
  decodeText,
  encodeMessage,
  formatOrigin,
  isAnswer,
  MAX_ID_LENGTH,
  notificationSchema,
  orderCommandSchema,
  parseOrigin,
} from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { allSamples, SAMPLES } from "./sample_messages.ts";

Deno.test("decodeText() gives back every type of message", () => {
  for (const [topic, message] of allSamples()) {
    assert.deepEqual(decodeText(topic, encodeMessage(message)), { ok: true, message });
  }
});

Deno.test("the samples have every type of command and notification", () => {
  const types = (schema: { options: readonly { shape: { type: { value: string } } }[] }) =>
    schema.options.map(({ shape }) => shape.type.value).sort();
  const sampled = (topic: "order-commands" | "notifications") =>
    SAMPLES[topic].map(({ type }) => type).sort();
  assert.deepEqual(sampled("order-commands"), types(orderCommandSchema));
  assert.deepEqual(sampled("notifications"), types(notificationSchema));
});

Deno.test("decodeText() refuses a message without any one of the fields it needs", () => {
  const optional = new Set(["causationId", "sequence", "price", "timeInForce"]);
  // What a client may send wrong is the gateway's to refuse, each mistake with its own reason.
  const gatewaysOwn = new Set(["cash", "holdings", "amount", "symbol", "side", "quantity"]);
  for (const [topic, message] of allSamples()) {
    for (const field of Object.keys(message)) {
      if (optional.has(field)) continue;
      const isClients = topic === "order-commands" && message.id === "m-1";
      if (isClients && gatewaysOwn.has(field)) continue;
      const { [field]: _left, ...rest } = { ...message } as Record<string, unknown>;
      const decoded = decodeText(topic, JSON.stringify(rest));
      assert.equal(decoded.ok, false, `${message.type} without ${field}`);
    }
  }
});

Deno.test("decodeText() refuses a message of another topic", () => {
  const price = encodeMessage(SAMPLES["market-data"][0]!);
  for (const topic of ["order-commands", "orders", "notifications", "intents"] as const) {
    assert.equal(decodeText(topic, price).ok, false, topic);
  }
});

Deno.test("decodeText() names what is wrong, and never throws", () => {
  const [price] = SAMPLES["market-data"];
  for (
    const [text, error] of [
      [null, /not UTF-8/],
      ["", /not JSON/],
      ["{", /not JSON/],
      ["null", /message: /],
      ["[]", /message: /],
      ['{"type":"nothing"}', /type: /],
      [JSON.stringify({ ...price, price: -1 }), /^price: /],
      [JSON.stringify({ ...price, id: "" }), /^id: /],
      [JSON.stringify({ type: "price" }), /; and \d+ more$/],
    ] as const
  ) {
    const decoded = decodeText("market-data", text);
    assert.ok(!decoded.ok);
    assert.match(decoded.error, error);
  }
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    assert.equal(decodeText("orders", text).ok, false);
  }));
});

Deno.test("decodeText() refuses ids that are empty, too long, or have control characters or halves of pairs", () => {
  const [, deposit] = SAMPLES["order-commands"];
  for (
    const userId of ["", "x".repeat(MAX_ID_LENGTH + 1), "a\u0000", "a\nb", "\ud83d", "\udcc8a"]
  ) {
    assert.equal(decodeText("order-commands", JSON.stringify({ ...deposit, userId })).ok, false);
  }
  for (const userId of ["x".repeat(MAX_ID_LENGTH), "Zo\u00eb \ud83d\udcc8"]) {
    assert.equal(decodeText("order-commands", JSON.stringify({ ...deposit, userId })).ok, true);
  }
});

Deno.test("decodeRecord() decodes what the log gives back, and refuses a tombstone and bytes", async () => {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings());
  const [price] = SAMPLES["market-data"];
  const values = [encodeMessage(price!), null, new Uint8Array([0xff, 0xfe])];
  const records = values.map((value) => ({ key: "AAPL", value }));
  await log.publish([{ topic: "market-data", partition: 0, records }]);
  const reader = log.openReader([{ topic: "market-data", partition: 0, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  const decoded = batch!.records.map((record) => decodeRecord("market-data", record));
  assert.deepEqual(decoded[0], { ok: true, message: price });
  assert.deepEqual(decoded.slice(1).map(({ ok }) => ok), [false, false]);
});

Deno.test("formatOrigin() and parseOrigin() are each other's inverse, and channelOf() agrees", () => {
  const origins = fc.record({
    topic: fc.stringMatching(/^[a-z][a-z-]{0,20}$/),
    partition: fc.nat(1_000),
    offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    index: fc.nat(1_000),
  }, { noNullPrototype: true });
  fc.assert(fc.property(origins, (origin) => {
    const id = formatOrigin(origin);
    assert.deepEqual(parseOrigin(id), origin);
    assert.equal(channelOf(id), `${origin.topic}/${origin.partition}`);
  }));
  for (const id of ["", "orders", "orders/1/2", "orders/1/2/x", "/1/2/3", "orders/-1/2/3"]) {
    assert.equal(parseOrigin(id), null, id);
  }
});

Deno.test("isAnswer() knows the eight answers", () => {
  const answers = SAMPLES["notifications"].filter(isAnswer).map(({ type }) => type);
  assert.deepEqual(answers, [
    "account-opened",
    "deposit-accepted",
    "order-placed",
    "cancel-accepted",
    "order-rejected",
    "cancel-rejected",
    "account-rejected",
    "deposit-rejected",
  ]);
});
