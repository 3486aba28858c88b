/**
 * What SQLite's failures mean for the log.
 *
 * @module
 */

import { EventLogError, type EventLogErrorCode } from "../event_log.ts";

interface Meaning {
  readonly code: EventLogErrorCode;
  readonly retriable: boolean;
  readonly state: string;
}

const LOCKED: Meaning = {
  code: "log-locked",
  retriable: true,
  state: "another connection holds the file's lock",
};

/** By SQLite's primary result code (sqlite.org/rescode.html). */
const MEANINGS: ReadonlyMap<number, Meaning> = new Map([
  [5, LOCKED],
  [6, LOCKED],
  [8, { code: "log-unavailable", retriable: false, state: "the file may not be written" }],
  [10, { code: "log-unavailable", retriable: true, state: "reading or writing the file failed" }],
  [11, { code: "log-corrupt", retriable: false, state: "the file is damaged" }],
  [13, { code: "log-full", retriable: false, state: "the disk is full" }],
  [14, { code: "log-unavailable", retriable: false, state: "the file cannot be opened" }],
  [26, { code: "log-corrupt", retriable: false, state: "the file is no SQLite database" }],
]);

/** `exec` throws errors without a result code; these are SQLite's own texts. */
const TEXTS: readonly (readonly [string, number])[] = [
  ["is locked", 5],
  ["readonly", 8],
  ["disk I/O error", 10],
  ["malformed", 11],
  ["is full", 13],
  ["unable to open", 14],
  ["not a database", 26],
];

function resultCode(error: Error): number | null {
  const errcode: unknown = Reflect.get(error, "errcode");
  if (typeof errcode === "number") return errcode & 0xff;
  return TEXTS.find(([text]) => error.message.includes(text))?.[1] ?? null;
}

/** Whether the failure says that somebody else holds the lock. */
export function isLocked(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof EventLogError) return false;
  const code = resultCode(error);
  return code === 5 || code === 6;
}

/** The failure as the log's own error; one that is the log's already, or not SQLite's, is itself. */
export function toEventLogError(error: unknown, action: string): unknown {
  if (!(error instanceof Error) || error instanceof EventLogError) return error;
  if (Reflect.get(error, "code") !== "ERR_SQLITE_ERROR") return error;
  const code = resultCode(error);
  const meaning = code === null ? undefined : MEANINGS.get(code);
  return new EventLogError(
    meaning?.code ?? "log-unavailable",
    `Cannot ${action}: ${meaning?.state ?? "the file's database failed"} (${error.message})`,
    { retriable: meaning?.retriable ?? false, cause: error },
  );
}
