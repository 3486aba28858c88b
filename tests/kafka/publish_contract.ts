import assert from "node:assert/strict";
import { PublishError, type RecordToPublish } from "../../kafka/event_log.ts";
import { spanOf } from "../../kafka/value_span.ts";
import {
  failsWith,
  type LogFixture,
  newTopic,
  publishTexts,
  readRecords,
  textsOf,
} from "./log_fixture.ts";

const bytes = (...values: number[]) => new Uint8Array(values);

/** Publishing: offsets, order, bytes, stamps, refusals. */
export function publishContract(name: string, open: () => Promise<LogFixture>): void {
  Deno.test(`${name}: publish() gives each partition dense offsets in the order of its batches`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log, { partitions: 2 });
    const record = (value: string): RecordToPublish => ({ key: null, value });
    const first = await log.publish([
      { topic, partition: 0, records: [record("a"), record("b")] },
      { topic, partition: 1, records: [record("x")] },
    ]);
    const byPartition = [...first].sort((a, b) => a.partition - b.partition);
    assert.deepEqual(byPartition, [
      { topic, partition: 0, baseOffset: 0, count: 2 },
      { topic, partition: 1, baseOffset: 0, count: 1 },
    ]);
    assert.equal(await publishTexts(log, { topic, partition: 0 }, ["c"]), 2);
    const read = await readRecords(fixture, { topic, partition: 0 }, 3);
    assert.deepEqual(textsOf(read), ["a", "b", "c"]);
    assert.deepEqual(read.map(({ offset }) => offset), [0, 1, 2]);
    const [description] = await log.describeTopics([topic]);
    assert.deepEqual(description!.offsets, [{ start: 0, end: 3 }, { start: 0, end: 1 }]);
  });

  Deno.test(`${name}: publish() of nothing is nothing`, async () => {
    await using fixture = await open();
    assert.deepEqual(await fixture.log.publish([]), []);
  });

  Deno.test(`${name}: a record comes back as it was published`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 1 });
    const records: RecordToPublish[] = [
      { key: "k", value: "plain" },
      { key: "", value: "" },
      { key: null, value: "keyless" },
      { key: "Grüße-žluťoučký-鍵-😀", value: "wert ✓ 😀\u0000\n" },
      { key: "tombstone", value: null },
      { key: "bytes", value: bytes(0, 1, 0xff, 0xfe) },
      { key: "empty bytes", value: bytes() },
      { key: "bytes of text", value: bytes(0x61, 0xc3, 0xa4) },
      { key: "headers", value: "v", headers: { trace: "1", "ключ": "значение" } },
    ];
    await fixture.log.publish([{ topic, partition: 0, records }]);
    const read = await readRecords(fixture, { topic, partition: 0 }, records.length);
    const encoder = new TextEncoder();
    for (const [i, { key, value, headers }] of records.entries()) {
      const record = read[i]!;
      assert.equal(record.topic, topic);
      assert.equal(record.partition, 0);
      assert.equal(record.offset, i);
      assert.equal(record.key, key);
      const wanted = typeof value === "string" ? encoder.encode(value) : value;
      assert.deepEqual(record.value === null ? null : [...record.value], wanted && [...wanted]);
      assert.deepEqual({ ...record.headers }, headers ?? {});
      const span = spanOf(record);
      const among = span === null ? null : [...span.bytes.subarray(span.start, span.end)];
      assert.deepEqual(among, wanted && [...wanted]);
    }
    const binary = bytes(0, 1, 0xff, 0xfe);
    assert.deepEqual(textsOf(read), [
      ...records.slice(0, 5).map(({ value }) => value),
      null,
      "",
      "aä",
      "v",
    ]);
    assert.deepEqual([...read[5]!.value!], [...binary]);
  });

  Deno.test(`${name}: a topic with create-time carries the sender's stamps`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 1, timestampType: "create-time" });
    const stamps = [1_625_159_076, 1_625_159_078, 5];
    await fixture.log.publish([{
      topic,
      partition: 0,
      records: stamps.map((timestamp) => ({ key: null, value: "v", timestamp })),
    }]);
    const read = await readRecords(fixture, { topic, partition: 0 }, stamps.length);
    assert.deepEqual(read.map(({ timestamp }) => timestamp), stamps);
  });

  Deno.test(`${name}: a topic with log-append-time is stamped by the log, whatever the sender claims`, async () => {
    await using fixture = await open();
    const { log, clock } = fixture;
    const topic = await newTopic(log, { partitions: 1, timestampType: "log-append-time" });
    const claims = [5, 4_000_000_000_000];
    await log.publish([{
      topic,
      partition: 0,
      records: claims.map((timestamp) => ({ key: null, value: "v", timestamp })),
    }]);
    const read = await readRecords(fixture, { topic, partition: 0 }, claims.length);
    const member = await log.join({ group: topic, topics: [topic], instanceId: "member" });
    const delivered: number[] = [];
    while (delivered.length < claims.length) {
      const polled = await member.poll({ timeoutMs: fixture.deadlineMs });
      if (polled.kind !== "records") continue;
      for (const batch of polled.batches) {
        delivered.push(...batch.records.map(({ timestamp }) => timestamp));
      }
    }
    await member.leave();
    assert.deepEqual(delivered, read.map(({ timestamp }) => timestamp));
    for (const stamp of delivered) {
      assert.ok(Number.isInteger(stamp));
      assert.ok(stamp > claims[0]! && stamp < claims[1]!, `stamped ${stamp}`);
      if (clock !== null) assert.equal(stamp, clock.now());
    }
  });

  Deno.test(`${name}: publish() refuses a record above the limit, and writes nothing of its batch`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 1 });
    const batch = {
      topic,
      partition: 0,
      records: [{ key: null, value: "fits" }, { key: null, value: "x".repeat(1_100_000) }],
    };
    const error = await failsWith(fixture.log.publish([batch]), "record-too-large");
    assert.ok(error instanceof PublishError);
    assert.equal(error.retriable, false);
    assert.deepEqual(error.published, []);
    assert.deepEqual(error.rejected, [batch]);
    const [description] = await fixture.log.describeTopics([topic]);
    assert.equal(description!.offsets[0]!.end, 0);
  });

  Deno.test(`${name}: publish() carries a record of a megabyte`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 1 });
    const value = "ab".repeat(500_000);
    await publishTexts(fixture.log, { topic, partition: 0 }, [value]);
    const [record] = await readRecords(fixture, { topic, partition: 0 }, 1);
    assert.ok(record!.text === value);
  });

  Deno.test(`${name}: publish() to what is not there fails`, async () => {
    await using fixture = await open();
    const topic = await newTopic(fixture.log, { partitions: 2 });
    await failsWith(
      publishTexts(fixture.log, { topic: "no-such-topic", partition: 0 }, ["v"]),
      "unknown-topic",
    );
    await failsWith(publishTexts(fixture.log, { topic, partition: 2 }, ["v"]), "unknown-partition");
    await failsWith(
      publishTexts(fixture.log, { topic, partition: -1 }, ["v"]),
      "unknown-partition",
    );
  });

  Deno.test(`${name}: clean() takes no key's last record and never moves a partition's end back`, async () => {
    await using fixture = await open();
    const { log } = fixture;
    const topic = await newTopic(log, { partitions: 1, cleanup: "compact" });
    for (let i = 0; i < 10; i++) {
      await log.publish([{
        topic,
        partition: 0,
        records: [{ key: `k${i % 3}`, value: `v${i}` }],
      }]);
    }
    await log.clean();
    const [description] = await log.describeTopics([topic]);
    assert.equal(description!.offsets[0]!.end, 10);
    const lastOf = new Map<string | null, string | null>();
    const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
    while (reader.positions[0]!.offset < 10) {
      for (const batch of await reader.poll({ timeoutMs: fixture.deadlineMs })) {
        for (const { key, text } of batch.records) lastOf.set(key, text);
      }
    }
    reader.close();
    assert.deepEqual([...lastOf].sort(), [["k0", "v9"], ["k1", "v7"], ["k2", "v8"]]);
    assert.equal(await publishTextsKeyed(fixture, topic), 10);
  });
}

async function publishTextsKeyed({ log }: LogFixture, topic: string): Promise<number> {
  const [published] = await log.publish([
    { topic, partition: 0, records: [{ key: "k", value: "next" }] },
  ]);
  return published!.baseOffset;
}
