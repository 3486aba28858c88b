import assert from "node:assert/strict";
import { type EventLog, EventLogError, type LogRecord } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { auditLogInThreads } from "../../../sim/auditor/audit_log_in_threads.ts";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import { PAGE_BYTES } from "../../../sim/auditor/memory/page_memory.ts";
import { readPartition } from "../../../sim/auditor/partition_stream.ts";
import type { AuditReport } from "../../../sim/auditor/verdict.ts";
import { writePartition } from "./support/audit_writer.ts";
import { copyToFile } from "./support/embedded_copy.ts";
import { playFolds } from "./support/folded_floor.ts";
import { rewrite } from "./support/tampering.ts";

Deno.test("auditLogInThreads() finds what auditRun() finds, and leaves no file", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const log = playFolds(8, 400);
    rewrite(log, "market-data", { type: "trade" }, { quantityLots: 4711 });
    const config = { kind: "embedded", path: `${folder}/log.sqlite` } as const;
    await copyToFile(log, config.path);
    const files = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const before = files();
    const shares = { halves: [] as number[], again: [] as number[] };
    const inThreads = await auditLogInThreads(config, {
      now: () => 0,
      memory: { bytes: 16 * PAGE_BYTES, folder },
      onProgress: ({ recordsRead, recordsTotal, judgesAgain }) =>
        shares[judgesAgain ? "again" : "halves"].push(recordsRead / recordsTotal),
    });
    assert.deepEqual(files(), before);
    await using file = await openEventLog(config, { create: false });
    assert.deepEqual(inThreads, await auditRun(file, { now: () => 0 }));
    const violated = inThreads.verdicts.filter(({ status }) => status === "violated");
    assert.ok(violated.some(({ rule }) => rule === "price-time-priority"));
    for (const each of Object.values(shares)) {
      assert.deepEqual(each, each.toSorted((a, b) => a - b));
      assert.equal(each.at(-1), 1);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

/** The audit log of what a log's file holds, with the stamps that it gave. */
async function writeAuditOf(log: EventLog, folder: string): Promise<void> {
  for (const { name: topic, offsets } of await log.describeTopics()) {
    if (topic === "snapshots") continue;
    for (const [partition, { start, end }] of offsets.entries()) {
      const records: LogRecord[] = [];
      for await (const some of readPartition(log, { topic, partition, start, end })) {
        records.push(...some);
      }
      writePartition(`${folder}/${topic}/${partition}`, `${topic}/${partition}`, records);
    }
  }
}

Deno.test("auditLogInThreads() compares the audit log, each topic once, while memory is given back", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = { kind: "embedded", path: `${folder}/log.sqlite` } as const;
    const auditFolder = `${folder}/audit`;
    const log = playFolds(9, 700);
    await copyToFile(log, config.path);
    await using file = await openEventLog(config, { create: false });
    await writeAuditOf(file, auditFolder);
    const options = { auditFolder, now: () => 0 };
    const verdictOf = ({ verdicts }: AuditReport) =>
      verdicts.find(({ rule }) => rule === "audit-log-complete")!;
    const whole = verdictOf(
      await auditLogInThreads(config, {
        ...options,
        onProgress: ({ judgesAgain }) => assert.ok(!judgesAgain),
      }),
    );
    assert.equal(whole.status, "held");
    assert.equal(whole.checked, (await auditRun(file, options)).recordsRead);
    for (const topic of ["notifications", "intents"]) {
      const path = `${auditFolder}/${topic}/0`;
      const last = [...Deno.readDirSync(path)].map(({ name }) => name).sort().at(-1)!;
      const bytes = Deno.readFileSync(`${path}/${last}`);
      bytes[Math.floor(bytes.length * 0.9)]! ^= 1;
      Deno.writeFileSync(`${path}/${last}`, bytes);
      const broken = verdictOf(await auditLogInThreads(config, options));
      assert.equal(broken.status, "violated");
      assert.deepEqual(broken, verdictOf(await auditRun(file, options)));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("auditLogInThreads() says why a thread could not go on", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const config = { kind: "embedded", path: `${folder}/log.sqlite` } as const;
    await assert.rejects(
      auditLogInThreads(config),
      (error) => error instanceof EventLogError && error.code === "log-missing",
    );
    await copyToFile(playFolds(8, 400), config.path);
    const memory = { bytes: 16 * PAGE_BYTES, folder: `${folder}/none` };
    await assert.rejects(
      auditLogInThreads(config, { memory }),
      /Cannot make a temporary file in .*\/none/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
