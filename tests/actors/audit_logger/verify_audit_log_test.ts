import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_FINDINGS } from "../../../actors/audit_logger/audit_findings.ts";
import {
  type AuditVerification,
  verifyAuditLog,
} from "../../../actors/audit_logger/verify_audit_log.ts";
import type { LogRecord } from "../../../kafka/event_log.ts";
import { auditRecord, mixedRecords, tempFolder } from "./audit_records.ts";
import { ListLog } from "./list_log.ts";
import { slowAuditLog } from "./slow_audit_log.ts";

const RECORDS = mixedRecords(4_500);
const FILES = slowAuditLog(RECORDS);
const SEGMENT = "orders/3/00000000000000000000.ndjson";
const TAIL = "orders/3/00000000000000004096-00000000000000004500.ndjson";
const TOPICS = { orders: 6 };

const encoder = new TextEncoder();

function logOf(records: readonly LogRecord[]): ListLog {
  const log = new ListLog(TOPICS);
  log.append(...records);
  return log;
}

/** Writes files and checks them, against a log if one is given. */
async function verify(
  files: Readonly<Record<string, string | Uint8Array>>,
  log?: ListLog,
): Promise<AuditVerification> {
  using folder = tempFolder();
  Deno.mkdirSync(`${folder.path}/orders/3`, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    const bytes = typeof content === "string" ? encoder.encode(content) : content;
    Deno.writeFileSync(`${folder.path}/${name}`, bytes);
  }
  const verified = await verifyAuditLog({
    folder: folder.path,
    topics: ["orders"],
    ...(log === undefined ? {} : { log }),
  });
  assert.equal(log?.readers ?? 0, 0);
  return verified;
}

function editLine(file: string, line: number, edit: (text: string) => string): string {
  const lines = FILES[file]!.split("\n"); // a file of the reference
  lines[line - 1] = edit(lines[line - 1]!);
  return lines.join("\n");
}

/** `kind line offset` of each finding. */
function brief({ findings }: AuditVerification): readonly string[] {
  return findings.map(({ kind, line, offset }) => `${kind} ${line} ${offset}`);
}

Deno.test("verifyAuditLog() finds nothing wrong in a right log, with the log and without", async () => {
  for (const log of [undefined, logOf(RECORDS)]) {
    const verified = await verify(FILES, log);
    assert.deepEqual(verified.findings, []);
    assert.equal(verified.findingCount, 0);
    assert.equal(verified.comparedWithLog, log !== undefined);
    assert.deepEqual(verified.partitions, [
      { topic: "orders", partition: 3, files: 2, records: 4_500, end: 4_500, passedOver: [] },
    ]);
  }
});

