import assert from "node:assert/strict";
import { auditCommand } from "../../sim/audit_command.ts";
import { lockFile } from "../../actors/floor/process_lock.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { topicSettings } from "../../kafka/topics.ts";
import { auditPlace, openAuditProcessor } from "../../actors/audit_logger/audit_processor.ts";

const SEGMENT = "audit/orders/2/00000000000000000000-00000000000000000300.ndjson";

/** A finished run of 300 orders in partition 2, in a folder that is removed afterwards. */
async function finishedRun(): Promise<
  Disposable & { readonly runs: string; readonly run: string }
> {
  const runs = Deno.makeTempDirSync();
  const run = `${runs}/calm-1`;
  Deno.mkdirSync(run);
  Deno.writeTextFileSync(`${run}/manifest.json`, "{}");
  const at = { topic: "orders", partition: 2 };
  await using log = await openEventLog({ kind: "embedded", path: `${run}/log.sqlite` });
  await log.createTopics(topicSettings());
  const records = Array.from(
    { length: 300 },
    (_, i) => ({ key: "AAPL", value: `{"side":"buy","n":${i}}` }),
  );
  await log.publish([{ ...at, records }]);
  const processor = await openAuditProcessor(at, {
    place: auditPlace({ folder: `${run}/audit`, instance: "audit-logger-0", incarnation: 1 }),
    loadSnapshot: () => Promise.resolve(null),
    saveSnapshot: () => Promise.resolve(),
  });
  const reader = log.openReader([{ ...at, offset: 0 }]);
  for (const batch of await reader.poll({ timeoutMs: 5_000 })) {
    await processor.process(batch.records);
  }
  reader.close();
  await processor.flush("stopping");
  return { runs, run, [Symbol.dispose]: () => Deno.removeSync(runs, { recursive: true }) };
}

async function audit(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await auditCommand(argv, {
    print: (line) => lines.push(line),
    openLog: (config) => openEventLog(config),
  });
  return { code, text: lines.join("\n") };
}

Deno.test("auditCommand() finds a right run right, by id and by folder", async () => {
  using place = await finishedRun();
  for (const argv of [["calm-1", "--runs", place.runs], [place.run]]) {
    const { code, text } = await audit("verify", ...argv);
    assert.equal(code, 0, text);
    assert.match(text, /300 records in 1 file of 1 partition/);
    assert.match(text, /every line against the run's log/);
    assert.match(text, /^right$/m);
  }
});

Deno.test("auditCommand() finds a flipped byte and names file, line and record", async () => {
  using place = await finishedRun();
  const path = `${place.run}/${SEGMENT}`;
  const bytes = Deno.readFileSync(path);
  bytes[new TextDecoder().decode(bytes).indexOf('"n\\":277') + 5]! ^= 1;
  Deno.writeFileSync(path, bytes);
  const { code, text } = await audit("verify", place.run);
  assert.equal(code, 1, text);
  assert.match(text, /orders\/2\/0{20}-0{17}300\.ndjson:279: differs-from-log: record 277 is not/);
  assert.match(text, /^WRONG: 1 finding$/m);
});

Deno.test("auditCommand() checks the chain alone when the log is missing, and says so", async () => {
  using place = await finishedRun();
  Deno.removeSync(`${place.run}/log.sqlite`);
  const { code, text } = await audit("verify", place.run);
  assert.equal(code, 0, text);
  assert.match(text, /NOT checked: lines against the run's log/);
});

Deno.test("auditCommand() prints findings as JSON", async () => {
  using place = await finishedRun();
  Deno.removeSync(`${place.run}/${SEGMENT}`);
  const { code, text } = await audit("verify", place.run, "--json");
  assert.equal(code, 1);
  assert.equal(JSON.parse(text).findings[0].kind, "missing-records");
});

Deno.test("auditCommand() says what is wrong with its arguments", async () => {
  using place = await finishedRun();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Say what to do: verify/],
    [["check"], /Unknown command "check": there is verify/],
    [["verify"], /Say which run/],
    [["verify", "a", "b"], /One run at a time/],
    [["verify", "--fast", "a"], /--fast/],
    [["verify", "calm-2", "--runs", place.runs], /not there; the latest runs are calm-1/],
    [["verify", `${place.run}/audit`], /it has no audit folder/],
    [["verify", "calm-2", "--runs", `${place.runs}/none`], /there are no runs in/],
  ];
  for (const [argv, expected] of cases) {
    const { code, text } = await audit(...argv);
    assert.equal(code, 2);
    assert.match(text, expected);
  }
  assert.equal((await audit("--help")).code, 0);
});

Deno.test("auditCommand() refuses a run that is being played, and a log that is none", async () => {
  using place = await finishedRun();
  {
    using _lock = await lockFile(`${place.run}/lock`);
    const { code, text } = await audit("verify", place.run);
    assert.equal(code, 2);
    assert.match(text, /a process is playing it now/);
  }
  Deno.writeTextFileSync(
    `${place.run}/log.sqlite`,
    "this is no database, and long enough to tell".repeat(40),
  );
  const { code, text } = await audit("verify", place.run);
  assert.equal(code, 2, text);
});
