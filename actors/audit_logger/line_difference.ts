/**
 * In what a line of the audit log and the log's record differ, in words.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import { type AuditedRecord, auditLine, parseAuditLine } from "./audit_line.ts";

/** Characters of a value shown around the first difference. */
const SHOWN = 24;

/** The first difference, or null when there is none. */
export function describeDifference(audited: AuditedRecord, logged: LogRecord): string | null {
  const expected = parseAuditLine(auditLine(logged).trimEnd());
  if (expected === null) {
    return `the log's record cannot be written as a line (timestamp ${logged.timestamp})`;
  }
  for (const field of ["offset", "timestamp", "key", "text", "base64"] as const) {
    const [found, wanted] = [audited[field], expected[field]];
    if (found !== wanted) return `its ${NAMES[field]} ${contrast(found, wanted)}`;
  }
  const [found, wanted] = [sortedText(audited.headers), sortedText(expected.headers)];
  return found === wanted ? null : `its headers ${contrast(found, wanted)}`;
}

const NAMES = {
  offset: "offset",
  timestamp: "timestamp",
  key: "key",
  text: "value",
  base64: "value (base64)",
} as const;

function contrast(found: string | number | null, wanted: string | number | null): string {
  if (typeof found !== "string" || typeof wanted !== "string") {
    return `is ${shown(found)}, the log's ${shown(wanted)}`;
  }
  let at = 0;
  while (at < found.length && found[at] === wanted[at]) at++;
  return `has ${shown(found.slice(at, at + SHOWN))} at character ${at}, the log's ` +
    `${shown(wanted.slice(at, at + SHOWN))}`;
}

function shown(value: string | number | null): string {
  if (typeof value !== "string") return String(value);
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
}

function sortedText(headers: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(headers).sort(([a], [b]) => a < b ? -1 : 1));
}
