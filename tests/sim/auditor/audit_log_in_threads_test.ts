import assert from "node:assert/strict";
import { EventLogError } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { auditLogInThreads } from "../../../sim/auditor/audit_log_in_threads.ts";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import { PAGE_BYTES } from "../../../sim/auditor/memory/page_memory.ts";
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
    const shares: number[] = [];
    const inThreads = await auditLogInThreads(config, {
      now: () => 0,
      memory: { bytes: 16 * PAGE_BYTES, folder },
      onProgress: ({ recordsRead, recordsTotal }) => shares.push(recordsRead / recordsTotal),
    });
    assert.deepEqual(files(), before);
    await using file = await openEventLog(config, { create: false });
    assert.deepEqual(inThreads, await auditRun(file, { now: () => 0 }));
    const violated = inThreads.verdicts.filter(({ status }) => status === "violated");
    assert.ok(violated.some(({ rule }) => rule === "price-time-priority"));
    assert.deepEqual(shares, shares.toSorted((a, b) => a - b));
    assert.equal(shares.at(-1), 1);
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
