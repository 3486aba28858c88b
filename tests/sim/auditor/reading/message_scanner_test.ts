import assert from "node:assert/strict";
import fc from "fast-check";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import type { LogRecord } from "../../../../kafka/event_log.ts";
import {
  decodeText,
  encodeMessage,
  type Intent,
  type MessageTopic,
  parseOrigin,
} from "../../../../kafka/messages/mod.ts";
import { Fingerprinter } from "../../../../sim/auditor/fingerprint.ts";
import { TEXT } from "../../../../sim/auditor/reading/message_fields.ts";
import { MessageReader } from "../../../../sim/auditor/reading/message_reader.ts";
import { MessageScanner } from "../../../../sim/auditor/reading/message_scanner.ts";
import { SHAPES_BY_TOPIC } from "../../../../sim/auditor/reading/message_shapes.ts";
import { TextPrints } from "../../../../sim/auditor/reading/text_prints.ts";
import { playFolds } from "../support/folded_floor.ts";
import type { ArrayLog } from "../support/array_log.ts";
import { PARTITIONS } from "../support/hand_floor.ts";
import { playSession } from "../support/sessions.ts";

const TOPICS = ["orders", "notifications", "market-data", "order-commands", "intents"] as const;
const encoder = new TextEncoder();

/** Every record of a real session, and what it lacks of the types that are scanned. */
function playedRecords(): readonly LogRecord[] {
  const { log } = playSession();
  const command = encodeMessage({
    type: "place-order",
    id: "load/7",
    correlationId: "ann/o-7",
    timestamp: 1_625_159_076,
    userId: "ann",
    orderId: "o-7",
    symbol: "AAPL",
    side: "buy",
    quantity: 3,
    protectionPrice: 10.25,
    timeInForce: "ioc",
  });
  const source = { correlationId: "load", timestamp: 1_625_159_076_123 };
  for (const key of ["ann", null]) {
    const place = {
      producer: "load",
      number: 7,
      intendedAt: 1_625_159_076_124.5,
      partition: 2,
      key,
    };
    const intent = { type: "intent", id: "load/7", ...source, ...place, encoding: "text" } as const;
    for (const intendedAt of [intent.intendedAt, 1_625_159_076_124]) {
      log.append("intents", 0, {
        value: encodeMessage({ ...reordered(intent, command), intendedAt }),
      });
    }
  }
  log.append("order-commands", 0, { value: command });
  const price = { symbol: "AAPL", price: 189.5, producer: "feed", number: 0 };
  log.append("market-data", 0, {
    value: encodeMessage({ type: "price", id: "feed/0", ...source, ...price }),
  });
  return [log, playFolds(5, 400)].flatMap(recordsOf);
}

function recordsOf(log: ArrayLog): readonly LogRecord[] {
  return TOPICS.flatMap((topic) =>
    Array.from(
      { length: PARTITIONS },
      (_, partition) =>
        log.records(topic, partition).map((_, offset) => log.read(topic, partition, offset)),
    ).flat()
  );
}

/** An intent whose value stands where producers write it. */
function reordered(
  { encoding, ...before }: Omit<Intent, "value">,
  value: string,
): Intent {
  return { ...before, value, encoding };
}

const RECORDS = playedRecords();

/** What a full decoder makes of a text: null when it is no message. */
function decoded(topic: string, text: string): Readonly<Record<string, unknown>> | null {
  // With a space before it, a message is not as our encoder writes it.
  const value = encoder.encode(` ${text}`);
  const record = { topic, partition: 0, offset: 0, timestamp: 0, key: null, value, headers: {} };
  const reading = new MessageReader().read({ ...record, text: ` ${text}` });
  if (reading.kind === "derived") return { ...reading.derived.message };
  const result = decodeText(topic as MessageTopic, text); // one of TOPICS
  return result.ok ? { ...result.message } : null;
}

/** Whether the scanner says of a message what the decoder says. */
function assertAgrees(scanner: MessageScanner, topic: string, text: string): void {
  const message = decoded(topic, text);
  assert.ok(message !== null, `scanned, and yet no message: ${text}`);
  const scanned = new Map<string, unknown>();
  for (const [name, value] of Object.entries(message)) {
    // What an intent carries is bytes; how, and what is only passed, nobody asks.
    if (name === "encoding" || name === "detail" || name === "intendedAt") continue;
    const found = name === "value"
      ? new TextDecoder().decode(scanner.message.content)
      : Reflect.get(scanner.message, name);
    scanned.set(name, found);
    assert.deepEqual(found, value, `${name} of ${text}`);
  }
  if (topic === "order-commands") {
    for (const name of ["symbol", "side", "quantity", "price", "protectionPrice", "timeInForce"]) {
      if (message["type"] !== "place-order" || name in message) continue;
      assert.equal(Reflect.get(scanner.message, name), undefined, `${name} of ${text}`);
    }
  }
  if (scanner.shape!.cause !== null) {
    assert.deepEqual(scanner.origin, parseOrigin(String(message["id"])));
  }
  assertPrints(scanner, topic, message);
}

