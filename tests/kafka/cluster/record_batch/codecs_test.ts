/**
 * Record batches: written and read back, and held to the codecs of both libraries.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  crc32c as platformaticCrc32c,
  createRecordsBatch,
  type MessageRecord,
  NumericMap,
} from "@platformatic/kafka";
import fc from "fast-check";
import libraryCrc32c from "kafkajs/src/protocol/recordBatch/crc32C/crc32C.js";
import LibraryDecoder from "kafkajs/src/protocol/decoder.js";
import libraryRecord from "kafkajs/src/protocol/recordBatch/record/v0/index.js";
import { RecordBatch as libraryBatch } from "kafkajs/src/protocol/recordBatch/v0/index.js";
import libraryReader from "kafkajs/src/protocol/recordBatch/v0/decoder.js";
import type { ClientRecord } from "../../../../kafka/cluster/kafka_client.ts";
import { encodeBatch } from "../../../../kafka/cluster/record_batch/encoder.ts";
import { UNPACKERS } from "../../../../kafka/cluster/platformatic/unpackers.ts";
import { crc32c } from "../../../../kafka/cluster/record_batch/crc32c.ts";
import { BATCH } from "../../../../kafka/cluster/record_batch/layout.ts";
import { readBatches } from "../../../../kafka/cluster/record_batch/decoder.ts";
import { slowCrc32c } from "./batch_writer.ts";

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
  const batch = Buffer.from(encodeBatch(sent, ORIGIN).buffer);
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
  const content = readBatches(bytes, fetchOffset, UNPACKERS);
  const found = content.records.map((record) => ({
    ...record,
    headers: Object.entries(record.headers),
  }));
  return { ...content, records: found };
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

Deno.test("encodeBatch() writes the bytes of @platformatic/kafka where those are right", () => {
  const near = fc.integer({ min: NOON, max: NOON + 2 ** 30 });
  fc.assert(
    fc.property(records(near), (sent) => {
      const expected = createRecordsBatch(sent.map(messageOf), {
        ...ORIGIN,
        partitionLeaderEpoch: -1,
        sequences: new NumericMap([["t:0", ORIGIN.sequence]]),
      });
      assert.deepEqual(Buffer.from(encodeBatch(sent, ORIGIN).buffer), expected.buffer);
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

Deno.test("encodeBatch() writes the bytes of kafkajs", async () => {
  const near = fc.integer({ min: NOON, max: NOON + 2 ** 30 });
  await fc.assert(
    fc.asyncProperty(records(near), async (sent) => {
      const times = sent.map(({ timestamp }) => timestamp);
      const { buffer: expected } = await libraryBatch({
        partitionLeaderEpoch: -1,
        firstTimestamp: times[0],
        maxTimestamp: Math.max(...times),
        lastOffsetDelta: sent.length - 1,
        producerId: String(ORIGIN.producerId),
        producerEpoch: ORIGIN.producerEpoch,
        firstSequence: ORIGIN.sequence,
        records: sent.map(({ key, value, headers, timestamp }, offsetDelta) =>
          libraryRecord({
            offsetDelta,
            timestampDelta: timestamp - times[0]!,
            key: key && Buffer.from(key),
            value: value && Buffer.from(value),
            headers,
          })
        ),
      });
      assert.deepEqual(Buffer.from(encodeBatch(sent, ORIGIN).buffer), expected);
    }),
  );
});

Deno.test("kafkajs reads what encodeBatch() writes, as readBatches() does", async () => {
  await fc.assert(
    fc.asyncProperty(records(anyTime), fc.nat({ max: 2 ** 40 }), async (sent, firstOffset) => {
      const batch = batchAt(firstOffset, sent);
      const { records: found } = await libraryReader(new LibraryDecoder(batch));
      const ours = read(batch, firstOffset).records;
      assert.deepEqual(
        ours.map(({ offset, timestamp }) => [String(offset), String(timestamp)]),
        found.map(({ offset, timestamp }: LibraryRecord) => [offset, timestamp]),
      );
      assert.deepEqual(
        ours.map(({ key, value }) => [key && [...key], value && [...value]]),
        found.map(({ key, value }: LibraryRecord) => [key && [...key], value && [...value]]),
      );
    }),
  );
});

/** What the test reads of a record that kafkajs has decoded. */
interface LibraryRecord {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

Deno.test("encodeBatch() refuses to write a batch without records", () => {
  assert.throws(() => encodeBatch([], ORIGIN), { name: "RangeError", message: /no records/ });
});

Deno.test("crc32c() is what the definition says, and what both libraries have", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const expected = slowCrc32c(bytes);
    assert.equal(crc32c(bytes), expected);
    assert.equal(libraryCrc32c(bytes), expected);
    assert.equal(platformaticCrc32c(Buffer.from(bytes)), expected);
  }));
  // The check value of the algorithm's catalogues.
  assert.equal(crc32c(new TextEncoder().encode("123456789")), 0xe3069283);
});
