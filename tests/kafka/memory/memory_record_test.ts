import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { LogRecord, RecordToPublish } from "../../../kafka/event_log.ts";
import { newTopic } from "../log_fixture.ts";
import { memoryFixture } from "./fixtures.ts";

/** The records as two readers are handed them. */
async function readTwice(records: readonly RecordToPublish[], change = () => {}) {
  await using fixture = await memoryFixture();
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 1 });
  const publishing = log.publish([{ topic, partition: 0, records }]);
  change();
  await publishing;
  const read: (readonly LogRecord[])[] = [];
  for (let i = 0; i < 2; i++) {
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    read.push((await reader.poll({ timeoutMs: 0 }))[0]!.records);
    reader.close();
  }
  return read as [readonly LogRecord[], readonly LogRecord[]]; // Two rounds, two reads.
}

Deno.test("publish() keeps nothing that its caller can change afterwards", async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  // Its own `slice` would share the memory.
  const nodeBytes = Buffer.from([4, 5, 6]);
  const headers = { trace: "a" };
  const records = [{ key: "k", value: bytes, headers }, { key: "k", value: nodeBytes }];
  const [read] = await readTwice(records, () => {
    bytes.fill(0);
    nodeBytes.fill(0);
    headers.trace = "b";
    records.length = 0;
  });
  assert.deepEqual(read.map(({ value }) => [...value!]), [[1, 2, 3], [4, 5, 6]]);
  assert.deepEqual(read[0]!.headers, { trace: "a" });
});

Deno.test("all readers are handed the same records, and none can change them for the others", async () => {
  const [first, second] = await readTwice([
    { key: "k", value: "text", headers: { a: "1" } },
    { key: "k", value: new Uint8Array([7]) },
  ]);
  assert.equal(first[0], second[0]);
  first[0]!.value![0] = 0;
  first[1]!.value![0] = 0;
  assert.deepEqual(second[0]!.value, new TextEncoder().encode("text"));
  assert.deepEqual([...second[1]!.value!], [7]);
  // What the types forbid, a program may still try.
  const careless = first[0] as { -readonly [name in keyof LogRecord]: LogRecord[name] };
  assert.throws(() => careless.offset = 5, TypeError);
  assert.throws(() => careless.text = "other", TypeError);
  assert.throws(() => Object.assign(first[0]!.headers, { a: "2" }), TypeError);
  assert.throws(() => (first as LogRecord[]).pop(), TypeError);
});

Deno.test("text with half a surrogate pair is read as its bytes would be", async () => {
  const [[record]] = await readTwice([{ key: "\ud83d", value: "a\udc00" }]);
  assert.equal(record!.text, "a\ufffd");
  assert.equal(record!.key, "\ufffd");
  assert.equal(new TextDecoder().decode(record!.value!), record!.text);
});
