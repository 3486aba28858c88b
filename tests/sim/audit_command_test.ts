import assert from "node:assert/strict";
import { auditCommand } from "../../sim/audit_command.ts";
import { addGarbage, copyToFile } from "./auditor/support/embedded_copy.ts";
import { playSession } from "./auditor/support/sessions.ts";
import { rewrite } from "./auditor/support/tampering.ts";
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

async function audit(
  ...args: readonly (string | ((line: string) => void))[]
): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const argv = args.filter((arg) => typeof arg === "string");
  const [showProgress] = args.filter((arg) => typeof arg === "function");
  const code = await auditCommand(argv, {
    print: (line) => lines.push(line),
    ...(showProgress === undefined ? {} : { showProgress }),
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
    [[], /Say which run to audit/],
    [["verify"], /Say which run to verify/],
    [["verify", "a", "b"], /One run at a time/],
    [["a", "b"], /One run at a time/],
    [["verify", "a", "--open"], /--open is for the judging of a run/],
    [["check", "--runs", place.runs], /Cannot audit run "check": .*the latest runs are calm-1/],
    [[`${place.run}/audit`], /Cannot audit .*: it has no log.sqlite/],
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

/** A finished run in which Alice and Bob traded, unless it was tampered with. */
async function tradedRun(log = playSession().log): Promise<string> {
  const run = Deno.makeTempDirSync();
  await copyToFile(log, `${run}/log.sqlite`);
  return run;
}

Deno.test("auditCommand() judges a run by its topics and says what it cannot tell", async () => {
  const run = await tradedRun();
  try {
    const { code, text } = await audit(run);
    assert.equal(code, 0, text);
    assert.match(text, new RegExp(`audit of ${run}: \\d+ records in`));
    assert.match(text, /✔ conservation .*cash and shares are conserved/);
    assert.match(text, /\? audit-log-complete .*unknown: no audit folder was given/);
    assert.match(text, /\? liveness .*unknown/);
    assert.match(text, /✔ auditor-works/);
    assert.doesNotMatch(text, /✘/);
    assert.match(text, /17 invariants: 14 held, 3 unknown$/);
    assert.deepEqual(
      [...Deno.readDirSync(run)].map(({ name }) => name).sort(),
      [
        "lock",
        ...["", "-shm", "-wal", "-ends"].map((end) => `log.sqlite${end}`),
      ].filter((name) => [...Deno.readDirSync(run)].some((file) => file.name === name)).sort(),
    );
  } finally {
    Deno.removeSync(run, { recursive: true });
  }
});

Deno.test("auditCommand() shows the records that break a rule, and gives exit code 1", async () => {
  const { log } = playSession();
  rewrite(log, "market-data", { type: "trade" }, { quantityLots: 4 });
  const run = await tradedRun(log);
  try {
    const shown: string[] = [];
    const { code, text } = await audit(run, "--open", (line) => shown.push(line));
    assert.equal(code, 1, text);
    assert.match(text, /✘ price-time-priority violated once, first: a trade of 4 at 40 was told/);
    assert.match(text, /\n {24}orders\/\d\/\d+ MSFT \{"type":"order-accepted"/);
    assert.match(text, /\n {24}market-data\/\d\/\d+ MSFT \{"type":"trade"/);
    assert.match(shown.at(-2)!, /^100 %: (\d+) of \1 records/);
    assert.equal(shown.at(-1), "");
    const json = JSON.parse((await audit(run, "--json")).text);
    assert.equal(json.verdicts.length, 17);
  } finally {
    Deno.removeSync(run, { recursive: true });
  }
});

Deno.test("auditCommand() shows that a large run that breaks a rule is judged once more", async () => {
  const run = await tradedRun();
  try {
    await addGarbage(`${run}/log.sqlite`, 50_000);
    const shown: string[] = [];
    const { code, text } = await audit(run, "--open", (line) => shown.push(line));
    assert.equal(code, 1, text);
    assert.equal(shown.pop(), "");
    const again = shown.findIndex((line) => line.includes("once more"));
    assert.match(shown[again - 1]!, /^100 %: (\d+(?:,\d+)*) of \1 records/);
    assert.ok(again < shown.length - 1);
    const line = /^(\d+) % once more, in one pass: [\d,]+ of [\d,]+ records, [a-z-]+\/\d+$/;
    const percents = shown.slice(again).map((text) => Number(line.exec(text)?.[1]));
    assert.ok(percents.every(Number.isInteger));
    assert.deepEqual(percents, percents.toSorted((a, b) => a - b));
    assert.equal(percents.at(-1), 100);
  } finally {
    Deno.removeSync(run, { recursive: true });
  }
});

Deno.test("auditCommand() refuses a run that is being played, and a log that is none", async () => {
  using place = await finishedRun();
  {
    using _lock = await lockFile(`${place.run}/lock`);
    for (const argv of [["verify", place.run], [place.run]]) {
      const { code, text } = await audit(...argv);
      assert.equal(code, 2);
      assert.match(text, /a process is playing it now/);
    }
  }
  Deno.writeTextFileSync(
    `${place.run}/log.sqlite`,
    "this is no database, and long enough to tell".repeat(40),
  );
  const { code, text } = await audit("verify", place.run);
  assert.equal(code, 2, text);
});
