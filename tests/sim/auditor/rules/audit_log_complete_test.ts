import assert from "node:assert/strict";
import { writeAuditFolder } from "../support/audit_writer.ts";
import type { ArrayLog } from "../support/array_log.ts";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";

const RULE = "audit-log-complete";

async function withAudit(act: (log: ArrayLog, auditFolder: string) => Promise<void>) {
  const auditFolder = await Deno.makeTempDir();
  try {
    const { log } = playSession();
    writeAuditFolder(auditFolder, log);
    await act(log, auditFolder);
  } finally {
    await Deno.remove(auditFolder, { recursive: true });
  }
}

function firstFile(folder: string): string {
  return `${folder}/${[...Deno.readDirSync(folder)][0]!.name}`;
}

Deno.test("audit-log-complete finds a flipped byte and names the record", async () => {
  await withAudit(async (log, auditFolder) => {
    const file = firstFile(`${auditFolder}/orders/0`);
    const bytes = Deno.readFileSync(file);
    bytes[25]! ^= 1;
    Deno.writeFileSync(file, bytes);
    const verdict = assertViolated(
      await judge(log, { auditFolder }),
      RULE,
      /another line for offset 0/,
    );
    assert.deepEqual(verdict.counterexample!.chain, [{ topic: "orders", partition: 0, offset: 0 }]);
  });
});

Deno.test("audit-log-complete finds a record that was changed in the log afterwards", async () => {
  await withAudit(async (log, auditFolder) => {
    log.records("notifications", 1)[2]!.timestamp += 1;
    const verdict = assertViolated(
      await judge(log, { auditFolder }),
      RULE,
      /another line for offset 2/,
    );
    assert.equal(verdict.counterexample!.chain[0]!.topic, "notifications");
  });
});

Deno.test("audit-log-complete finds a partition that was not written down", async () => {
  await withAudit(async (log, auditFolder) => {
    await Deno.remove(`${auditFolder}/intents`, { recursive: true });
    assertViolated(await judge(log, { auditFolder }), RULE, /intents\/0 has no segment at 0/);
    const open = verdictOn(await judge(log, { auditFolder, drained: false }), RULE);
    assert.equal(open.status, "unknown");
  });
});

Deno.test("audit-log-complete finds repeats missing too, since they are records", async () => {
  await withAudit(async (log, auditFolder) => {
    log.append("market-data", 1, { ...log.records("market-data", 1)[0]! });
    assertViolated(await judge(log, { auditFolder }), RULE, /market-data\/1 ends at \d+/);
  });
});