function assertPrints(scanner: MessageScanner, topic: string, message: object): void {
  const expected = new TextPrints();
  expected.take(message, new Fingerprinter());
  const [print, other] = [new Fingerprinter(), new Fingerprinter()];
  assert.equal(scanner.prints.subject(print), expected.subject(other));
  for (const name of ["userId", "orderId", "cancelId", "tradeId", "causationId", "id"] as const) {
    if (!(name in message) || (name === "id" && topic !== "orders" && topic !== "order-commands")) {
      continue;
    }
    if (name === "id" && "sequence" in message && topic === "order-commands") continue;
    const text = TEXT[name];
    assert.equal(scanner.prints.low[text], expected.low[text], name);
    assert.equal(scanner.prints.high[text], expected.high[text], name);
    if (name.endsWith("Id") && name !== "userId" && name !== "causationId") {
      assert.equal(scanner.prints.near[text], expected.near[text], name);
    }
  }
}

Deno.test("MessageScanner.scan() reads what actors and clients write as the full decoder does", () => {
  const scanner = new MessageScanner();
  const types = new Set<string>();
  for (const { topic, text, value } of RECORDS) {
    if (!scanner.scan(topic, { value: value! })) continue;
    types.add(scanner.message.type);
    assertAgrees(scanner, topic, text!);
  }
  for (
    const type of [
      "order-accepted",
      "cancel-requested",
      "order-placed",
      "cancel-accepted",
      "order-filled",
      "order-cancelled",
      "trade",
      "quote",
      "settle-fill",
      "release-order",
      "place-order",
      "cancel-order",
      "intent",
      "price",
    ]
  ) assert.ok(types.has(type), `no ${type} was scanned`);
});

Deno.test("MessageScanner.scan() takes nothing that the full decoder refuses, whatever is changed", () => {
  const scanner = new MessageScanner();
  const random = seededRandom(3, "changes");
  const replacements = [
    '"',
    "\\",
    ",",
    "}",
    "-",
    ".",
    "0",
    "9",
    "e",
    " ",
    "\u0000",
    "é",
    "x",
    "null",
  ];
  let scanned = 0;
  for (let n = 0; n < 20_000; n++) {
    const { topic, text } = RECORDS[Math.floor(random() * RECORDS.length)]!;
    const at = Math.floor(random() * text!.length);
    const cut = Math.floor(random() * 3);
    const put = replacements[Math.floor(random() * replacements.length)]!;
    const changed = text!.slice(0, at) + put + text!.slice(at + cut);
    if (!scanner.scan(topic, { value: encoder.encode(changed) })) continue;
    scanned++;
    assertAgrees(scanner, topic, changed);
  }
  assert.ok(scanned > 500, "some changes leave a message");
});

Deno.test("MessageScanner.scan() takes nothing for a message whose end is cut off or goes on", () => {
  const scanner = new MessageScanner();
  for (const { topic, value } of RECORDS.slice(0, 200)) {
    if (!scanner.scan(topic, { value: value! })) continue;
    for (let length = 0; length < value!.length; length++) {
      // Behind it stands what was cut off, as in a row of the log.
      assert.equal(scanner.scan(topic, { value: value!.subarray(0, length) }), false);
    }
    assert.equal(scanner.scan(topic, { value: new Uint8Array([...value!, 0x20]) }), false);
  }
});

Deno.test("MessageScanner.scan() reads decimals as JSON.parse() does", () => {
  const scanner = new MessageScanner();
  const decimal = fc.tuple(fc.nat(), fc.nat(), fc.nat(9)).map(([whole, part, zeros]) =>
    `${whole}.${"0".repeat(zeros)}${part}`
  );
  fc.assert(fc.property(decimal, fc.integer(), (price, quantity) => {
    const text = '{"type":"place-order","id":"a/1","correlationId":"u/o","timestamp":1,' +
      `"userId":"u","orderId":"o","symbol":"A","side":"buy","quantity":${quantity},` +
      `"price":${price}}`;
    if (!scanner.scan("order-commands", { value: encoder.encode(text) })) return;
    assert.equal(scanner.message.price, Number(price));
    assert.equal(scanner.message.quantity, quantity);
  }));
});

Deno.test("MessageScanner.scan() leaves to the full decoder what is right, but written otherwise", () => {
  const scanner = new MessageScanner();
  const placed = RECORDS.find(({ text }) =>
    text!.startsWith('{"type":"order-placed","duplicate":false,"userId":"eve"')
  )!;
  assert.equal(scanner.scan("notifications", { value: placed.value! }), true);
  const twice = placed.text!.replace(/}$/, ',"type":"order-filled"}');
  const escaped = placed.text!.replace('"userId":"e', '"userId":"\\u0065');
  const spaced = placed.text!.replace("{", "{ ");
  const turned = placed.text!.replace(/{("type":"order-placed"),(.*)}/, "{$2,$1}");
  for (const other of [twice, escaped, spaced, turned]) {
    assert.notEqual(other, placed.text);
    assert.equal(scanner.scan("notifications", { value: encoder.encode(other) }), false, other);
  }
  assert.equal(scanner.scan("orders", { value: placed.value! }), false, "in another topic");
});

Deno.test("SHAPES_BY_TOPIC has a shape for every type that a session writes, but for openings", () => {
  const scanner = new MessageScanner();
  const [scanned, left] = [new Set<string>(), new Set<string>()];
  for (const { topic, text, value } of RECORDS) {
    if (scanner.scan(topic, { value: value! })) scanned.add(scanner.message.type);
    else left.add(String(decoded(topic, text!)?.["type"]));
  }
  const openings = ["floor-opened", "open-account", "account-opened", "intents-acknowledged"];
  const unscanned = [...left].filter((type) => !scanned.has(type) && type !== "undefined");
  assert.deepEqual(unscanned.sort(), openings.sort());
  assert.deepEqual([...SHAPES_BY_TOPIC.keys()].sort(), [...TOPICS].sort());
});
