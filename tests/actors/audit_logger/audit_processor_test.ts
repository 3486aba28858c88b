import assert from "node:assert/strict";
import fc from "fast-check";
import {
  auditPlace,
  type AuditProcessor,
  openAuditProcessor,
} from "../../../actors/audit_logger/audit_processor.ts";
import type { AuditSnapshot } from "../../../actors/audit_logger/audit_recovery.ts";
import { OpenFiles } from "../../../actors/audit_logger/open_files.ts";
import {
  AT,
  auditRecord,
  batchSizes,
  cut,
  mixedRecords,
  readAll,
  tempFolder,
} from "./audit_records.ts";
import { slowAuditLog } from "./slow_audit_log.ts";

const RECORDS = mixedRecords(9_500);
const REFERENCE = slowAuditLog(RECORDS);
const SEGMENT_0 = "orders/3/00000000000000000000.ndjson";

/** Stands in for the snapshot store. */
class Snapshots {
  latest: AuditSnapshot | null = null;
  saved = 0;
  readonly loadSnapshot = () => Promise.resolve(this.latest);
  readonly saveSnapshot = (offset: number, bytes: Uint8Array) => {
    this.saved++;
    // A zombie's older snapshot never takes the place of a newer one.
    if (offset >= (this.latest?.offset ?? 0)) this.latest = { offset, bytes };
    return Promise.resolve();
  };
}

function open(
  folder: string,
  snapshots: Snapshots,
  options: { instance?: string; incarnation?: number; syncToDisk?: boolean } = {},
): Promise<AuditProcessor> {
  const { instance = "audit-logger-0", incarnation = 1, syncToDisk = false } = options;
  return openAuditProcessor(AT, {
    place: auditPlace({ folder, instance, incarnation, syncToDisk }),
    loadSnapshot: snapshots.loadSnapshot,
    saveSnapshot: snapshots.saveSnapshot,
    snapshotSegments: 1,
  });
}

Deno.test("AuditProcessor writes the bytes of the reference, however the records are cut", async () => {
  await fc.assert(
    fc.asyncProperty(batchSizes, fc.integer({ min: 0, max: 9_500 }), async (sizes, count) => {
      using folder = tempFolder();
      const records = RECORDS.slice(0, count);
      const processor = await open(folder.path, new Snapshots());
      for (const batch of cut(records, sizes)) await processor.process(batch);
      assert.equal(processor.position, count);
      await processor.flush("stopping");
      assert.deepEqual(readAll(folder.path), slowAuditLog(records));
    }),
    { numRuns: 12 },
  );
});

Deno.test("AuditProcessor passes over records below its position", async () => {
  using folder = tempFolder();
  const processor = await open(folder.path, new Snapshots());
  await processor.process(RECORDS.slice(0, 300));
  await processor.process(RECORDS.slice(100, 300));
  await processor.process(RECORDS.slice(0, 600));
  await processor.flush("stopping");
  assert.deepEqual(readAll(folder.path), slowAuditLog(RECORDS.slice(0, 600)));
});

Deno.test("AuditProcessor refuses a hole and takes no record after it", async () => {
  using folder = tempFolder();
  const processor = await open(folder.path, new Snapshots());
  await assert.rejects(
    processor.process([auditRecord(0), auditRecord(2)]),
    /Cannot audit orders\/3: record 1 was to come, but 2 came/,
  );
  await assert.rejects(processor.process([auditRecord(1)]), /opened anew/);
  await processor.flush("stopping");
  assert.deepEqual(Object.keys(readAll(folder.path)), []);
});

Deno.test("AuditProcessor has what it processed on file before process() resolves", async () => {
  using folder = tempFolder();
  const processor = await open(folder.path, new Snapshots());
  await processor.process(RECORDS.slice(0, 10));
  const [name, text] = Object.entries(readAll(folder.path))[0] ?? [];
  assert.equal(name, "orders/3/00000000000000000000.audit-logger-0-1.open");
  assert.equal(text?.split("\n").length, 11);
  processor.abandon();
});

