/**
 * A log whose files were cut, zeroed or changed after its process died: everything that was
 * acknowledged is there, or it is said exactly what is not.
 */

import assert from "node:assert/strict";
import { seededRandom } from "../../../actors/seeded_random.ts";
import { endsPath } from "../../../kafka/embedded/acknowledged_ends.ts";
import { checkLogFile } from "../../../kafka/embedded/check_log_file.ts";
import { openLogFile } from "../../../kafka/embedded/log_file.ts";
import { type EventLog, EventLogError } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { failsWith, newTopic, publishTexts, readRecords, textsOf } from "../log_fixture.ts";
import { applyCut, contentsOf, copyLog, drawCut, judgeCut } from "./cut_log.ts";
import { fileFixture, temporaryFolder } from "./fixtures.ts";

const CUTS = 36;

const open = (path: string, loss: "refuse" | "ignore" | "accept" = "refuse") =>
  openEventLog({ kind: "embedded", path }, { create: false, loss });

/** Publishes batches of all sizes to two topics, and commits now and then. */
async function fill(log: EventLog, batches: number, random: () => number): Promise<void> {
  const topics = [await newTopic(log), await newTopic(log)];
  const member = await log.join({ group: "readers", topics, instanceId: "reader-0" });
  await member.poll({ timeoutMs: 0 });
  for (let n = 0; n < batches; n++) {
    const topic = topics[n % 2]!;
    const partition = Math.floor(random() * 2);
    const texts = Array.from(
      { length: 1 + Math.floor(random() * 30) },
      (_, i) => `${n}/${i} ${"x".repeat(Math.floor(random() ** 4 * 3_000))}`,
    );
    const base = await publishTexts(log, { topic, partition }, texts);
    if (n % 10 === 0) await member.commit([{ topic, partition, offset: base }]);
  }
}

Deno.test("a log cut at any byte gives what it had, or says exactly what is gone or damaged", async () => {
  await using folder = await temporaryFolder();
  const random = seededRandom(20_260, "cuts");
  const outcomes = { whole: 0, lost: 0, damaged: 0, refused: 0 };
  for (const checkpoint of ["none", "PASSIVE", "TRUNCATE"] as const) {
    const path = `${folder.path}/${checkpoint}.log`;
    await using log = await openEventLog({ kind: "embedded", path });
    await fill(log, 60, random);
    if (checkpoint !== "none") {
      const { database } = openLogFile(path, { durability: "process", create: false });
      database.exec(`PRAGMA wal_checkpoint(${checkpoint})`);
      database.close();
      await publishTexts(log, { topic: await newTopic(log), partition: 0 }, ["the last one"]);
    }
    const before = await contentsOf(log);
    for (let n = 0; n < CUTS / 3; n++) {
      const copy = `${folder.path}/${checkpoint}-${n}.log`;
      await copyLog(path, copy);
      const cut = drawCut(copy, random);
      applyCut(copy, cut);
      try {
        outcomes[await judgeCut(copy, before)]++;
      } catch (cause) {
        throw new Error(`after ${JSON.stringify({ checkpoint, n, cut })}`, { cause });
      }
    }
  }
  assert.ok(outcomes.lost > 5 && outcomes.damaged + outcomes.refused > 5, JSON.stringify(outcomes));
});

Deno.test("openEventLog() refuses a log that lost acknowledged records, naming how many and where", async () => {
  await using fixture = await fileFixture();
  const { log, path } = fixture;
  const topic = await newTopic(log);
  await publishTexts(log, { topic, partition: 1 }, ["kept"]);
  const copy = `${path}-copy`;
  await copyLog(path, copy);
  await publishTexts(log, { topic, partition: 1 }, ["lost", "lost too"]);
  // The older log beside what was acknowledged meanwhile.
  await Deno.copyFile(endsPath(path), endsPath(copy));

  const error = await failsWith(open(copy), "log-incomplete");
  assert.ok(
    error.message.endsWith(
      `2 records are gone that were acknowledged: "${topic}"/1 ends at 1 and had 3`,
    ),
  );
  assert.deepEqual(checkLogFile(copy).lost, [{ topic, partition: 1, from: 1, to: 3 }]);
  {
    await using ignoring = await open(copy, "ignore");
    const read = await readRecords(
      { log: ignoring, deadlineMs: 1_000 },
      { topic, partition: 1 },
      1,
    );
    assert.deepEqual(textsOf(read), ["kept"]);
  }
  await failsWith(open(copy), "log-incomplete");
  await (await open(copy, "accept")).close();
  await using again = await open(copy);
  assert.equal(await publishTexts(again, { topic, partition: 1 }, ["instead"]), 1);
});

