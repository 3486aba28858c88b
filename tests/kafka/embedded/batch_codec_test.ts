import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBatch, sealRow } from "../../../kafka/embedded/batch_encoder.ts";
import { StoredBatch } from "../../../kafka/embedded/stored_batch.ts";
import { EventLogError, type RecordToPublish } from "../../../kafka/event_log.ts";

const place = { topic: "orders", partition: 3, baseOffset: 100, timestamp: 77 };

const ascii = fc.string({ unit: "grapheme-ascii", maxLength: 40 });
// `binary` has any code unit in it, lone surrogates too.
const anyText = fc.oneof(ascii, fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }));
const headers = fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { maxKeys: 3 });

function recordOf(text: fc.Arbitrary<string>, withBytes: boolean): fc.Arbitrary<RecordToPublish> {
  const value = withBytes
    ? fc.oneof(text, fc.constant(null), fc.uint8Array({ maxLength: 40 }))
    : fc.oneof(text, fc.constant(null));
  return fc.record(
    { key: fc.option(text), value, headers },
    { requiredKeys: ["key", "value"] },
  );
}

const batches = fc.oneof(
  fc.array(recordOf(ascii, false), { minLength: 1, maxLength: 30 }),
  fc.array(recordOf(anyText, true), { minLength: 1, maxLength: 30 }),
);

Deno.test("encodeBatch() and StoredBatch give every record back", () => {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const utf8 = (text: string) => decoder.decode(encoder.encode(text));
  fc.assert(fc.property(batches, (records) => {
    const read = new StoredBatch(place, sealRow(encodeBatch(records), place)).records(0);
    assert.equal(read.length, records.length);
    for (const [i, { key, value, headers }] of records.entries()) {
      const record = read[i]!;
      assert.equal(record.offset, 100 + i);
      assert.equal(record.timestamp, 77);
      assert.equal(record.key, key === null ? null : utf8(key));
      const bytes = typeof value === "string" ? encoder.encode(value) : value;
      assert.deepEqual(record.value && [...record.value], bytes && [...bytes]);
      if (typeof value === "string") assert.equal(record.text, utf8(value));
      // Headers are JSON, whose keys and values are compared as text.
      assert.equal(
        JSON.stringify(Object.entries(record.headers)),
        JSON.stringify(Object.entries(JSON.parse(utf8(JSON.stringify(headers ?? {}))))),
      );
    }
  }));
});

Deno.test("StoredBatch keeps timestamps and holes, and begins where it is told to", () => {
  const records = ["a", "bb", "ccc"].map((value) => ({ key: null, value }));
  const data = sealRow(
    encodeBatch(records, { timestamps: [5, 2 ** 50, 7], offsetDeltas: [0, 4, 9] }),
    place,
  );
  const read = new StoredBatch(place, data).records(104);
  assert.deepEqual(read.map(({ offset, text, timestamp }) => [offset, text, timestamp]), [
    [104, "bb", 2 ** 50],
    [109, "ccc", 7],
  ]);
});

Deno.test("StoredBatch refuses bytes that are no row", () => {
  const records = [{ key: "k", value: "value" }, { key: null, value: "more" }];
  const data = sealRow(encodeBatch(records), place);
  const isError = (code: string) => (error: unknown) =>
    error instanceof EventLogError && error.code === code;
  const read = (bytes: Uint8Array) => () => new StoredBatch(place, bytes).records(0);
  assert.throws(read(data.slice(0, 10)), isError("log-corrupt"));
  assert.throws(read(data.slice(0, data.length - 1)), isError("log-corrupt"));
  const longer = data.slice();
  new DataView(longer.buffer).setUint32(16, 3, true);
  assert.throws(read(sealRow(longer, place)), isError("log-corrupt"));
  const newer = data.slice();
  newer[0] = 9;
  assert.throws(read(newer), isError("log-version"));
});

Deno.test("StoredBatch refuses a row of which any byte, its place or its time has changed", () => {
  const records = [{ key: "alice", value: "sells 7" }, { key: "bob", value: "buys 2" }];
  const data = sealRow(encodeBatch(records), place);
  const refused = (bytes: Uint8Array, at: typeof place) => {
    assert.throws(() => new StoredBatch(at, bytes).records(0), EventLogError);
  };
  for (let index = 0; index < data.length; index++) {
    const changed = data.slice();
    changed[index] = changed[index]! ^ 1 << index % 8;
    refused(changed, place);
  }
  refused(data, { ...place, baseOffset: 101 });
  refused(data, { ...place, timestamp: 78 });
  assert.deepEqual(new StoredBatch(place, data).records(0).map(({ text }) => text), [
    "sells 7",
    "buys 2",
  ]);
});

Deno.test("StoredBatch reads rows of version 1, which have no checksum", () => {
  const sealed = sealRow(encodeBatch([{ key: "alice", value: "sells 7" }]), place);
  const old = sealed.slice(0, -4);
  old[0] = 1;
  assert.deepEqual(new StoredBatch(place, old).records(0).map(({ text }) => text), ["sells 7"]);
});
