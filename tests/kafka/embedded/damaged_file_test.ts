import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { EmbeddedEventLog } from "../../../kafka/embedded/embedded_log.ts";
import { openLogFile } from "../../../kafka/embedded/log_file.ts";
import { PublishError } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { failsWith, newTopic, publishTexts, readRecords, textsOf } from "../log_fixture.ts";
import { fileFixture, temporaryFolder } from "./fixtures.ts";

const open = (path: string, create = true) => openEventLog({ kind: "embedded", path }, { create });

/** What a folder holds, so that a test can say that nothing was changed. */
function contents(folder: string): string {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.map(({ name, isFile }) =>
    `${name}: ${isFile ? Deno.readFileSync(`${folder}/${name}`).toString() : "folder"}`
  ).join("\n");
}

Deno.test("openEventLog() leaves a file that is no database as it is", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/letter.txt`;
  for (const text of ["Dear Alice,", "Dear Bob, ".repeat(5_000)]) {
    Deno.writeTextFileSync(path, text);
    const before = contents(folder.path);
    const error = await failsWith(open(path), "log-foreign");
    assert.match(error.message, /letter\.txt/);
    assert.equal(contents(folder.path), before);
  }
});

Deno.test("openEventLog() leaves another program's database as it is", async () => {
  await using folder = await temporaryFolder();
  const path = `${folder.path}/other.db`;
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE recipes (name TEXT); INSERT INTO recipes VALUES ('soup')");
  other.close();
  const before = contents(folder.path);
  await failsWith(open(path), "log-foreign");
  assert.equal(contents(folder.path), before);
});

Deno.test("openEventLog() refuses a layout version it does not know", async () => {
  await using fixture = await fileFixture();
  await fixture.log.close();
  const database = new DatabaseSync(fixture.path);
  database.exec("PRAGMA user_version = 9");
  database.close();
  const error = await failsWith(open(fixture.path), "log-version");
  assert.match(error.message, /version 9/);
});

Deno.test("openEventLog() refuses a file that was cut off", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  await publishTexts(fixture.log, { topic, partition: 0 }, ["x".repeat(500_000)]);
  await fixture.log.close();
  for (const bytes of [400_000, 16_384, 60]) {
    Deno.truncateSync(fixture.path, bytes);
    await failsWith(open(fixture.path), "log-corrupt");
    assert.equal(Deno.statSync(fixture.path).size, bytes);
  }
});

Deno.test("a damaged page gives log-corrupt, and what lies beside it can be read", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  await publishTexts(fixture.log, { topic, partition: 0 }, ["intact"]);
  await fixture.log.close();
  const database = new DatabaseSync(fixture.path);
  database.exec("UPDATE batches SET data = substr(data, 1, length(data) - 2)");
  database.close();
  await using log = await open(fixture.path);
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const error = await failsWith(reader.poll({ timeoutMs: 0 }), "log-corrupt");
  assert.match(error.message, new RegExp(`"${topic}"/0 at 0`));
  reader.close();
  await publishTexts(log, { topic, partition: 1 }, ["goes on"]);
  const read = await readRecords({ log, deadlineMs: 1_000 }, { topic, partition: 1 }, 1);
  assert.deepEqual(textsOf(read), ["goes on"]);
});

Deno.test("openEventLog() without create refuses a file that is missing, and makes none", async () => {
  await using folder = await temporaryFolder();
  await failsWith(open(`${folder.path}/none`, false), "log-missing");
  await failsWith(open(`${folder.path}/no/folder`), "log-unavailable");
  await failsWith(open(folder.path), "log-foreign");
  assert.equal(contents(folder.path), "");
});

Deno.test("a full disk refuses the publish whole, and loses nothing that was acknowledged", async () => {
  await using fixture = await fileFixture();
  const { log, path, openAnother } = fixture;
  const topic = await newTopic(log);
  await publishTexts(log, { topic, partition: 0 }, ["before"]);
  await log.close();
  await using full = openFull(path, 40);
  const large = "x".repeat(500_000);
  const batches = [
    { topic, partition: 0, records: [{ key: null, value: "small" }] },
    { topic, partition: 1, records: [large, large].map((value) => ({ key: null, value })) },
  ];
  const error = await failsWith(full.publish(batches), "log-full");
  assert.ok(error instanceof PublishError);
  assert.deepEqual(error.rejected, batches);
  await publishTexts(full, { topic, partition: 0 }, ["after"]);
  await using again = await openAnother!();
  const read = await readRecords({ log: again, deadlineMs: 1_000 }, { topic, partition: 0 }, 2);
  assert.deepEqual(textsOf(read), ["before", "after"]);
});

/** Opens a log whose file may have no more than so many pages, as if the disk were full then. */
function openFull(path: string, pages: number): EmbeddedEventLog {
  const opened = openLogFile(path, { durability: "process", create: false });
  opened.database.exec(`PRAGMA max_page_count = ${pages}`);
  return new EmbeddedEventLog({ ...opened, now: () => 0 });
}
