import assert from "node:assert/strict";
import { join } from "node:path";
import { lockFile } from "../../../actors/floor/process_lock.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { openActorLog } from "../../../sim/actor_log/open_actor_log.ts";
import { UnreadableRunError } from "../../../sim/find_run.ts";
import { EventLogError } from "../../../kafka/event_log.ts";
import { playRun } from "../../support/played_run.ts";

const SHORT = { durationMs: 500 };

/** What opening a run says, which must be an error that needs no stack. */
async function refusal(run: string | null, runs: string): Promise<string> {
  try {
    await (await openActorLog({ run, runs }))[Symbol.asyncDispose]();
  } catch (error) {
    assert.ok(error instanceof UnreadableRunError || error instanceof EventLogError, String(error));
    return error.message;
  }
  return assert.fail("the run was opened");
}

function bytesIn(directory: string): Map<string, number> {
  return new Map(
    [...Deno.readDirSync(directory)].map((
      { name },
    ) => [name, Deno.statSync(join(directory, name)).size]),
  );
}

Deno.test("openActorLog() makes the index once and finds it again, by id, folder and as the newest", async () => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  let told = 0;
  {
    await using log = await openActorLog({ run: runId, runs, onProgress: () => told++ });
    assert.equal(log.run.scenario?.name, "crash_before_commit");
    assert.equal(log.run.virtual, true);
    assert.equal(log.run.finished, false, "no report was written");
  }
  assert.ok(told > 0);
  const made = bytesIn(join(directory, "steps"));
  for (const run of [directory, null]) {
    const again = () => assert.fail("made anew");
    await using log = await openActorLog({ run, runs, onProgress: again, onRebuild: again });
    assert.ok(log.index.length > 100);
  }
  assert.deepEqual(bytesIn(join(directory, "steps")), made);
});

Deno.test("openActorLog() lets several read a run, and nobody play it meanwhile", async () => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  await using _one = await openActorLog({ run: runId, runs });
  await using _other = await openActorLog({ run: runId, runs });
  assert.equal(await lockFile(join(directory, "lock")), null);
});

Deno.test("openActorLog() makes the index anew when the log has grown, and says so", async () => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  const before = await openActorLog({ run: runId, runs });
  const { length } = before.index;
  await before[Symbol.asyncDispose]();
  {
    await using log = await openEventLog({ kind: "embedded", path: join(directory, "log.sqlite") });
    const records = [{ key: "eve", value: "not JSON" }];
    await log.publish([{ topic: "order-commands", partition: 1, records }]);
  }
  const why: string[] = [];
  await using log = await openActorLog({ run: runId, runs, onRebuild: (text) => why.push(text) });
  assert.equal(log.index.length, length + 1);
  assert.ok(
    why.length > 0 && why.every((text) => /gone on since|now it ends/.test(text)),
    why.join(),
  );
});

Deno.test("openActorLog() makes a damaged index anew", async () => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  const before = await openActorLog({ run: runId, runs });
  const first = await before.entry(100);
  await before[Symbol.asyncDispose]();
  for (const { name } of Deno.readDirSync(join(directory, "steps"))) {
    const path = join(directory, "steps", name);
    Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2));
  }
  const why: string[] = [];
  await using log = await openActorLog({ run: runId, runs, onRebuild: (text) => why.push(text) });
  assert.ok(why.length > 0);
  assert.deepEqual(await log.entry(100), first);
});

Deno.test("openActorLog() says when the run's folder cannot take its index", async () => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  // As root everything can be written; that a file is in the way stops anybody.
  await Deno.writeTextFile(join(directory, "steps"), "");
  assert.match(
    await refusal(runId, runs),
    /^Cannot step through .*: its folder keeps a lock and the run's index, and cannot take them: .*; copy the run/,
  );
  using lock = await lockFile(join(directory, "lock"));
  assert.notEqual(lock, null, "and lets go of the run");
});

Deno.test("openActorLog() says what is wrong with a run that cannot be stepped through", async (t) => {
  using played = await playRun("crash_before_commit", SHORT);
  const { runs, runId, directory } = played;
  const copy = (name: string) => {
    const to = join(runs, name);
    Deno.mkdirSync(to);
    for (const file of ["manifest.json", "log.sqlite", "events.ndjson"]) {
      Deno.copyFileSync(join(directory, file), join(to, file));
    }
    return to;
  };

  await t.step("a wrong id names the latest runs and the nearest", async () => {
    const said = await refusal("crash_before_comit", runs);
    assert.match(said, /Cannot step through run "crash_before_comit": it is not there/);
    assert.ok(said.includes(runId));
  });

  await t.step("no runs at all", async () => {
    const empty = join(runs, "empty");
    Deno.mkdirSync(empty);
    assert.match(await refusal(null, empty), /there are no runs in .*; make one: deno task sim/);
  });

  await t.step("an empty run", async () => {
    const to = join(runs, "nothing-yet");
    Deno.mkdirSync(to);
    {
      const config = { kind: "embedded", path: join(to, "log.sqlite") } as const;
      await using log = await openEventLog(config);
      await log.createTopics(topicSettings());
    }
    assert.match(
      await refusal("nothing-yet", runs),
      /its log holds no floor: the run ended before/,
    );
  });

  await t.step("a run without a log", async () => {
    Deno.mkdirSync(join(runs, "logless"));
    assert.match(await refusal("logless", runs), /Cannot step through .*logless: it has no log/);
  });

  await t.step("a run that is still going on", async () => {
    const to = copy("going-on");
    using lock = await lockFile(join(to, "lock"));
    assert.ok(lock !== null);
    assert.match(await refusal("going-on", runs), /a process is playing it now; wait .* --live/);
  });

  await t.step("a log that was cut", async () => {
    const to = copy("cut");
    const path = join(to, "log.sqlite");
    Deno.truncateSync(path, Math.floor(Deno.statSync(path).size / 2));
    assert.match(await refusal("cut", runs), /^Cannot /);
  });

  await t.step("bytes changed in the midst of a log", async () => {
    const to = copy("damaged");
    const bytes = Deno.readFileSync(join(to, "log.sqlite"));
    const at = new TextDecoder("latin1").decode(bytes).indexOf('"order-filled"');
    assert.ok(at > 0);
    bytes[at + 3]! ^= 1;
    Deno.writeFileSync(join(to, "log.sqlite"), bytes);
    assert.match(await refusal("damaged", runs), /^Cannot .*"notifications"\/\d/);
    assert.deepEqual(
      [...Deno.readDirSync(join(to, "steps"))].filter(({ name }) => !name.endsWith("-lock")),
      [],
      "nothing half-made stays",
    );
  });

  await t.step("a manifest of another version", async () => {
    const to = copy("of-the-future");
    const path = join(to, "manifest.json");
    const manifest = JSON.parse(Deno.readTextFileSync(path));
    Deno.writeTextFileSync(path, JSON.stringify({ ...manifest, version: 99 }));
    assert.match(await refusal("of-the-future", runs), /version 99; this Outcry reads version/);
  });
});
