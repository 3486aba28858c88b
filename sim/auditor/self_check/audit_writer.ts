/**
 * Writes an audit folder from its format's description, to be read and broken.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { TOPIC_NAMES } from "../../../kafka/topics.ts";
import type { SampleLog } from "./sample_log.ts";

const digits = (offset: number) => String(offset).padStart(20, "0");

/** The name of a segment's file, or of a tail's. */
export function segmentName(base: number, end?: number): string {
  return end === undefined ? `${digits(base)}.ndjson` : `${digits(base)}-${digits(end)}.ndjson`;
}

/** Every partition of every audited topic that has records. */
export function writeAuditFolder(folder: string, log: SampleLog): void {
  for (const topic of TOPIC_NAMES) {
    if (topic === "snapshots") continue;
    for (let partition = 0; partition < log.partitions; partition++) {
      const count = log.records(topic, partition).length;
      if (count === 0) continue;
      const records = Array.from(
        { length: count },
        (_, offset) => log.read(topic, partition, offset),
      );
      writePartition(`${folder}/${topic}/${partition}`, `${topic}/${partition}`, records);
    }
  }
}

/** One partition's segments and tail. */
export function writePartition(folder: string, name: string, records: readonly LogRecord[]): void {
  Deno.mkdirSync(folder, { recursive: true });
  let chain = createHash("sha256").update(name).digest("hex");
  for (let base = 0; base < records.length; base += 4096) {
    const end = Math.min(base + 4096, records.length);
    let text = "";
    for (let block = base; block < end; block += 256) {
      const through = Math.min(block + 256, end);
      const lines = records.slice(block, through).map(lineOf).join("");
      chain = createHash("sha256").update(chain + lines).digest("hex");
      text += `${lines}{"chain":"${chain}","through":${through}}\n`;
    }
    const file = end === base + 4096 ? segmentName(base) : segmentName(base, end);
    Deno.writeTextFileSync(`${folder}/${file}`, text);
  }
}

function lineOf({ offset, timestamp, key, text, value, headers }: LogRecord): string {
  const content = text === null && value !== null
    ? { valueBase64: btoa(String.fromCharCode(...value)) }
    : { value: text };
  const extra = Object.keys(headers).length === 0 ? {} : { headers };
  return JSON.stringify({ offset, timestamp, key, ...content, ...extra }) + "\n";
}
