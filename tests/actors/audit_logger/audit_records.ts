/** Records and folders for tests of the audit logger. */

import fc from "fast-check";
import type { LogRecord, TopicPartition } from "../../../kafka/event_log.ts";

const encoder = new TextEncoder();

/** The partition that these tests audit. */
export const AT: TopicPartition = { topic: "orders", partition: 3 };

/** What a test wants of a record; the rest is made up from the offset. */
export interface RecordContent {
  readonly key?: string | null;
  readonly value?: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export function auditRecord(offset: number, content: RecordContent = {}): LogRecord {
  const { key = `user-${offset % 7}`, headers = {} } = content;
  const given = content.value === undefined ? `{"number":${offset},"side":"buy"}` : content.value;
  const value = typeof given === "string" ? encoder.encode(given) : given;
  const text = typeof given === "string" ? given : null;
  return { ...AT, offset, timestamp: 1625159076 + offset, key, value, text, headers };
}

/** Records of every kind: text, tombstones, bytes, headers, no key. */
export function mixedRecords(count: number): readonly LogRecord[] {
  return Array.from({ length: count }, (_, offset) => {
    if (offset % 11 === 3) return auditRecord(offset, { value: null, key: "gone" });
    if (offset % 11 === 5) return auditRecord(offset, { value: Uint8Array.of(255, 254, offset) });
    if (offset % 11 === 7) return auditRecord(offset, { headers: { zebra: "1", apple: "ü\n" } });
    if (offset % 11 === 9) return auditRecord(offset, { key: null, value: 'ä€😀\u0000"\\\u2028' });
    return auditRecord(offset);
  });
}

/** Cuts records into batches of the given sizes, over and over. */
export function cut(
  records: readonly LogRecord[],
  sizes: readonly number[],
): readonly (readonly LogRecord[])[] {
  const batches: (readonly LogRecord[])[] = [];
  for (let at = 0, i = 0; at < records.length; i++) {
    const size = sizes[i % sizes.length]!; // sizes is not empty
    batches.push(records.slice(at, at + size));
    at += size;
  }
  return batches;
}

export const batchSizes = fc.array(fc.integer({ min: 1, max: 700 }), {
  minLength: 1,
  maxLength: 12,
});

/** A folder that is removed when its scope ends. */
export function tempFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** Every file below `folder` by its path, as text. */
export function readAll(folder: string, below = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of [...Deno.readDirSync(`${folder}/${below}`)]) {
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory) Object.assign(found, readAll(folder, name));
    else found[name] = Deno.readTextFileSync(`${folder}/${name}`);
  }
  return found;
}
