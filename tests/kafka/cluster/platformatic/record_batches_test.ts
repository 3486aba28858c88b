/**
 * Record batches: written and read back, and held to the library's own encoder.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createRecordsBatch, type MessageRecord, NumericMap } from "@platformatic/kafka";
import fc from "fast-check";
import type { ClientRecord } from "../../../../kafka/cluster/kafka_client.ts";
import { encodeBatch } from "../../../../kafka/cluster/platformatic/batch_encoder.ts";
import { ATTRIBUTE, BATCH } from "../../../../kafka/cluster/platformatic/batch_layout.ts";
import { readBatches } from "../../../../kafka/cluster/platformatic/record_batches.ts";

const ORIGIN = { producerId: 4_711n, producerEpoch: 3, sequence: 17 };

const NOON = 1_700_000_000_000;

const someBytes = fc.option(fc.uint8Array({ maxLength: 300 }), { nil: null });

function records(timestamp: fc.Arbitrary<number>): fc.Arbitrary<ClientRecord[]> {
  return fc.array(
    fc.record({
      key: someBytes,
      value: someBytes,
      headers: fc.dictionary(
        fc.string({ unit: "grapheme", maxLength: 20 }),
        fc.string({ unit: "grapheme", maxLength: 80 }),
        { noNullPrototype: true, maxKeys: 4 },
      ),
      timestamp,
    }),
    { minLength: 1, maxLength: 80 },
  );
}

/** Times as far apart as there are. */
const anyTime = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 43 }),
  fc.constantFrom(0, 1, NOON, NOON + 2 ** 31, NOON - 2 ** 32),
);

function batchAt(firstOffset: number, sent: readonly ClientRecord[]): Buffer {
  const batch = encodeBatch(sent, ORIGIN);
  batch.writeBigInt64BE(BigInt(firstOffset), BATCH.firstOffset);
  return batch;
}

function recordOf(value: string, timestamp = NOON): ClientRecord {
  return { key: null, value: new TextEncoder().encode(value), headers: {}, timestamp };
}

function plain(sent: readonly ClientRecord[], firstOffset: number) {
  return sent.map(({ key, value, headers, timestamp }, index) => ({
    offset: firstOffset + index,
    timestamp,
    key: key && new Uint8Array(key),
    value: value && new Uint8Array(value),
    headers: Object.entries(headers),
  }));
}

function read(bytes: Uint8Array, fetchOffset: number) {
  const content = readBatches(bytes, fetchOffset);
  const found = content.records.map((record) => ({
    ...record,
    headers: Object.entries(record.headers),
  }));
  return { ...content, records: found };
}

function addBits(batch: Buffer, bits: number): Buffer {
  batch.writeInt16BE(batch.readInt16BE(BATCH.attributes) | bits, BATCH.attributes);
  return batch;
}

Deno.test("readBatches() gives back what encodeBatch() was given, however far apart in time", () => {
  fc.assert(
    fc.property(
      fc.array(records(anyTime), { minLength: 1, maxLength: 3 }),
      fc.nat({ max: 2 ** 40 }),
      (sent, firstOffset) => {
        let offset = firstOffset;
        const bytes = Buffer.concat(sent.map((batch) => {
          const encoded = batchAt(offset, batch);
          offset += batch.length;
          return encoded;
        }));
        const { records, nextOffset } = read(bytes, firstOffset);
        assert.deepEqual(records, plain(sent.flat(), firstOffset));
        assert.equal(nextOffset, offset);
      },
    ),
  );
});

Deno.test("encodeBatch() writes the library's bytes where the library writes right ones", () => {
  const near = fc.integer({ min: NOON, max: NOON + 2 ** 30 });
  fc.assert(
    fc.property(records(near), (sent) => {
      const expected = createRecordsBatch(sent.map(messageOf), {
        ...ORIGIN,
        partitionLeaderEpoch: -1,
        sequences: new NumericMap([["t:0", ORIGIN.sequence]]),
      });
      assert.deepEqual(encodeBatch(sent, ORIGIN), expected.buffer);
    }),
  );
});

