/**
 * What a record costs on its way, part by part, in microseconds: text, JSON, check, audit line, hash,
 * and other encodings beside JSON. See `docs/decisions/record-encoding.md`.
 *
 * Run: deno run -A tests/bench/encoding_bench.ts
 *
 * @module
 */

import { createHash } from "node:crypto";
import { deserialize, serialize } from "node:v8";
import { formatAuditedRecord } from "../../actors/audit_logger/audit_line.ts";
import type { RecordToPublish } from "../../kafka/event_log.ts";
import { encodeBatch, sealRow } from "../../kafka/embedded/batch_encoder.ts";
import { StoredBatch } from "../../kafka/embedded/stored_batch.ts";
import { decodeText, notificationSchema } from "../../kafka/messages/mod.ts";
import { compileSureCheck } from "../../kafka/messages/sure_check.ts";
import { tell } from "./figures.ts";
import { SAMPLES } from "../kafka/messages/sample_messages.ts";

const ROUND_MS = 150;
const ROUNDS = 5;
/** Records that go through a batch at a time, as on a busy floor. */
const BATCH = 500;

const messages = SAMPLES.notifications.filter(({ type }) =>
  type === "order-placed" || type === "order-filled"
);
const texts = messages.map((message) => JSON.stringify(message));
const bytes = texts.map((text) => new TextEncoder().encode(text));
const serialized = messages.map((message) => serialize(message));
const surelyValid = compileSureCheck(notificationSchema, ["causationId", "sequence"]);
const records = Array.from({ length: BATCH }, (_, i): RecordToPublish => ({
  key: `user-${i % 300}`,
  value: texts[i % texts.length]!,
  timestamp: 1_700_000_000_000,
}));
const place = { topic: "notifications", partition: 0, baseOffset: 0, timestamp: 1_700_000_000_000 };
const row = sealRow(encodeBatch(records), place);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Kept, so that no work is left out as unused. */
let kept: unknown = null;

/** Microseconds of one call, divided by how many records it does; the best of some rounds. */
function costOf(work: (index: number) => unknown, recordsPerCall = 1): number {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const began = performance.now();
    let calls = 0;
    while (performance.now() - began < ROUND_MS) {
      for (let i = 0; i < 20; i++) kept = work(calls++ % texts.length);
    }
    best = Math.min(best, (performance.now() - began) * 1_000 / calls / recordsPerCall);
  }
  return best;
}

const STEPS: readonly (readonly [string, (index: number) => unknown, number?])[] = [
  ["JSON.stringify", (i) => JSON.stringify(messages[i])],
  ["JSON.parse", (i) => JSON.parse(texts[i]!)],
  ["  of bytes, decoded first", (i) => JSON.parse(decoder.decode(bytes[i]))],
  ["check compiled from the schema", (i) => surelyValid(messages[i])],
  ["check by zod", (i) => notificationSchema.safeParse(messages[i]).success],
  ["decodeText(): parse and check", (i) => decodeText("notifications", texts[i]!)],
  [`into a row of ${BATCH}`, () => sealRow(encodeBatch(records), place), BATCH],
  [`out of a row of ${BATCH}, with texts`, () => {
    let length = 0;
    for (const { text } of new StoredBatch(place, row).records(0)) length += text!.length;
    return length;
  }, BATCH],
  ["one TextEncoder call a record", (i) => encoder.encode(texts[i])],
  ["audit line", (i) =>
    formatAuditedRecord({
      offset: 1_000_000,
      timestamp: 1_700_000_000_000,
      key: "user-17",
      text: texts[i]!,
      base64: null,
      headers: {},
    })],
  ["SHA-256, of a block of 256 records", (i) => {
    const hash = createHash("sha256");
    for (let n = 0; n < 256; n++) hash.update(bytes[i]!);
    return hash.digest("hex");
  }, 256],
  ["structured clone to bytes (node:v8)", (i) => serialize(messages[i])],
  ["structured clone from bytes", (i) => deserialize(serialized[i]!)],
];

if (import.meta.main) {
  const mean = Math.round(texts.reduce((sum, { length }) => sum + length, 0) / texts.length);
  const cloned = Math.round(serialized.reduce((sum, { length }) => sum + length, 0) / texts.length);
  console.log(`notifications of ${mean} bytes (${cloned} as a structured clone), one thread`);
  console.log("microseconds a record, the best of some rounds");
  for (const [name, work, perCall] of STEPS) {
    console.log(`${name.padEnd(38)} ${costOf(work, perCall).toFixed(2).padStart(6)}`);
  }
  const whole = costOf((i) => decodeText("notifications", texts[i]!));
  tell({ what: "decode and check a record", value: whole, unit: "us" });
  if (kept === null) throw new Error("Cannot trust the figures: nothing was done");
}
