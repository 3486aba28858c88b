import assert from "node:assert/strict";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { BLOCK_RECORDS, readRecordOf, RecordReader } from "../../../sim/actor_log/record_reader.ts";

const INTO = { topic: "order-commands", partition: 1 } as const;

Deno.test("RecordReader.read() gives records as they were written, wherever they are asked for", async () => {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings());
  const odd = [
    new Uint8Array([0xff, 0xfe, 1]),
    new Uint8Array([0xef, 0xbb, 0xbf, 0x61]),
    null,
    "",
    "Zoë 👩‍🚀",
  ];
  const values = Array.from(
    { length: 3 * BLOCK_RECORDS + 7 },
    (_, i) => odd[i % 50] ?? (i % 50 === 2 ? null : `value ${i}`),
  );
  const records = values.map((value, i) => ({ key: `user-${i}`, value, headers: { n: `${i}` } }));
  await log.publish([{ ...INTO, records }]);
  const bytesOf = (value: typeof values[number]) =>
    typeof value === "string" ? new TextEncoder().encode(value) : value;
  // One block at a time is kept.
  using reader = new RecordReader(log, { maxKeptBytes: 1 });
  const last = values.length - 1;
  for (const offset of [0, last, 1, BLOCK_RECORDS, BLOCK_RECORDS - 1, 51, 52, 53, 50, last]) {
    const record = await reader.read({ ...INTO, offset });
    const expected = bytesOf(values[offset]!);
    assert.equal(record.offset, offset);
    assert.equal(record.key, `user-${offset}`);
    assert.deepEqual(record.headers, { n: `${offset}` });
    assert.deepEqual(record.value === null ? null : [...record.value], expected && [...expected]);
    const read = readRecordOf(record, { ...INTO, offset });
    assert.equal(read.bytes, expected?.length ?? 0);
    assert.equal(read.message, null);
  }
});

Deno.test("RecordReader.read() says that there is no such record, and finds it once it is there", async () => {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings());
  using reader = new RecordReader(log);
  await log.publish([{ ...INTO, records: [{ key: "a", value: "1" }] }]);
  await reader.read({ ...INTO, offset: 0 });
  await assert.rejects(
    reader.read({ ...INTO, offset: 1 }),
    /Cannot read order-commands\/1: it has no record at 1/,
  );
  await log.publish([{ ...INTO, records: [{ key: "b", value: "2" }] }]);
  assert.equal((await reader.read({ ...INTO, offset: 1 })).key, "b");
});
