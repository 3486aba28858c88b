import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { readBatches } from "../../../../kafka/cluster/kafkajs/record_batches.ts";
import { RecordCursor } from "../../../../kafka/cluster/kafkajs/record_cursor.ts";
import { writeBatch, writeVarint, type WrittenBatch } from "./batch_writer.ts";

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

const offsetsOf = ({ records }: Awaited<ReturnType<typeof read>>) =>
  records.map(({ offset }) => offset);

Deno.test("readBatches() does not move where no batch came", async () => {
  assert.deepEqual(await read([], 17), { records: [], nextOffset: 17 });
});

Deno.test("readBatches() steps over a batch that compaction left empty", async () => {
  const empty = { ...batchOf(5, 0), lastOffsetDelta: 9 };
  assert.deepEqual(await read([empty], 5), { records: [], nextOffset: 15 });
  const between = await read([batchOf(0, 5), empty, batchOf(15, 1)]);
  assert.deepEqual([offsetsOf(between), between.nextOffset], [[0, 1, 2, 3, 4, 15], 16]);
});

Deno.test("readBatches() goes on after what a compacted batch once held", async () => {
  const holes = { baseOffset: 10, lastOffsetDelta: 7, records: [{ offsetDelta: 2 }] };
  const found = await read([holes], 10);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[12], 18]);
});

Deno.test("readBatches() leaves out what is before the offset asked for", async () => {
  const found = await read([batchOf(0, 4)], 2);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[2, 3], 4]);
  assert.deepEqual(await read([batchOf(0, 4)], 9), { records: [], nextOffset: 9 });
});

Deno.test("readBatches() leaves out control batches and goes on after them", async () => {
  const found = await read([batchOf(0, 2), batchOf(2, 1, { attributes: CONTROL | 0x10 })]);
  assert.deepEqual([offsetsOf(found), found.nextOffset], [[0, 1], 3]);
});

Deno.test("readBatches() ends at a batch that was cut, wherever it was cut", async () => {
  const whole = writeBatch(batchOf(0, 3));
  const second = writeBatch(batchOf(3, 3));
  for (let length = 0; length < second.length; length++) {
    const found = await readBatches(Buffer.concat([whole, second.subarray(0, length)]), 0);
    assert.deepEqual([found.records.length, found.nextOffset], [3, 3]);
  }
});

Deno.test("readBatches() stamps as the batch says: by sender, or all by the log", async () => {
  const stamps = { firstTimestamp: 1_700_000_000_000, maxTimestamp: 1_700_000_009_999 };
  const records = [0, 5, -7].map((timestampDelta, offsetDelta) => ({
    offsetDelta,
    timestampDelta,
  }));
  const batch = { ...batchOf(0, 3), records, ...stamps };
  const timesOf = async (batch: WrittenBatch) =>
    (await read([batch])).records.map(({ timestamp }) => timestamp - stamps.firstTimestamp);
  assert.deepEqual(await timesOf(batch), [0, 5, -7]);
  assert.deepEqual(await timesOf({ ...batch, attributes: LOG_APPEND_TIME }), [9999, 9999, 9999]);
});

Deno.test("readBatches() unpacks gzip and refuses what it cannot unpack", async () => {
  const records = [{ offsetDelta: 0, key: bytes("k"), value: bytes("v".repeat(1000)) }];
  const batch = { ...batchOf(8, 1), records };
  const found = await read([{ ...batch, attributes: GZIP, pack: gzipSync }], 8);
  assert.deepEqual(found.records[0]!.value, records[0]!.value);
  assert.equal(found.nextOffset, 9);
  await assert.rejects(() => read([{ ...batch, attributes: SNAPPY }], 8), /compression/);
});

Deno.test("readBatches() refuses a format that it does not know, and a torn record", async () => {
  await assert.rejects(() => read([batchOf(0, 1, { magic: 1 })]), /format 1/);
  const torn = writeBatch(batchOf(0, 1));
  torn.writeInt32BE(7, 57);
  await assert.rejects(() => readBatches(torn, 0), RangeError);
});

Deno.test("readBatches() reads every record that can be written", async () => {
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
  const property = fc.asyncProperty(
    fc.array(fc.array(recordOf, { maxLength: 5 }), { maxLength: 5 }),
    fc.nat({ max: 2 ** 48 }),
    async (batches, baseOffset) => {
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
      const found = await read(written, baseOffset);
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
  await fc.assert(property);
});

Deno.test("RecordCursor reads every varint that a number can hold", () => {
  const number = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
  const property = fc.property(number, (value) => {
    assert.equal(new RecordCursor(writeVarint(value)).varint(), value);
  });
  fc.assert(property, { examples: [[0], [-1], [127], [-128], [128], [2 ** 31], [-(2 ** 33)]] });
});