Deno.test("AuditProcessor snapshots at segment boundaries only", async () => {
  using folder = tempFolder();
  const snapshots = new Snapshots();
  const processor = await open(folder.path, snapshots);
  await processor.process(RECORDS.slice(0, 4_095));
  await processor.flush("interval");
  assert.equal(snapshots.saved, 0);
  await processor.process(RECORDS.slice(4_095, 4_100));
  assert.equal(snapshots.latest?.offset, 4_096);
  await processor.flush("stopping");
  assert.equal(snapshots.saved, 1);
});

Deno.test("AuditProcessor goes on at its snapshot and gives the same bytes after kills anywhere", async () => {
  const life = fc.record({
    take: fc.integer({ min: 0, max: 6_000 }),
    instance: fc.constantFrom("audit-logger-0", "audit-logger-1"),
    end: fc.constantFrom("killed", "stopped", "hung"),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(life, { maxLength: 6 }), batchSizes, async (lives, sizes) => {
      using folder = tempFolder();
      const snapshots = new Snapshots();
      const zombies: AuditProcessor[] = [];
      let incarnation = 0;
      for (const { take, instance, end } of lives) {
        const processor = await open(folder.path, snapshots, {
          instance,
          incarnation: ++incarnation,
        });
        const { position } = processor;
        for (const batch of cut(RECORDS.slice(position, position + take), sizes)) {
          await processor.process(batch);
        }
        if (end === "stopped") await processor.flush("stopping");
        else if (end === "killed") processor.abandon();
        else zombies.push(processor);
      }
      const last = await open(folder.path, snapshots, { incarnation: ++incarnation });
      await last.process(RECORDS.slice(last.position, 5_000));
      for (const zombie of zombies) {
        for (const batch of cut(RECORDS.slice(zombie.position), sizes)) await zombie.process(batch);
      }
      await last.process(RECORDS.slice(5_000));
      await last.flush("stopping");
      for (const zombie of zombies) await zombie.flush("stopping");
      assert.deepEqual(withoutOpenFiles(readAll(folder.path)), REFERENCE);
    }),
    { numRuns: 15 },
  );
});

function withoutOpenFiles(files: Record<string, string>): Record<string, string> {
  // A tail of a segment that has been completed since may be a zombie's; it is passed over.
  return Object.fromEntries(
    Object.entries(files).filter(([name]) => !name.endsWith(".open") && name in REFERENCE),
  );
}

Deno.test("AuditProcessor clears tails and dead writers' files away once their segment is complete", async () => {
  using folder = tempFolder();
  const snapshots = new Snapshots();
  const killed = await open(folder.path, snapshots, { instance: "audit-logger-1" });
  await killed.process(RECORDS.slice(0, 100));
  killed.abandon();
  const stopped = await open(folder.path, snapshots, { incarnation: 2 });
  await stopped.process(RECORDS.slice(0, 200));
  await stopped.flush("stopping");
  const last = await open(folder.path, snapshots, { incarnation: 3 });
  await last.process(RECORDS.slice(0, 4_096));
  await last.flush("stopping");
  assert.deepEqual(Object.keys(readAll(folder.path)), [SEGMENT_0]);
});

Deno.test("AuditProcessor lets a longer tail take the place of a shorter one", async () => {
  using folder = tempFolder();
  for (const [i, end] of [100, 300].entries()) {
    const processor = await open(folder.path, new Snapshots(), { incarnation: i + 1 });
    await processor.process(RECORDS.slice(0, end));
    await processor.flush("stopping");
  }
  assert.deepEqual(readAll(folder.path), slowAuditLog(RECORDS.slice(0, 300)));
});

