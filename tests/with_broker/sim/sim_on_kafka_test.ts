/**
 * `deno task sim` with its log on a real cluster: the same report and the same verdicts.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { ExitCode } from "../../../sim/command_line/exit_codes.ts";
import {
  assertWholeRun,
  openRun,
  reportOf,
  SHORT_BURST,
  type SimProcess,
  startSim,
} from "../../sim/session/sim_process.ts";
import { eventually } from "../../support/eventually.ts";
import { testBrokers } from "../support/test_brokers.ts";
import { type RunOnKafka, runOnKafka, topics } from "./runs_on_kafka.ts";
import { assertSteppedThrough } from "./stepped_through.ts";
import { sessionClients } from "../support/test_clients.ts";

const DEADLINE_MS = 60_000;

/** Waits until the traders have written so many intents; the process must be at work meanwhile. */
async function intends(sim: SimProcess, { runId }: RunOnKafka, count: number): Promise<void> {
  let ended: string | null = null;
  void sim.ended.then(({ code, err }) => ended = `it ended with ${code}: ${err}`);
  const config = { kind: "kafka", brokers: testBrokers(), topicPrefix: `${runId}.` } as const;
  await using log = await openEventLog(config);
  await eventually(`${count} intents of ${runId}`, async () => {
    assert.equal(ended, null);
    const [intents] = await log.describeTopics(["intents"]);
    return (intents?.offsets ?? []).reduce((sum, { end }) => sum + end, 0) >= count;
  }, DEADLINE_MS);
}

for (const client of sessionClients()) {
  Deno.test(`sim --brokers plays a burst by ${client}, every invariant holds, and it can be stepped through`, async () => {
    await using run = await runOnKafka(client);
    const played = await startSim(SHORT_BURST, ...run.options).ended;
    assert.equal(played.code, ExitCode.held, played.out + played.err);
    await assertWholeRun(run.directory);
    const report = await reportOf(run.directory);
    assert.ok(report.log.kind === "kafka");
    const { brokers, replication, ...named } = report.log;
    assert.deepEqual(named, { kind: "kafka", client, topicPrefix: `${run.runId}.` });
    assert.ok(brokers !== null && brokers >= 1 && replication !== null && replication >= 1);
    assert.match(played.out, new RegExp(`Kafka \\d brokers? by ${client}, replication \\d`));
    await assert.rejects(Deno.stat(join(run.directory, "log.sqlite")), Deno.errors.NotFound);
    await assertSteppedThrough(run);
  });

  Deno.test(`sim --resume goes on by ${client} with a run that was killed in mid-burst`, async () => {
    await using run = await runOnKafka(client);
    const first = startSim(SHORT_BURST, ...run.options);
    await intends(first, run, 300);
    first.kill("SIGKILL");
    assert.equal((await first.ended).signal, "SIGKILL");
    // Which cluster it is on is in the run's manifest.
    const second = await startSim("--resume", run.directory).ended;
    assert.equal(second.code, ExitCode.held, second.out + second.err);
    assert.equal((await reportOf(run.directory)).resumed, 1);
    await assertWholeRun(run.directory);
  });
}

Deno.test("sim --resume takes a cluster that has moved, and another client", async () => {
  await using run = await runOnKafka("kafkajs");
  const first = startSim(SHORT_BURST, ...run.options);
  await intends(first, run, 100);
  first.kill("SIGKILL");
  await first.ended;
  const path = join(run.directory, "manifest.json");
  const manifest = await Deno.readTextFile(path);
  const [broker] = testBrokers();
  const moved = JSON.stringify({ ...JSON.parse(manifest).log, brokers: ["127.0.0.1:1"] });
  const changed = { ...JSON.parse(manifest), log: JSON.parse(moved) };
  await Deno.writeTextFile(path, JSON.stringify(changed));
  const lost = await startSim("--resume", run.directory).ended;
  assert.equal(lost.code, ExitCode.failed);
  assert.match(
    lost.err,
    /nothing listens at 127\.0\.0\.1:1; .*\n.* go on with it: deno task sim --resume/,
  );
  const found = await startSim(
    ...["--resume", run.directory, "--brokers", broker!, "--client", "platformatic"],
  ).ended;
  assert.equal(found.code, ExitCode.held, found.out + found.err);
  const report = await reportOf(run.directory);
  assert.equal(report.log.kind === "kafka" && report.log.client, "platformatic");
  await assertWholeRun(run.directory);
});

Deno.test("sim sets aside bytes that are no message, which another program wrote to a topic", async () => {
  await using run = await runOnKafka("kafkajs");
  const sim = startSim(SHORT_BURST, ...run.options);
  await intends(sim, run, 100);
  {
    const config = { kind: "kafka", brokers: testBrokers(), topicPrefix: `${run.runId}.` } as const;
    await using log = await openEventLog(config);
    const records = [
      { key: "user-1", value: new Uint8Array([0xff, 0xfe, 0x00]) },
      { key: null, value: "{" },
    ];
    await log.publish([{ topic: "order-commands", partition: 0, records }]);
  }
  const played = await sim.ended;
  assert.equal(played.code, ExitCode.held, played.out + played.err);
  const report = await reportOf(run.directory);
  assert.equal(report.counts.deadLetters, 2);
  assert.deepEqual(report.invariants.filter(({ status }) => status !== "held"), []);
  await using log = await openRun(run.directory);
  const [letters] = await log.describeTopics(["dead-letters"]);
  assert.equal(letters!.offsets.reduce((sum, { end }) => sum + end, 0), 2);
});

Deno.test("sim refuses what cannot be before anything is made, and says what would be right", async () => {
  const runs = await Deno.makeTempDir({ prefix: "outcry-kafka-" });
  try {
    const cases = [
      [["--brokers", "127.0.0.1:1"], ExitCode.failed, /nothing listens at 127\.0\.0\.1:1; /],
      [
        ["--brokers", "no-such-host.invalid:9092"],
        ExitCode.failed,
        /there is no host no-such-host/,
      ],
      [["--brokers", "127.0.0.1"], ExitCode.invalid, /the port is missing/],
    ] as const;
    for (const [options, code, says] of cases) {
      const refused = await startSim(SHORT_BURST, "--runs", runs, ...options).ended;
      assert.equal(refused.code, code, refused.out + refused.err);
      assert.match(refused.err, says);
      if (code === ExitCode.failed) assert.match(refused.err, /\nNothing was started\.\n$/);
      assert.deepEqual([...Deno.readDirSync(runs)], []);
    }
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});

Deno.test("sim refuses a run whose topics are on the cluster already", async () => {
  await using run = await runOnKafka("kafkajs");
  assert.equal((await topics("create", "--run", run.runId)).code, 0);
  const refused = await startSim(SHORT_BURST, ...run.options).ended;
  assert.equal(refused.code, ExitCode.invalid, refused.out + refused.err);
  assert.match(refused.err, /the cluster has topics of such a run already/);
  const command = /deno task topics (delete --run \S+ --delete) /.exec(refused.err);
  assert.deepEqual([...Deno.readDirSync(run.runs)], []);
  // What it says to do, done.
  assert.equal((await topics(...command![1]!.split(" "))).code, 0);
  const played = await startSim(SHORT_BURST, ...run.options).ended;
  assert.equal(played.code, ExitCode.held, played.out + played.err);
});
