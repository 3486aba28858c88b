import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { Connection } from "../../../kafka/embedded/connection.ts";
import { EmbeddedEventLog } from "../../../kafka/embedded/embedded_log.ts";
import { WAL_BYTES } from "../../../kafka/embedded/limits.ts";
import { openLogFile } from "../../../kafka/embedded/log_file.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import {
  failsWith,
  newTopic,
  publishTexts,
  readRecords,
  textsOf,
  untilBalanced,
} from "../log_fixture.ts";
import { fileFixture, temporaryFolder } from "./fixtures.ts";
import { LogWorker } from "./log_workers.ts";

Deno.test("several workers append to one partition: nothing is lost, each keeps its order", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  const task = { do: "publish", topic, partition: 0, count: 100 } as const;
  const workers = await Promise.all([0, 1, 2].map(() => LogWorker.start(fixture.path, task)));
  await Promise.all(workers.map((worker) => worker.hears("done")));
  for (const worker of workers) worker[Symbol.dispose]();
  const read = await readRecords(fixture, { topic, partition: 0 }, 300);
  assert.deepEqual(read.map(({ offset }) => offset), [...read.keys()]);
  for (let i = 0; i < 100; i++) {
    assert.equal(read.filter(({ text }) => text === `${i}`).length, 3);
  }
});

