import assert from "node:assert/strict";
import fc from "fast-check";
import type { LogRecord } from "../../../../kafka/event_log.ts";
import {
  channelOf,
  decodeText,
  encodeMessage,
  idSchema,
  type Message,
  parseOrigin,
} from "../../../../kafka/messages/mod.ts";
import { SPAN } from "../../../../kafka/value_span.ts";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import { fingerprintOf } from "../../../../sim/actor_log/index/correlation_fingerprint.ts";
import { LANE_TOPICS, LaneTable, type LaneTopic } from "../../../../sim/actor_log/index/lanes.ts";
import { RecordClaims } from "../../../../sim/actor_log/index/record_claims.ts";
import { readRecordOf } from "../../../../sim/actor_log/record_reader.ts";
import { subjectOf } from "../../../../sim/actor_log/subject.ts";
import { drawMessage } from "./drawn_log.ts";

const TABLE = new LaneTable(
  LANE_TOPICS.flatMap((topic) =>
    [0, 1].map((partition) => ({ topic, partition, start: 0, end: 100 }))
  ),
);

function recordOf(topic: LaneTopic, value: Uint8Array): LogRecord {
  let text: string | null = null;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    // Bytes that are no UTF-8 have no text.
  }
  return { topic, partition: 0, offset: 5, timestamp: 1, key: "key", headers: {}, value, text };
}

/** What is read of the bytes, as plain data. */
function readOf(topic: LaneTopic, value: Uint8Array, claims = new RecordClaims(TABLE)) {
  return readRecord(recordOf(topic, value), topic, claims);
}

function readRecord(record: LogRecord, topic: LaneTopic, claims: RecordClaims) {
  claims.read(record, topic);
  const { fingerprint, originLane, originOffset, channel, sequence, producer, number } = claims;
  return {
    fingerprint,
    origin: originLane < 0 ? null : [originLane, originOffset],
    channel: channel < 0 ? null : [channel, sequence],
    producer: producer === null ? null : [producer, number],
    userId: claims.names.userId,
    orderId: claims.names.orderId,
  };
}

/** The same, from the message: slow and obvious. */
function claimsOf(topic: LaneTopic, value: Uint8Array): ReturnType<typeof readOf> | null {
  const record = recordOf(topic, value);
  const decoded = decodeText(topic, record.text);
  if (!decoded.ok) return null;
  const message: Message & { readonly sequence?: number | undefined } = decoded.message;
  const { id, sequence } = message;
  const origin = sequence === undefined ? null : parseOrigin(id);
  const lane = origin === null ? -1 : TABLE.find(origin);
  const channel = sequence === undefined ? -1 : TABLE.named(channelOf(id) ?? "");
  const isOfClients = sequence === undefined &&
    (topic === "intents" || topic === "order-commands");
  const isOfProducer = isOfClients &&
    message.type !== "intents-acknowledged" && message.type !== "floor-opened";
  const produced = isOfProducer ? /^(.+)\/(0|[1-9][0-9]{0,14})$/s.exec(id) : null;
  const named = isOfClients
    ? subjectOf(readRecordOf(record, { topic, partition: 0, offset: 5 }))
    : { userId: null, orderId: null };
  return {
    fingerprint: fingerprintOf(message.correlationId),
    origin: origin === null || lane < 0 || origin.offset >= 100 ? null : [lane, origin.offset],
    channel: channel < 0 ? null : [channel, sequence!],
    producer: produced === null ? null : [produced[1]!, Number(produced[2])],
    userId: idOf(named.userId),
    orderId: idOf(named.orderId),
  };
}

/** An intent may name anything; what could be no id is none. */
function idOf(text: string | null): string | null {
  return idSchema.safeParse(text).success ? text : null;
}

const topics = fc.constantFrom(...LANE_TOPICS);

Deno.test("RecordClaims.read() gives of every message what decoding it gives", () => {
  fc.assert(
    fc.property(topics, fc.nat(), (topic, seed) => {
      const message = drawMessage(seededRandom(seed), topic);
      const value = new TextEncoder().encode(encodeMessage(message));
      assert.deepEqual(readOf(topic, value), claimsOf(topic, value));
    }),
    { numRuns: 2_000 },
  );
});

/** Texts as others write them, or as nobody should. */
const rewritings: readonly ((text: string) => string)[] = [
  (text) => JSON.stringify(JSON.parse(text), null, 1),
  (text) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(text)).reverse())),
  (text) => text.replace("{", `{"extra":{"id":"orders/0/1/0","sequence":4},`),
  (text) => text.replace("{", `{"note":"\\",\\"id\\":\\"orders/0/1/0\\",\\"orderId\\":\\"x",`),
  (text) => text.replace(/}$/, `,"orderId":"twice","userId":"twice","id":"load/8"}`),
  (text) => text.replace(/}$/, `,"id":"orders/1/2/3","correlationId":"x","causationId":"y"}`),
  (text) => text.replace(/^{"type":"[a-z-]+"/, `{"type":"price"`),
  (text) => text.replace(/}$/, `,"type":"deposit"}`),
  (text) => text.replace(/,"orderNumber"/, `,"type":"place-order","orderId":"x","orderNumber"`),
  (text) => text.replace(/"timestamp":\d+/, `"timestamp":1.5e3`),
  (text) => text.replaceAll("A", "\\u0041"),
  (text) => ` ${text}\n`,
];

