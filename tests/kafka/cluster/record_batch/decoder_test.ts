/**
 * Record batches written byte by byte, read.
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { MAX_UNPACKED_BYTES } from "../../../../kafka/cluster/record_batch/compression.ts";
import { readBatches } from "../../../../kafka/cluster/record_batch/decoder.ts";
import { RecordCursor } from "../../../../kafka/cluster/record_batch/record_cursor.ts";
import { seal, writeBatch, writeVarint, type WrittenBatch } from "./batch_writer.ts";

const LOG_APPEND_TIME = 0x08;
const CONTROL = 0x20;
const GZIP = 1;
const SNAPPY = 2;

const read = (batches: readonly WrittenBatch[], fetchOffset = 0) =>
  readBatches(Buffer.concat(batches.map(writeBatch)), fetchOffset);

const bytes = (text: string) => new TextEncoder().encode(text);

function batchOf(
  baseOffset: number,
  count: number,
  rest: Partial<WrittenBatch> = {},
): WrittenBatch {
  const records = Array.from({ length: count }, (_, offsetDelta) => ({ offsetDelta }));
  return { baseOffset, lastOffsetDelta: count - 1, records, ...rest };
}

const offsetsOf = ({ records }: ReturnType<typeof read>) => records.map(({ offset }) => offset);

Deno.test("readBatches() does not move where no batch came", () => {
  assert.deepEqual(read([], 17), { records: [], nextOffset: 17 });
});

Deno.test("readBatches() steps over a batch that compaction left empty", () => {
  const empty = { ...batchOf(5, 0), lastOffsetDelta: 9 };
  assert.deepEqual(read([empty], 5), { records: [], nextOffset: 15 });
  const between = read([batchOf(0, 5), empty, batchOf(15, 1)]);
  assert.deepEqual([offsetsOf(between), between.nextOffset], [[0, 1, 2, 3, 4, 15], 16]);
});

Deno.test("readBatches() goes on after what a compacted batch once held", () => {
  const holes = { baseOffset: 10, lastOffsetDelta: 7, records: [{ offsetDelta: 2 }] };
  const found = read([holes], 10);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[12], 18]);
});

Deno.test("readBatches() leaves out what is before the offset asked for", () => {
  const found = read([batchOf(0, 4)], 2);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[2, 3], 4]);
  assert.deepEqual(read([batchOf(0, 4)], 9), { records: [], nextOffset: 9 });
});

Deno.test("readBatches() leaves out control batches and goes on after them", () => {
  const found = read([batchOf(0, 2), batchOf(2, 1, { attributes: CONTROL | 0x10 })]);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[0, 1], 3]);
});

Deno.test("readBatches() ends at a batch that was cut, wherever it was cut", () => {
  const whole = writeBatch(batchOf(0, 3));
  const second = writeBatch(batchOf(3, 3));
  for (let length = 0; length < second.length; length++) {
    const found = readBatches(Buffer.concat([whole, second.subarray(0, length)]), 0);
    assert.deepEqual([found.records.length, found.nextOffset], [3, 3]);
  }
});

Deno.test("readBatches() stamps as the batch says: by sender, or all by the log", () => {
  const stamps = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_009_999 };
  const records = [0, 5, -7].map((timestampDelta, offsetDelta) => ({
    offsetDelta,
    timestampDelta,
  }));
  const batch = { ...batchOf(0, 3), records, ...stamps };
  const timesOf = (batch: WrittenBatch) =>
    read([batch]).records.map(({ timestamp }) => timestamp - stamps.firstTimestamp);
  assert.deepEqual(timesOf(batch), [0, 5, -7]);
  assert.deepEqual(timesOf({ ...batch, attributes: LOG_APPEND_TIME }), [9999, 9999, 9999]);
});

Deno.test("readBatches() unpacks gzip and refuses what it cannot unpack", () => {
  const records = [{ offsetDelta: 0, key: bytes("k"), value: bytes("v".repeat(1000)) }];
  const batch = { ...batchOf(8, 1), records };
  const found = read([{ ...batch, attributes: GZIP, pack: gzipSync }], 8);
  assert.deepEqual(found.records[0]!.value, records[0]!.value);
  assert.equal(found.nextOffset, 9);
  assert.throws(() => read([{ ...batch, attributes: SNAPPY }], 8), {
    name: "UnknownCompressionError",
    message: /compression snappy/,
  });
});

Deno.test("readBatches() refuses a format that it does not know, and a torn record", () => {
  assert.throws(() => read([batchOf(0, 1, { magic: 1 })]), /format is 1/);
  const torn = writeBatch(batchOf(0, 1));
  torn.writeInt32BE(7, 57);
  assert.throws(() => readBatches(seal(torn), 0), { name: "RangeError", message: /cut off/ });
});

Deno.test("readBatches() reads every record that can be written", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", "é", "価", "🙂", "__proto__"),
    maxLength: 4,
  });
  const content = fc.option(fc.uint8Array({ maxLength: 20 }), { nil: null });
  const recordOf = fc.record({
    key: content,
    value: content,
    timestampDelta: fc.integer({ min: -(2 ** 40), max: 2 ** 40 }),
    headers: fc.uniqueArray(fc.tuple(text, text), { maxLength: 3, selector: ([name]) => name }),
  });
  const property = fc.property(
    fc.array(fc.array(recordOf, { maxLength: 5 }), { maxLength: 5 }),
    fc.nat({ max: 2 ** 48 }),
    (batches, baseOffset) => {
      const written: WrittenBatch[] = [];
      let next = baseOffset;
      for (const records of batches) {
        const lastOffsetDelta = records.length;
        written.push({
          baseOffset: next,
          lastOffsetDelta,
          firstTimestamp: 2 ** 41,
          records: records.map((record, offsetDelta) => ({ ...record, offsetDelta })),
        });
        next += lastOffsetDelta + 1;
      }
      const found = read(written, baseOffset);
      assert.equal(found.nextOffset, next);
      const expected = written.flatMap(({ baseOffset, records }) =>
        records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
          offset: baseOffset + offsetDelta,
          timestamp: 2 ** 41 + timestampDelta!,
          key: key && [...key],
          value: value && [...value],
          headers: headers!.map(([name, text]) => [name, text]).sort(),
        }))
      );
      const told = found.records.map(({ key, value, headers, ...rest }) => ({
        ...rest,
        key: key && [...key],
        value: value && [...value],
        headers: Object.entries(headers).sort(),
      }));
      assert.deepEqual(told, expected);
    },
  );
  fc.assert(property);
});

Deno.test("RecordCursor reads every varint that a number can hold", () => {
  const number = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
  const property = fc.property(number, (value) => {
    assert.equal(new RecordCursor(writeVarint(value)).varint(), value);
  });
  fc.assert(property, { examples: [[0], [-1], [127], [-128], [128], [2 ** 31], [-(2 ** 33)]] });
});

Deno.test("readBatches() refuses a batch of which any byte under its checksum has changed", () => {
  const records = [{ offsetDelta: 0, key: bytes("k"), value: bytes("value") }];
  const whole = writeBatch({ ...batchOf(3, 1), records });
  for (let at = 21; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1 << (at % 8);
    assert.throws(() => readBatches(damaged, 0), /checksum/);
  }
});

Deno.test("readBatches() refuses a batch whose length cannot be", () => {
  const batch = writeBatch(batchOf(0, 1));
  for (const length of [-1, 0, 48, -(2 ** 31)]) {
    batch.writeInt32BE(length, 8);
    assert.throws(() => readBatches(batch, 0), { name: "RangeError", message: /says that it has/ });
  }
});

Deno.test("readBatches() unpacks no more than a batch may be", () => {
  const zeros = Buffer.alloc(MAX_UNPACKED_BYTES + 1);
  const bomb = { ...batchOf(0, 1), attributes: GZIP, pack: () => gzipSync(zeros) };
  assert.throws(() => read([bomb]), RangeError);
});