Deno.test("AuditProcessor refuses to install a segment that is there with other bytes", async () => {
  using folder = tempFolder();
  const first = await open(folder.path, new Snapshots());
  await first.process(RECORDS.slice(0, 4_096));
  const path = `${folder.path}/${SEGMENT_0}`;
  Deno.writeTextFileSync(path, Deno.readTextFileSync(path).replace("buy", "bux"));
  const second = await open(folder.path, new Snapshots(), { incarnation: 2 });
  await assert.rejects(second.process(RECORDS.slice(0, 4_096)), /there with other bytes/);
  first.abandon();
});

Deno.test("AuditProcessor begins at the first segment that its folder has not, whatever the snapshot says", async () => {
  const snapshots = new Snapshots();
  using other = tempFolder();
  const first = await open(other.path, snapshots);
  await first.process(RECORDS);
  await first.flush("stopping");
  assert.equal(snapshots.latest?.offset, 8_192);
  using folder = tempFolder();
  const elsewhere = await open(folder.path, snapshots, { instance: "audit-logger-1" });
  assert.equal(elsewhere.position, 0);
  await elsewhere.process(RECORDS.slice(0, 5_000));
  await elsewhere.flush("stopping");
  const again = await open(folder.path, snapshots, { instance: "audit-logger-2" });
  assert.equal(again.position, 4_096);
  await again.process(RECORDS.slice(4_096));
  await again.flush("stopping");
  assert.deepEqual(readAll(folder.path), REFERENCE);
});

Deno.test("AuditProcessor refuses records that give another chain than the snapshot has", async () => {
  const snapshots = new Snapshots();
  using other = tempFolder();
  const first = await open(other.path, snapshots);
  await first.process(RECORDS.slice(0, 4_096));
  using folder = tempFolder();
  const elsewhere = await open(folder.path, snapshots);
  const changed = RECORDS.slice(0, 4_096).map((record, i) =>
    i === 9 ? auditRecord(9, { value: "changed" }) : record
  );
  await assert.rejects(elsewhere.process(changed), /but the snapshot has/);
  first.abandon();
});

Deno.test("openAuditProcessor() refuses a snapshot of another partition or of another actor", async () => {
  using folder = tempFolder();
  const snapshots = new Snapshots();
  const first = await open(folder.path, snapshots);
  await first.process(RECORDS.slice(0, 4_096));
  const right = snapshots.latest;
  assert.ok(right !== null);
  snapshots.latest = { ...right, offset: 8_192 };
  await assert.rejects(open(folder.path, snapshots), /is that of orders\/3 at 4096/);
  snapshots.latest = { offset: 0, bytes: new TextEncoder().encode("\0\0\0\0\x02\0\0\0{}") };
  await assert.rejects(open(folder.path, snapshots), /none of an audit logger/);
  first.abandon();
});

Deno.test("AuditProcessor syncs to disk when asked to, with the same bytes", async () => {
  using folder = tempFolder();
  const processor = await open(folder.path, new Snapshots(), { syncToDisk: true });
  await processor.process(RECORDS);
  await processor.flush("stopping");
  assert.deepEqual(readAll(folder.path), REFERENCE);
});

Deno.test("OpenFiles keeps no more files open than its limit, and loses nothing by it", () => {
  using folder = tempFolder();
  const files = new OpenFiles(3);
  const paths = Array.from({ length: 10 }, (_, i) => `${folder.path}/${i}`);
  for (const path of paths) files.create(path);
  for (let round = 0; round < 3; round++) {
    for (const path of paths) files.append(path, Uint8Array.of(48 + round));
    assert.equal(files.size, 3);
  }
  for (const path of paths) files.release(path);
  assert.equal(files.size, 0);
  for (const path of paths) assert.equal(Deno.readTextFileSync(path), "012");
  Deno.removeSync(paths[0]!); // there are ten
  assert.throws(() => files.append(paths[0]!, Uint8Array.of(1)), Deno.errors.NotFound);
});