Deno.test("a deleted topic, and damage to the list of ends itself, are no loss", async () => {
  await using fixture = await fileFixture();
  const { log, path } = fixture;
  const [gone, kept] = [await newTopic(log), await newTopic(log)];
  await publishTexts(log, { topic: gone, partition: 0 }, ["a", "b"]);
  await publishTexts(log, { topic: kept, partition: 0 }, ["c"]);
  await log.deleteTopics([gone]);
  await log.close();
  await (await open(path)).close();
  const bytes = Deno.readFileSync(endsPath(path));
  for (const damaged of [bytes.subarray(5), bytes.map((byte) => byte ^ 0x11), new Uint8Array(99)]) {
    Deno.writeFileSync(endsPath(path), damaged);
    await (await open(path)).close();
  }
  Deno.removeSync(endsPath(path));
  await (await open(path)).close();
});

Deno.test("the list of ends stays short however much is published, and forgets nothing", async () => {
  await using fixture = await fileFixture();
  const { log, path } = fixture;
  const topic = await newTopic(log);
  await using other = await fixture.openAnother!();
  let largest = 0;
  for (let n = 0; n < 3_000; n++) {
    const handle = n % 3 === 0 ? other : log;
    await handle.publish([0, 1].map((partition) => ({
      topic,
      partition,
      records: [{ key: null, value: `${n}` }],
    })));
    if (n % 100 === 0) largest = Math.max(largest, Deno.statSync(endsPath(path)).size);
  }
  assert.ok(largest < 200_000, `${largest} bytes`);
  const older = `${path}-older`;
  await copyLog(path, older);
  await publishTexts(log, { topic, partition: 0 }, ["one more"]);
  await Deno.copyFile(endsPath(path), endsPath(older));
  assert.deepEqual(checkLogFile(older).lost, [{ topic, partition: 0, from: 3_000, to: 3_001 }]);
});

Deno.test("a reader says so where records are missing in the midst of a partition", async () => {
  await using fixture = await fileFixture();
  const { log, path } = fixture;
  const topic = await newTopic(log);
  for (const text of ["a", "b", "c"]) await publishTexts(log, { topic, partition: 0 }, [text]);
  const { database } = openLogFile(path, { durability: "process", create: false });
  const rows = database.prepare("SELECT id FROM batches ORDER BY id").all();
  database.prepare("DELETE FROM batches WHERE id = ?").run(Number(rows[1]!["id"]));
  database.close();
  const reader = log.openReader([{ topic, partition: 0, offset: 0 }]);
  const error = await failsWith(reader.poll({ timeoutMs: 0 }), "log-corrupt");
  assert.match(error.message, /its records 1 to 1 are missing/);
  reader.close();
  assert.deepEqual(checkLogFile(path).damaged, [
    { topic, partition: 0, from: 1, to: 2, why: "they are missing" },
  ]);
});

Deno.test("openEventLog() refuses an empty file beside which there is what it held", async () => {
  await using fixture = await fileFixture();
  const topic = await newTopic(fixture.log);
  await publishTexts(fixture.log, { topic, partition: 0 }, ["kept"]);
  await fixture.log.close();
  Deno.truncateSync(fixture.path, 0);
  const opening = openEventLog({ kind: "embedded", path: fixture.path });
  assert.ok(await failsWith(opening, "log-corrupt") instanceof EventLogError);
});
