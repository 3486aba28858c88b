/** The audit log's format once more, the slow and obvious way: the reference that the writer is held against. */

import { createHash } from "node:crypto";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { AT } from "./audit_records.ts";

function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function slowLine(record: LogRecord): string {
  const line: Record<string, unknown> = {
    offset: record.offset,
    timestamp: record.timestamp,
    key: record.key,
  };
  if (record.text === null && record.value !== null) {
    line.valueBase64 = btoa(String.fromCharCode(...record.value));
  } else line.value = record.text;
  const names = Object.keys(record.headers).sort();
  if (names.length > 0) {
    line.headers = Object.fromEntries(names.map((name) => [name, record.headers[name]]));
  }
  return JSON.stringify(line) + "\n";
}

/** The files that the records from 0 on give, tail included, by their names. */
export function slowAuditLog(records: readonly LogRecord[]): Record<string, string> {
  const files: Record<string, string> = {};
  let chain = sha256(`${AT.topic}/${AT.partition}`);
  for (let base = 0; base < records.length; base += 4096) {
    const end = Math.min(records.length, base + 4096);
    let text = "";
    for (let block = base; block < end; block += 256) {
      const through = Math.min(end, block + 256);
      const lines = records.slice(block, through).map(slowLine).join("");
      chain = sha256(chain + lines);
      text += `${lines}{"chain":"${chain}","through":${through}}\n`;
    }
    const digits = (offset: number) => String(offset).padStart(20, "0");
    const name = end - base === 4096 ? digits(base) : `${digits(base)}-${digits(end)}`;
    files[`${AT.topic}/${AT.partition}/${name}.ndjson`] = text;
  }
  return files;
}
