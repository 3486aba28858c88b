import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { runPaths } from "../../../sim/run_folder.ts";
import { auditSession } from "../../../sim/session/audit_session.ts";
import { addGarbage, copyToFile } from "../auditor/support/embedded_copy.ts";
import { playSession } from "../auditor/support/sessions.ts";

Deno.test("auditSession() says when a large log must be judged once more", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const paths = runPaths(directory);
    const logConfig = { kind: "embedded", path: paths.log } as const;
    await copyToFile(playSession().log, paths.log);
    await addGarbage(paths.log, 50_000);
    const said: string[] = [];
    const { verdicts } = await auditSession({
      logConfig,
      openAgain: () => openEventLog(logConfig, { create: false }),
    }, {
      folder: { paths },
      drained: true,
      stuckAfterMs: undefined,
      digests: [],
      say: (text) => said.push(text),
    });
    assert.ok(verdicts.some(({ status }) => status === "violated"));
    assert.match(said.shift()!, /^judging once more, in one pass/);
    assert.match(said.shift()!, /^audited 50\d+ records in /);
    assert.deepEqual(said, []);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