Deno.test("workers that create the same log at the same time all end up with one", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/events.log`;
  const task = { do: "create", topic: "orders" } as const;
  const workers = await Promise.all([0, 1, 2, 3, 4].map(() => LogWorker.start(path, task)));
  await Promise.all(workers.map((worker) => worker.hears("done")));
  for (const worker of workers) worker[Symbol.dispose]();
  await using log = await openEventLog({ kind: "embedded", path }, { create: false });
  const [orders] = await log.describeTopics();
  assert.deepEqual(orders!.offsets, [{ start: 0, end: 5 }, { start: 0, end: 0 }]);
});

Deno.test("a worker and a reader of another thread hear from one another, there and back", async () => {
  await using fixture = await fileFixture();
  const { log } = fixture;
  const [from, to] = [await newTopic(log), await newTopic(log)];
  const count = 200;
  using worker = await LogWorker.start(fixture.path, { do: "echo", from, to, count });
  await worker.hears("ready");
  const reader = log.openReader([{ topic: to, partition: 0, offset: 0 }]);
  for (let i = 0; i < count; i++) {
    await publishTexts(log, { topic: from, partition: 0 }, [`${i}`]);
    const [batch] = await reader.poll({ timeoutMs: fixture.deadlineMs });
    assert.deepEqual(textsOf(batch!.records), [`${i}`]);
  }
  reader.close();
  await worker.hears("done");
});

Deno.test("a worker terminated inside a write leaves the log writable and its write undone", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  await publishTexts(fixture.log, { topic, partition: 0 }, ["before"]);
  const worker = await LogWorker.start(fixture.path, { do: "hold-lock" });
  await worker.hears("done");
  const waiting = publishTexts(fixture.log, { topic, partition: 0 }, ["after"]);
  worker[Symbol.dispose]();
  assert.equal(await waiting, 1);
  const read = await readRecords(fixture, { topic, partition: 0 }, 2);
  assert.deepEqual(textsOf(read), ["before", "after"]);
});

Deno.test("publish() waits for another's lock without holding up its thread, and in order", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  const other = new DatabaseSync(fixture.path);
  other.exec("BEGIN IMMEDIATE");
  const waiting = ["a", "b", "c"].map((text) =>
    publishTexts(fixture.log, { topic, partition: 0 }, [text])
  );
  // Reading goes on meanwhile.
  const reader = fixture.log.openReader([{ topic, partition: 0, offset: 0 }]);
  assert.equal((await fixture.log.describeTopics([topic])).length, 1);
  other.exec("COMMIT");
  other.close();
  assert.deepEqual(await Promise.all(waiting), [0, 1, 2]);
  const read = await readRecords(fixture, { topic, partition: 0 }, 3);
  assert.deepEqual(textsOf(read), ["a", "b", "c"]);
  reader.close();
});

Deno.test("publish() gives up on a lock after its time, may be repeated, and has written nothing", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  const opened = openLogFile(fixture.path, { durability: "process", create: false });
  await using log = new EmbeddedEventLog({ ...opened, now: () => 0, lockWaitMs: 50 });
  const other = new DatabaseSync(fixture.path);
  other.exec("BEGIN IMMEDIATE");
  const failed = publishTexts(log, { topic, partition: 0 }, ["a"]);
  const error = await failsWith(failed, "log-locked");
  assert.equal(error.retriable, true);
  other.exec("ROLLBACK");
  other.close();
  assert.equal(await publishTexts(log, { topic, partition: 0 }, ["a"]), 0);
});

Deno.test("close() ends the wait for a lock", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  const other = new DatabaseSync(fixture.path);
  other.exec("BEGIN IMMEDIATE");
  const failed = failsWith(publishTexts(fixture.log, { topic, partition: 0 }, ["a"]), "log-closed");
  await fixture.log.close();
  await failed;
  other.exec("ROLLBACK");
  other.close();
});

Deno.test("a process killed in the middle of its work loses nothing it was told is durable", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      `--allow-read=${fixture.path.replace(/\/[^/]*$/, "")}`,
      `--allow-write=${fixture.path.replace(/\/[^/]*$/, "")}`,
      new URL("./publishing_process.ts", import.meta.url).pathname,
      fixture.path,
      topic,
    ],
    stdout: "piped",
  }).spawn();
  // Woken by nobody: the reader looks by itself at what another process wrote.
  await readRecords(fixture, { topic, partition: 0 }, 20);
  child.kill("SIGKILL");
  const { stdout } = await child.output();
  const acknowledged = new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  const end = (await fixture.log.describeTopics([topic]))[0]!.offsets[0]!.end;
  const last = Math.max(...acknowledged);
  assert.ok(end > last, `${last} was acknowledged, the partition ends at ${end}`);
  await using again = await fixture.openAnother!();
  const read = await readRecords(
    { log: again, deadlineMs: fixture.deadlineMs },
    { topic, partition: 0 },
    end,
  );
  assert.deepEqual(textsOf(read), [...read.keys()].map((i) => `record ${i}`));
});

Deno.test("members of the same instance id: the newer takes the older's place at once", async () => {
  await using fixture = await fileFixture();
  const { log } = fixture;
  const topic = await newTopic(log, { partitions: 4 });
  const join = (instanceId: string) => log.join({ group: "g", topics: [topic], instanceId });
  const [first, other] = [await join("a"), await join("b")];
  await untilBalanced(fixture, [first, other], 4);
  const owned = first.assignment;
  const second = await join("a");
  const told = await second.poll({ timeoutMs: 0 });
  assert.ok(told.kind === "assignment");
  assert.deepEqual(told.assigned, owned);
  await failsWith(first.commit([{ ...owned[0]!, offset: 0 }]), "fenced-generation");
  await failsWith(first.poll({ timeoutMs: 200 }), "fenced-generation");
  await untilBalanced(fixture, [second, other], 4);
});

Deno.test("the write-ahead log stays near its bound under constant load", async () => {
  await using fixture = await fileFixture();
  const { log, path } = fixture;
  const topic = await newTopic(log, { partitions: 1 });
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const value = "x".repeat(1_000_000);
  let largest = 0;
  for (let i = 0; i < 100; i++) {
    await publishTexts(log, { topic, partition: 0 }, [value]);
    await reader.poll({ timeoutMs: 0, maxRecords: 1 });
    largest = Math.max(largest, Deno.statSync(`${path}-wal`).size);
  }
  reader.close();
  assert.ok(largest < 1.2 * WAL_BYTES.foreground.checkpoint, `it grew to ${largest} bytes`);
});

Deno.test("a reader that stands still stops writers at the write-ahead log's limit, and no longer", async () => {
  await using fixture = await fileFixture();
  const { database } = openLogFile(fixture.path, { durability: "process", create: false });
  const wal = { checkBytes: 50_000, checkpointBytes: 200_000, limitBytes: 1_000_000 };
  const connection = new Connection(database, { wal });
  database.exec("CREATE TABLE filler (data BLOB)");
  const insert = database.prepare("INSERT INTO filler VALUES (zeroblob(50000))");
  const write = () => connection.write("fill", () => insert.run(), 50_000);
  const reader = new DatabaseSync(fixture.path);
  reader.exec("BEGIN; SELECT count(*) FROM filler");
  const error = await failsWith(
    (async () => {
      for (let i = 0; i < 100; i++) await write();
    })(),
    "log-locked",
  );
  assert.equal(error.retriable, true);
  assert.ok(Deno.statSync(`${fixture.path}-wal`).size < 1.3 * wal.limitBytes);
  reader.exec("COMMIT");
  await write();
  reader.close();
  connection.close();
});

Deno.test("durability `disk` syncs at every commit", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  await using log = await openEventLog({
    kind: "embedded",
    path: fixture.path,
    durability: "disk",
  });
  assert.equal(await publishTexts(log, { topic, partition: 0 }, ["a"]), 0);
  for (const [durability, synchronous] of [["process", 1], ["disk", 2]] as const) {
    const { database } = openLogFile(fixture.path, { durability, create: false });
    assert.equal(database.prepare("PRAGMA synchronous").get()!["synchronous"], synchronous);
    database.close();
  }
});