Deno.test("verifyAuditLog() finds any flipped bit of any byte, and names file and place", async () => {
  const small = slowAuditLog(mixedRecords(600));
  const [name, text] = Object.entries(small)[0]!; // one tail
  const clean = encoder.encode(text);
  const log = logOf(mixedRecords(600));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(clean.length - 1),
      fc.nat(7),
      fc.boolean(),
      async (at, bit, withLog) => {
        const bytes = clean.slice();
        bytes[at]! ^= 1 << bit;
        const verified = await verify({ [name]: bytes }, withLog ? log : undefined);
        const [first] = verified.findings;
        assert.ok(first !== undefined, `byte ${at}, bit ${bit}`);
        assert.equal(first.file, name);
        const line = new TextDecoder().decode(clean.subarray(0, at)).split("\n").length;
        // With the log the line itself (or its neighbour, for a newline); without it, its block.
        const [from, to] = withLog ? [line - 1, line + 1] : [line - 1, line + 257];
        assert.ok(first.line !== null && first.line >= from && first.line <= to, first.message);
        assert.ok(verified.findingCount <= 4, JSON.stringify(verified.findings, null, 1));
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("verifyAuditLog() names the very line and field when the log is at hand", async () => {
  const changed = editLine(SEGMENT, 301, (line) => line.replace("buy", "bux"));
  const verified = await verify({ ...FILES, [SEGMENT]: changed }, logOf(RECORDS));
  assert.deepEqual(brief(verified), ["differs-from-log 301 299"]);
  const message = verified.findings[0]?.message ?? "";
  assert.match(message, /record 299 is not the log's: its value has "x.*at character 24/);
  assert.match(message, /the audit log was changed$/);
});

Deno.test("verifyAuditLog() names the block when there is only the chain", async () => {
  const changed = editLine(SEGMENT, 301, (line) => line.replace("buy", "bux"));
  const verified = await verify({ ...FILES, [SEGMENT]: changed });
  assert.deepEqual(brief(verified), ["chain-broken 514 256"]);
  assert.match(verified.findings[0]?.message ?? "", /lines 258 to 514, records 256 to 511/);
});

Deno.test("verifyAuditLog() tells a changed log from a changed audit log", async () => {
  const changed = RECORDS.map((record, i) => i === 40 ? auditRecord(40, { value: "x" }) : record);
  const verified = await verify(FILES, logOf(changed));
  assert.deepEqual(brief(verified), ["differs-from-log 41 40"]);
  assert.match(verified.findings[0]?.message ?? "", /so the log was changed/);
});

Deno.test("verifyAuditLog() finds a changed key, timestamp, header and tombstone", async () => {
  const edits: readonly [number, (line: string) => string, RegExp][] = [
    [
      1,
      (line) => line.replace('"key":"user-0"', '"key":"user-1"'),
      /its key has "1" at character 5/,
    ],
    [2, (line) => line.replace("625", "626"), /its timestamp is 1626159077, the log's 1625159077/],
    [4, (line) => line.replace("null", '""'), /its value is "", the log's null/],
    [6, (line) => line.replace("//4F", "//4G"), /its value \(base64\) has "G" at/],
    [8, (line) => line.replace('"1"', '"2"'), /its headers has/],
  ];
  for (const [number, edit, expected] of edits) {
    const changed = editLine(SEGMENT, number, edit);
    assert.notEqual(changed, FILES[SEGMENT]);
    const verified = await verify({ ...FILES, [SEGMENT]: changed }, logOf(RECORDS));
    assert.equal(verified.findingCount, 1);
    assert.match(verified.findings[0]?.message ?? "", expected);
  }
});

Deno.test("verifyAuditLog() finds a line taken out, and goes on behind it", async () => {
  const changed = FILES[SEGMENT]!.split("\n").toSpliced(9, 1).join("\n");
  for (const log of [undefined, logOf(RECORDS)]) {
    const verified = await verify({ ...FILES, [SEGMENT]: changed }, log);
    assert.equal(verified.findings[0]?.line, 10);
    assert.match(verified.findings[0]?.message ?? "", /the record is 10, but 9 was to come/);
    assert.ok(verified.findingCount <= 2, JSON.stringify(verified.findings));
    assert.equal(verified.partitions[0]?.end, 4_500);
  }
});

Deno.test("verifyAuditLog() finds a line written twice", async () => {
  const lines = FILES[SEGMENT]!.split("\n");
  const changed = lines.toSpliced(9, 0, lines[8]!).join("\n");
  const verified = await verify({ ...FILES, [SEGMENT]: changed });
  assert.match(verified.findings[0]?.message ?? "", /the record is 8, but 9 was to come/);
  assert.equal(verified.findingCount, 1);
});

Deno.test("verifyAuditLog() finds a missing segment and a missing end", async () => {
  const withoutSegment = await verify({ [TAIL]: FILES[TAIL]! });
  assert.deepEqual(brief(withoutSegment), ["missing-records null 0"]);
  const withoutTail = await verify({ [SEGMENT]: FILES[SEGMENT]! }, logOf(RECORDS));
  assert.deepEqual(brief(withoutTail), ["missing-records null 4096"]);
  assert.match(withoutTail.findings[0]?.message ?? "", /records 4096 to 4499 are missing/);
  const nothing = await verify({}, logOf(RECORDS));
  assert.deepEqual(brief(nothing), ["missing-records null 0"]);
});

Deno.test("verifyAuditLog() cannot know what is missing at the end without the log, but with given ends", async () => {
  assert.equal((await verify({ [SEGMENT]: FILES[SEGMENT]! })).findingCount, 0);
  using folder = tempFolder();
  const verified = await verifyAuditLog({
    folder: folder.path,
    topics: ["orders"],
    ends: { "orders/2": 5 },
  });
  assert.deepEqual(brief(verified), ["missing-records null 0"]);
});

Deno.test("verifyAuditLog() finds records that the log does not have", async () => {
  const verified = await verify(FILES, logOf(RECORDS.slice(0, 4_499)));
  assert.deepEqual(brief(verified), ["not-in-log 405 4499"]);
});

Deno.test("verifyAuditLog() finds a file cut at any byte", async () => {
  const clean = encoder.encode(FILES[TAIL]!);
  await fc.assert(
    fc.asyncProperty(fc.nat(clean.length - 1), async (length) => {
      const files = { ...FILES, [TAIL]: clean.slice(0, length) };
      assert.ok((await verify(files)).findingCount > 0);
    }),
    { numRuns: 40 },
  );
});

Deno.test("verifyAuditLog() passes over open, superseded and foreign files, and says so", async () => {
  const extra = {
    "orders/3/00000000000000004096.audit-logger-0-1.open": "half a li",
    "orders/3/00000000000000000000-00000000000000000009.ndjson": "superseded",
    "orders/3/notes.txt": "foreign",
  };
  const verified = await verify({ ...FILES, ...extra });
  assert.equal(verified.findingCount, 0);
  assert.equal(verified.partitions[0]?.passedOver.length, 3);
});

Deno.test("verifyAuditLog() keeps a bounded number of findings and counts the rest", async () => {
  const changed = FILES[SEGMENT]!.replaceAll("buy", "bux");
  const verified = await verify({ ...FILES, [SEGMENT]: changed }, logOf(RECORDS));
  assert.equal(verified.findings.length, MAX_FINDINGS);
  assert.ok(verified.findingCount > 1_000);
});
