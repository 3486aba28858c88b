/**
 * What the embedded log can do on this machine: appending and reading back in batches of three sizes,
 * with both durabilities, and how soon a reader in another worker has a record.
 *
 * Run with `deno task bench` or `deno run -A tests/bench/event_log_bench.ts`; it takes some seconds.
 * Beside the log's figures stand those of bare inserts of blobs of the same size into SQLite, the
 * most that any log on it could do.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { RecordToPublish, TopicSettings } from "../../kafka/event_log.ts";
import type { Durability } from "../../kafka/embedded/log_file.ts";
import { PAGE_BYTES } from "../../kafka/embedded/limits.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { tell } from "./figures.ts";
import { LogWorker } from "../kafka/embedded/log_workers.ts";

const BATCH_SIZES = [1, 100, 1_000] as const;
const MEASURE_MS = 700;
const ECHOES = 1_500;

const topic: TopicSettings = {
  name: "bench",
  partitions: 6,
  cleanup: "keep",
  retentionMs: null,
  timestampType: "log-append-time",
};

/** A JSON text of 250 bytes, as a command on the floor is about that long. */
function recordOf(number: number): RecordToPublish {
  const value = JSON.stringify({ type: "place-order", number: 1_000_000 + number, text: "" });
  const text = "x".repeat(250 - value.length);
  return { key: `user-${number % 500}`, value: value.replace('""', `"${text}"`) };
}

/** Records per second of `step`, which gives how many it did. */
async function rate(step: () => Promise<number> | number): Promise<number> {
  let records = 0;
  const start = performance.now();
  while (performance.now() - start < MEASURE_MS) records += await step();
  return records / (performance.now() - start) * 1_000;
}

async function benchAppend(path: string, durability: Durability): Promise<void> {
  await using log = await openEventLog({ kind: "embedded", path, durability });
  await log.createTopics([topic]);
  for (const [partition, size] of BATCH_SIZES.entries()) {
    const records = Array.from({ length: size }, (_, i) => recordOf(i));
    const appended = await rate(async () => {
      const [published] = await log.publish([{ topic: topic.name, partition, records }]);
      return published!.count;
    });
    const reader = log.openReader([{ topic: topic.name, partition, offset: 0 }]);
    let characters = 0;
    let read = 0;
    const start = performance.now();
    while (performance.now() - start < MEASURE_MS) {
      const batches = await reader.poll({ timeoutMs: 0 });
      if (batches.length === 0) break;
      for (const { key, text } of batches.flatMap((batch) => batch.records)) {
        characters += (key?.length ?? 0) + (text?.length ?? 0);
        read++;
      }
    }
    const readRate = read / (performance.now() - start) * 1_000;
    reader.close();
    if (characters < read * 250) throw new Error("Cannot trust the figures: records came short");
    print(`${durability}, batches of ${size}`, {
      "append": appended,
      "bare SQLite": await benchBare(`${path}-bare`, durability, size),
      "read back": readRate,
    });
  }
}

/** The same bytes in the same transactions, with nothing around. */
async function benchBare(path: string, durability: Durability, size: number): Promise<number> {
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA page_size = ${PAGE_BYTES}; PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${durability === "disk" ? "FULL" : "NORMAL"};
    CREATE TABLE IF NOT EXISTS batches (id INTEGER PRIMARY KEY, data BLOB NOT NULL)`);
  const insert = database.prepare("INSERT INTO batches (data) VALUES (?)");
  const data = new Uint8Array(266 * size);
  const bare = await rate(() => {
    insert.run(data);
    return size;
  });
  database.close();
  return bare;
}

/** A record to a worker and its answer back: two publishes and two wake-ups. */
async function benchWake(path: string): Promise<void> {
  await using log = await openEventLog({ kind: "embedded", path });
  const [from, to] = ["there", "back"].map((name) => ({ ...topic, name }));
  await log.createTopics([from!, to!]);
  const task = { do: "echo", from: from!.name, to: to!.name, count: ECHOES } as const;
  using worker = await LogWorker.start(path, task);
  await worker.hears("ready");
  const reader = log.openReader([{ topic: to!.name, partition: 0, offset: 0 }]);
  const oneWayMs: number[] = [];
  for (let i = 0; i < ECHOES; i++) {
    const start = performance.now();
    await log.publish([{ topic: from!.name, partition: 0, records: [recordOf(i)] }]);
    while ((await reader.poll({ timeoutMs: 1_000 })).length === 0);
    oneWayMs.push((performance.now() - start) / 2);
  }
  reader.close();
  await worker.hears("done");
  oneWayMs.sort((a, b) => a - b);
  const at = (share: number) => oneWayMs[Math.floor(share * (ECHOES - 1))]!.toFixed(3);
  console.log(
    `publish to poll in another worker: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms ` +
      "(half of there and back)",
  );
  tell({ what: "publish to poll in another worker, p50", value: Number(at(0.5)), unit: "ms" });
}

function print(what: string, rates: Readonly<Record<string, number>>): void {
  const figures = Object.entries(rates).map(([name, perSecond]) =>
    `${name} ${Math.round(perSecond).toLocaleString("en").padStart(9)} rec/s`
  );
  console.log(`${what.padEnd(24)} ${figures.join("   ")}`);
}

if (import.meta.main) {
  const directory = await Deno.makeTempDir();
  try {
    console.log(
      `embedded log, values of 250 bytes, ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}`,
    );
    await benchAppend(`${directory}/process.log`, "process");
    await benchAppend(`${directory}/disk.log`, "disk");
    await benchWake(`${directory}/wake.log`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