function messageOf({ key, value, headers, timestamp }: ClientRecord): MessageRecord {
  return {
    topic: "t",
    partition: 0,
    timestamp: BigInt(timestamp),
    ...(key === null ? {} : { key: Buffer.from(key) }),
    // The library's type leaves out the tombstone that its encoder writes.
    value: value === null ? null as unknown as Buffer : Buffer.from(value),
    headers: new Map(
      Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)]),
    ),
  };
}

for (const compression of ["gzip", "snappy", "lz4", "zstd"] as const) {
  Deno.test(`readBatches() reads what others have compressed with ${compression}`, () => {
    const sent = Array.from(
      { length: 50 },
      (_, n) => recordOf(`record ${n} `.repeat(20), NOON + n),
    );
    const { buffer } = createRecordsBatch(sent.map(messageOf), { compression });
    const { records, nextOffset } = read(buffer, 0);
    assert.deepEqual(records, plain(sent, 0));
    assert.equal(nextOffset, 50);
  });
}

Deno.test("readBatches() gives every record of a batch stamped by the log the batch's last time", () => {
  const sent = [recordOf("a", 1), recordOf("b", 2_000_000), recordOf("c", NOON)];
  const batch = addBits(batchAt(0, sent), ATTRIBUTE.logAppendTime);
  batch.writeBigInt64BE(BigInt(NOON + 77), BATCH.maxTimestamp);
  const { records } = read(batch, 0);
  assert.deepEqual(records.map(({ timestamp }) => timestamp), Array(3).fill(NOON + 77));
});

Deno.test("readBatches() reads on after a batch of which compaction has left nothing", () => {
  const empty = batchAt(10, [recordOf("gone")]).subarray(0, BATCH.records);
  empty.writeInt32BE(BATCH.records - BATCH.leaderEpoch, BATCH.length);
  empty.writeInt32BE(0, BATCH.count);
  empty.writeInt32BE(4, BATCH.lastOffsetDelta);
  assert.deepEqual(read(empty, 10), { records: [], nextOffset: 15 });
  const { records, nextOffset } = read(Buffer.concat([empty, batchAt(20, [recordOf("a")])]), 12);
  assert.deepEqual(records.map(({ offset }) => offset), [20]);
  assert.equal(nextOffset, 21);
});

Deno.test("readBatches() leaves out a transaction's marker and reads on after it", () => {
  const marker = addBits(batchAt(1, [recordOf("marker")]), ATTRIBUTE.control);
  const bytes = Buffer.concat([
    batchAt(0, [recordOf("a")]),
    marker,
    batchAt(2, [recordOf("b")]),
    addBits(batchAt(3, [recordOf("marker")]), ATTRIBUTE.control),
  ]);
  const { records, nextOffset } = read(bytes, 0);
  assert.deepEqual(records.map(({ offset }) => offset), [0, 2]);
  assert.equal(nextOffset, 4);
});

Deno.test("readBatches() leaves out what is below the offset asked for", () => {
  const batch = batchAt(5, [recordOf("5"), recordOf("6"), recordOf("7")]);
  const { records, nextOffset } = read(batch, 7);
  assert.deepEqual(records, plain([recordOf("7")], 7));
  assert.equal(nextOffset, 8);
});

Deno.test("readBatches() leaves out a batch that is cut off, wherever it is", () => {
  const whole = batchAt(0, [recordOf("a"), recordOf("b")]);
  const bytes = Buffer.concat([whole, batchAt(2, [recordOf("c")])]);
  for (let length = 0; length < bytes.length; length++) {
    const { records, nextOffset } = read(bytes.subarray(0, length), 0);
    assert.equal(records.length, length < whole.length ? 0 : 2);
    assert.equal(nextOffset, length < whole.length ? 0 : 2);
  }
});

Deno.test("readBatches() throws on what is no batch of version 2", () => {
  const old = batchAt(0, [recordOf("a")]);
  old.writeInt8(1, BATCH.magic);
  assert.throws(() => read(old, 0), { name: "RangeError", message: /version is 1/ });
  const cut = batchAt(0, [recordOf("a"), recordOf("b")]);
  cut.writeInt32BE(3, BATCH.count);
  assert.throws(() => read(cut, 0), { name: "RangeError", message: /cut off/ });
});
