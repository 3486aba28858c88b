/**
 * Logs as a killed process leaves them, damaged at random, and what must be found of that.
 *
 * @module
 */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { checkLogFile, type LogFileCheck } from "../../../kafka/embedded/check_log_file.ts";
import { type EventLog, EventLogError, type LogRecord } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";

/** The log's files, as they are named beside it. */
const SUFFIXES = ["", "-wal", "-shm", "-ends"] as const;

/** Every record of a log as text, by `topic/partition`, then by offset. */
export type Contents = ReadonlyMap<string, ReadonlyMap<number, string>>;

/** A way to damage one of a log's files. */
export interface Cut {
  readonly file: "" | "-wal";
  readonly how: "truncate" | "zero" | "flip";
  /** Byte position; what lies behind it is cut off, or zeroed, or this byte is changed. */
  readonly at: number;
}

/** What came of a cut. */
export type CutOutcome = "whole" | "lost" | "damaged" | "refused";

/** Copies a log's files as they are, which may be open elsewhere. */
export async function copyLog(from: string, to: string): Promise<void> {
  for (const suffix of SUFFIXES) {
    try {
      await Deno.copyFile(from + suffix, to + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Everything that a log holds. */
export async function contentsOf(log: EventLog): Promise<Contents> {
  const contents = new Map<string, Map<number, string>>();
  for (const { name, offsets } of await log.describeTopics()) {
    for (const [partition, { start, end }] of offsets.entries()) {
      const records = new Map<number, string>();
      contents.set(`${name}/${partition}`, records);
      const reader = log.openReader([{ topic: name, partition, offset: start }]);
      try {
        for (let next = start; next < end;) {
          const [batch] = await reader.poll({ timeoutMs: 1_000 });
          assert.ok(batch !== undefined, `${name}/${partition} ends at ${next} instead of ${end}`);
          for (const record of batch.records) records.set(record.offset, asText(record));
          next = batch.nextOffset;
        }
      } finally {
        reader.close();
      }
    }
  }
  return contents;
}

function asText({ key, text, value, timestamp, headers }: LogRecord): string {
  const content = text ?? (value === null ? null : Buffer.from(value).toString("hex"));
  return JSON.stringify([key, content, timestamp, headers]);
}

/** A random cut in the last part of a log's main file or of its write-ahead log. */
export function drawCut(path: string, random: () => number): Cut {
  const hasWal = sizeOf(`${path}-wal`) > 0;
  const file = hasWal && random() < 0.6 ? "-wal" : "";
  const size = sizeOf(path + file);
  // Half of the cuts are in the last tenth, the others anywhere.
  const from = random() < 0.5 ? Math.floor(size * 0.9) : 0;
  const at = Math.min(size - 1, from + Math.floor(random() * (size - from)));
  const draw = random();
  return { file, how: draw < 0.5 ? "truncate" : draw < 0.75 ? "zero" : "flip", at };
}

/** Damages a log that is not open. */
export function applyCut(path: string, { file, how, at }: Cut): void {
  using opened = Deno.openSync(path + file, { read: true, write: true });
  if (how === "truncate") return opened.truncateSync(at);
  const { size } = opened.statSync();
  opened.seekSync(at, Deno.SeekMode.Start);
  if (how === "zero") {
    opened.writeSync(new Uint8Array(size - at));
    return;
  }
  const byte = new Uint8Array(1);
  opened.readSync(byte);
  byte[0] = byte[0]! ^ 0x55;
  opened.seekSync(at, Deno.SeekMode.Start);
  opened.writeSync(byte);
}

/**
 * Judges a log that was cut: whatever it held before is there, or named as lost or damaged, or the
 * whole file is refused in a sentence.
 */
export async function judgeCut(path: string, before: Contents): Promise<CutOutcome> {
  let check: LogFileCheck;
  try {
    check = checkLogFile(path);
  } catch (error) {
    return refused(error);
  }
  const { lost, damaged } = check;
  await assertAccounted(path, before, check);
  if (damaged.length > 0) return "damaged";
  if (lost.length === 0) return "whole";
  await assert.rejects(openEventLog({ kind: "embedded", path }, { create: false }), (error) => {
    assert.ok(error instanceof EventLogError && error.code === "log-incomplete", String(error));
    return true;
  });
  if (lost.every(({ topic }) => topic !== null)) await assertGoesOn(path);
  return "lost";
}

function refused(error: unknown): "refused" {
  assert.ok(error instanceof EventLogError, `not an error of the log: ${String(error)}`);
  assert.match(error.message, /^Cannot [^:]+: ./);
  return "refused";
}

/** Every record of before is there as it was, or lies where the check found something wrong. */
async function assertAccounted(path: string, before: Contents, check: LogFileCheck): Promise<void> {
  const { lost, damaged } = check;
  const wrong = Map.groupBy(
    [...lost, ...damaged],
    ({ topic, partition }) => `${topic}/${partition}`,
  );
  const topicsGone = lost.some(({ topic }) => topic === null);
  for (const [place, records] of before) {
    const ranges = wrong.get(place) ?? [];
    const isWrong = (offset: number) =>
      ranges.some(({ from, to }) => from <= offset && offset < to);
    const found = await readLeniently(
      path,
      place,
      [...records.keys()].filter((offset) => !isWrong(offset)),
    );
    for (const [offset, text] of records) {
      if (isWrong(offset)) continue;
      const now = found.get(offset);
      const isSaid = now === SAID && (damaged.length > 0 || topicsGone);
      assert.ok(
        now === text || isSaid,
        `${place}/${offset} is ${found.has(offset) ? "changed" : "gone"}, and nobody says so`,
      );
    }
  }
  for (const { topic, partition, to } of lost) {
    if (topic === null) continue;
    const last = Math.max(-1, ...before.get(`${topic}/${partition}`)!.keys());
    assert.equal(to, last + 1, `${topic}/${partition} had its end named`);
  }
}

/** Instead of a record: whoever reads there is told that the file is damaged. */
const SAID = "unreadable";

/** The records at these offsets, as far as they can be read. */
async function readLeniently(
  path: string,
  place: string,
  offsets: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const cut = place.lastIndexOf("/");
  const at = { topic: place.slice(0, cut), partition: Number(place.slice(cut + 1)) };
  const found = new Map<number, string>();
  const log = await openEventLog({ kind: "embedded", path }, { create: false, loss: "ignore" });
  for (const offset of offsets) {
    if (found.has(offset)) continue;
    // Many at a time; where that meets damage, as few as can be.
    for (const maxRecords of [1_000, 1]) {
      const reader = log.openReader([{ ...at, offset }]);
      try {
        const [batch] = await reader.poll({ timeoutMs: 0, maxRecords });
        for (const record of batch?.records ?? []) found.set(record.offset, asText(record));
        break;
      } catch (error) {
        assert.ok(error instanceof EventLogError, String(error));
        if (maxRecords === 1) found.set(offset, SAID);
      } finally {
        reader.close();
      }
    }
  }
  await log.close();
  return found;
}

/** Once the loss is accepted, the log takes records where it ends, and is whole from then on. */
async function assertGoesOn(path: string): Promise<void> {
  await (await openEventLog({ kind: "embedded", path }, { create: false, loss: "accept" })).close();
  const log = await openEventLog({ kind: "embedded", path }, { create: false });
  const [topic] = await log.describeTopics();
  assert.ok(topic !== undefined);
  const [published] = await log.publish([
    { topic: topic.name, partition: 0, records: [{ key: "alice", value: "after the loss" }] },
  ]);
  assert.equal(published!.baseOffset, topic.offsets[0]!.end);
  await log.close();
  assert.deepEqual(checkLogFile(path).lost, []);
}

function sizeOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
