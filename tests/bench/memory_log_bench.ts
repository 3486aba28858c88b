/**
 * What the memory log can do on this machine: publishing in batches of four sizes, each read by three
 * readers at once, in the machine's time and in a time of its own. Beside it stands bare SQLite in
 * memory, which stores and selects blobs of the same bytes and makes text of them: the most that a log
 * on SQLite could do without files, before it has groups, offsets or records.
 *
 * Run: deno task bench --only memory-log
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { RecordToPublish, TopicSettings } from "../../kafka/event_log.ts";
import { openMemoryLog } from "../../kafka/open_event_log.ts";
import { tell } from "./figures.ts";

const BATCH_SIZES = [1, 10, 100, 1_000] as const;
const READERS = 3;
const MEASURE_MS = 500;
const ROUNDS = 5;

const topic: TopicSettings = {
  name: "bench",
  partitions: 1,
  cleanup: "keep",
  retentionMs: null,
  timestampType: "log-append-time",
};

/** A time in which nothing waits, as for whoever polls what is there. */
const ownTime = { now: () => 0, sleep: () => new Promise<void>(() => {}) };

/** A JSON text of 250 bytes, as a command on the floor is about that long. */
function recordOf(number: number): RecordToPublish {
  const value = JSON.stringify({ type: "place-order", number: 1_000_000 + number, text: "" });
  const text = "x".repeat(250 - value.length);
  return { key: `user-${number % 500}`, value: value.replace('""', `"${text}"`) };
}

/** Records a second of `step`, which does one batch. */
async function rate(size: number, step: () => Promise<void> | void): Promise<number> {
  let records = 0;
  const start = performance.now();
  while (performance.now() - start < MEASURE_MS) {
    await step();
    records += size;
  }
  return records / (performance.now() - start) * 1_000;
}

async function benchLog(
  size: number,
  options: Parameters<typeof openMemoryLog>[0],
): Promise<number> {
  await using log = await openMemoryLog(options);
  await log.createTopics([topic]);
  const place = { topic: topic.name, partition: 0 };
  const readers = Array.from({ length: READERS }, () => log.openReader([{ ...place, offset: 0 }]));
  const records = Array.from({ length: size }, (_, i) => recordOf(i));
  return await rate(size, async () => {
    await log.publish([{ ...place, records }]);
    for (const reader of readers) {
      for (const batch of await reader.poll({ timeoutMs: 0 })) {
        if (charactersOf(batch.records) < size * 250) throw new Error("Records came short");
      }
    }
  });
}

function charactersOf(records: readonly { readonly text: string | null }[]): number {
  return records.reduce((sum, { text }) => sum + (text?.length ?? 0), 0);
}

async function benchSqlite(size: number): Promise<number> {
  using database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE batches (id INTEGER PRIMARY KEY, data BLOB NOT NULL)");
  const insert = database.prepare("INSERT INTO batches (data) VALUES (?)");
  const select = database.prepare("SELECT data FROM batches WHERE id = ?");
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const texts = Array.from({ length: size }, (_, i) => recordOf(i).value as string); // A text.
  return await rate(size, () => {
    const { lastInsertRowid } = insert.run(encoder.encode(texts.join("")));
    for (let i = 0; i < READERS; i++) {
      // The column is the statement's own.
      const data = select.get(lastInsertRowid)?.["data"] as Uint8Array;
      if (decoder.decode(data).length < size * 250) throw new Error("Records came short");
    }
  });
}

function best(rates: readonly number[]): string {
  return Math.round(Math.max(...rates)).toLocaleString("en").padStart(10);
}

if (import.meta.main) {
  console.log(`memory log, values of 250 bytes, ${READERS} readers, the best of ${ROUNDS} rounds`);
  for (const size of BATCH_SIZES) {
    const real: number[] = [];
    const own: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      real.push(await benchLog(size, {}));
      own.push(await benchLog(size, { clock: ownTime }));
      bare.push(await benchSqlite(size));
    }
    console.log(
      `batches of ${String(size).padStart(4)}: machine's time ${best(real)} rec/s, ` +
        `time of its own ${best(own)} rec/s, bare SQLite in memory ${best(bare)} rec/s`,
    );
    tell({
      what: `memory log in a time of its own / bare SQLite in memory, batches of ${size}`,
      value: Math.max(...own) / Math.max(...bare),
      unit: "",
      limit: { is: "at least", value: 1 },
    });
  }
}