Deno.test("RecordClaims.read() is not fooled by messages that others wrote otherwise", () => {
  fc.assert(
    fc.property(topics, fc.nat(), fc.constantFrom(...rewritings), (topic, seed, rewrite) => {
      const text = rewrite(encodeMessage(drawMessage(seededRandom(seed), topic)));
      const value = new TextEncoder().encode(text);
      const claims = claimsOf(topic, value);
      if (claims !== null) assert.deepEqual(readOf(topic, value), claims);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("RecordClaims.read() takes no client's bytes for a command that decoding refuses", () => {
  const clients = fc.constantFrom("intents" as const, "order-commands" as const);
  fc.assert(
    fc.property(clients, fc.nat(), fc.nat(), fc.nat(255), (topic, seed, at, byte) => {
      const text = encodeMessage(drawMessage(seededRandom(seed), topic));
      // One more byte, or another one in the place of its own.
      const value = new TextEncoder().encode(at % 8 === 0 ? `${text} ` : text);
      value[at % 8 === 0 ? value.length - 1 : at % value.length] = byte;
      const claims = claimsOf(topic, value);
      const read = readOf(topic, value);
      if (claims !== null) return assert.deepEqual(read, claims);
      const { producer, userId, orderId } = read;
      assert.deepEqual([producer, userId, orderId], [null, null, null]);
    }),
    { numRuns: 3_000 },
  );
});

Deno.test("RecordClaims.read() gives the same whatever it has read before", () => {
  const kinds = fc.constantFrom("written" as const, "rewritten" as const, "changed" as const);
  const drawn = fc.tuple(fc.nat(), kinds, fc.constantFrom(...rewritings), fc.nat(), fc.nat(255));
  fc.assert(
    fc.property(topics, fc.array(drawn, { minLength: 8, maxLength: 24 }), (topic, many) => {
      const claims = new RecordClaims(TABLE);
      for (const [seed, kind, rewrite, at, byte] of many) {
        const text = encodeMessage(drawMessage(seededRandom(seed), topic));
        const value = new TextEncoder().encode(kind === "rewritten" ? rewrite(text) : text);
        if (kind === "changed") value[at % value.length] = byte;
        assert.deepEqual(readOf(topic, value, claims), readOf(topic, value));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("RecordClaims.read() sees nothing of the records beside one in a batch", () => {
  const drawn = fc.tuple(fc.nat(), fc.constantFrom(...rewritings, (text: string) => text));
  fc.assert(
    fc.property(topics, fc.tuple(drawn, drawn, drawn), fc.nat(), fc.nat(), (topic, all, a, b) => {
      const texts = all.map(([seed, rewrite]) =>
        rewrite(encodeMessage(drawMessage(seededRandom(seed), topic)))
      );
      // Two cuts anywhere: pieces of messages fit together that should not.
      const bytes = new TextEncoder().encode(texts.join(""));
      const [start, end] = [a % bytes.length, b % bytes.length].sort((one, other) => one - other);
      for (const [from, to] of [[start!, end!], [texts[0]!.length, bytes.length]] as const) {
        const value = bytes.slice(from, to);
        const record = { ...recordOf(topic, value), [SPAN]: { bytes, start: from, end: to } };
        const read = readRecord(record, topic, new RecordClaims(TABLE));
        assert.deepEqual(read, readOf(topic, value));
      }
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("RecordClaims.read() takes an output's end for one only where the output begins", () => {
  const message = drawMessage(seededRandom(1), "orders");
  const text = encodeMessage({ ...message, id: "orders/0/1/0", sequence: 3 } as Message);
  const bytes = new TextEncoder().encode(text);
  for (let start = 1; start < bytes.length; start++) {
    const value = bytes.slice(start);
    const span = { bytes, start, end: bytes.length };
    const record = { ...recordOf("orders", value), [SPAN]: span };
    const read = readRecord(record, "orders", new RecordClaims(TABLE));
    assert.deepEqual(read, readOf("orders", value));
    assert.equal(read.fingerprint, -1);
  }
});

Deno.test("RecordClaims.read() survives any bytes", () => {
  fc.assert(
    fc.property(topics, fc.uint8Array({ maxLength: 60 }), (topic, value) => {
      assert.equal(claimsOf(topic, value), null);
      const { fingerprint, origin, channel } = readOf(topic, value);
      assert.deepEqual([fingerprint, origin, channel], [-1, null, null]);
    }),
  );
});
