import assert from "node:assert/strict";
import type { EventLog, LogRecord, RecordToPublish } from "../../../kafka/event_log.ts";
import { keepLogInFile } from "../../../kafka/embedded/log_copy.ts";
import { openEventLog, openMemoryLog } from "../../../kafka/open_event_log.ts";
import type { TopicSettings } from "../../../kafka/event_log.ts";

const TOPICS: readonly TopicSettings[] = [
  {
    name: "orders",
    partitions: 2,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  },
  {
    name: "states",
    partitions: 1,
    cleanup: "compact",
    retentionMs: null,
    timestampType: "create-time",
  },
  {
    name: "stamped",
    partitions: 1,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "log-append-time",
  },
];

const RECORDS: readonly RecordToPublish[] = [
  { key: "a", value: "plain", timestamp: 5 },
  { key: null, value: null, timestamp: 7, headers: { trace: "00-1", "ünicode": "€" } },
  { key: "ünicode 🜁", value: "\u{feff}€ and 🜁", timestamp: 3 },
  { key: "bytes", value: new Uint8Array([0, 255, 254, 128]), timestamp: 9 },
  { key: "", value: "", timestamp: 9 },
];

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "outcry-copy-" });
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function openFilledLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(TOPICS);
  await log.publish([
    { topic: "orders", partition: 1, records: RECORDS },
    { topic: "stamped", partition: 0, records: [{ key: "s", value: "by the log" }] },
  ]);
  await log.publish([{ topic: "orders", partition: 1, records: [{ key: "a", value: "later" }] }]);
  for (const [key, value] of [["x", "1"], ["y", "2"], ["x", "3"], ["y", "4"], ["z", "5"]]) {
    const records = [{ key: key!, value: value!, timestamp: 1 }];
    await log.publish([{ topic: "states", partition: 0, records }]);
  }
  assert.deepEqual(await log.clean(), { removedRecords: 2 });
  return log;
}

/** Every record of every partition, as plain data. */
async function everything(log: EventLog) {
  const found: Omit<LogRecord, "partition">[] = [];
  const topics = await log.describeTopics();
  for (const { name: topic, offsets } of topics) {
    for (const [partition, { start, end }] of offsets.entries()) {
      if (start === end) continue;
      const reader = log.openReader([{ topic, partition, offset: start }]);
      while (reader.positions[0]!.offset < end) {
        for (const { records } of await reader.poll({ timeoutMs: 0 })) {
          for (const { offset, timestamp, key, value, text, headers } of records) {
            const bytes = value === null ? null : new Uint8Array(value);
            found.push({ topic, offset, timestamp, key, value: bytes, text, headers });
          }
        }
      }
      reader.close();
    }
  }
  return { topics, found };
}

Deno.test("keepLogInFile() keeps topics, offsets with their holes, stamps, keys, headers and bytes", async () => {
  await withFolder(async (folder) => {
    await using log = await openFilledLog();
    const path = `${folder}/log.sqlite`;
    assert.equal(await keepLogInFile(log, path), 10);
    await using kept = await openEventLog({ kind: "embedded", path }, { create: false });
    assert.deepEqual(await everything(kept), await everything(log));
    assert.equal((await everything(kept)).found.length, 10);
    assert.deepEqual(
      [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name.includes(".new")),
      [],
    );
  });
});

Deno.test("keepLogInFile() keeps how far groups had come, and the log can be gone on with", async () => {
  await withFolder(async (folder) => {
    await using log = await openFilledLog();
    const member = await log.join({ group: "readers", topics: ["orders"], instanceId: "r-0" });
    assert.equal((await member.poll({ timeoutMs: 1_000 })).kind, "assignment");
    await member.commit([{ topic: "orders", partition: 1, offset: 4 }]);
    await member.leave();
    const path = `${folder}/log.sqlite`;
    await keepLogInFile(log, path, { groups: ["readers", "nobody"] });
    await using kept = await openEventLog({ kind: "embedded", path }, { create: false });
    assert.deepEqual(await kept.lag("readers"), await log.lag("readers"));
    assert.equal((await kept.lag("readers")).find(({ partition }) => partition === 1)?.lag, 2);
    const [published] = await kept.publish([
      { topic: "orders", partition: 1, records: [{ key: "a", value: "new" }] },
    ]);
    assert.equal(published?.baseOffset, 6);
  });
});

Deno.test("keepLogInFile() puts many records into several rows", async () => {
  await withFolder(async (folder) => {
    await using log = await openMemoryLog();
    await log.createTopics(TOPICS);
    const records = Array.from({ length: 12_345 }, (_, i) => ({ key: `${i}`, value: `v${i}` }));
    await log.publish([{ topic: "orders", partition: 0, records }]);
    const path = `${folder}/log.sqlite`;
    assert.equal(await keepLogInFile(log, path), 12_345);
    await using kept = await openEventLog({ kind: "embedded", path }, { create: false });
    assert.deepEqual(await everything(kept), await everything(log));
  });
});

Deno.test("keepLogInFile() leaves no file behind when the log cannot be read", async () => {
  await withFolder(async (folder) => {
    const log = await openFilledLog();
    await log.close();
    await assert.rejects(keepLogInFile(log, `${folder}/log.sqlite`), { code: "log-closed" });
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});
