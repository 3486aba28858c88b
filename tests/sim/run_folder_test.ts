import assert from "node:assert/strict";
import { join } from "node:path";
import { seededRandom } from "../../actors/seeded_random.ts";
import { cleanCommand, cleanRuns, findRuns } from "../../sim/clean_command.ts";
import { compileScenario } from "../../sim/compile_scenario.ts";
import {
  createRunFolder,
  isRunId,
  newRunId,
  openRunFolder,
  RunFolderError,
  runPaths,
} from "../../sim/run_folder.ts";
import { readManifest, type RunManifest, writeManifest } from "../../sim/run_manifest.ts";
import { scenario } from "../../sim/scenario.ts";

const session = scenario("session", {
  teaches: "One phase.",
  symbols: ["AAPL"],
  phases: [{ name: "a", kind: "constant", ratePerSecond: 1, duration: "1s" }],
  thresholds: { "answer.p99": "<50ms" },
});

async function manifest(runId: string): Promise<RunManifest> {
  return {
    version: 1,
    runId,
    plan: await compileScenario(session),
    sessionStartsAt: null,
    elapsedBefore: 0,
    durability: "process",
    versions: { outcry: "0.1.0", deno: "2.9.6" },
    started: { at: "2026-03-01T09:30:00.000Z", argv: ["scenarios/session.ts"] },
    resumed: [],
  };
}

async function withRuns(use: (runs: string) => Promise<void>): Promise<void> {
  const runs = await Deno.makeTempDir();
  try {
    await use(runs);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

/** A run that was played: it has a log. */
async function playedRun(runs: string, runId: string): Promise<string> {
  using folder = await createRunFolder(runs, await manifest(runId));
  await Deno.writeTextFile(folder.paths.log, "");
  return folder.paths.directory;
}

async function refusal(opening: Promise<Disposable>): Promise<string> {
  const error: unknown = await opening.then((folder) => folder[Symbol.dispose](), (e) => e);
  assert.ok(error instanceof RunFolderError, String(error));
  return error.message;
}

Deno.test("newRunId() has the scenario, the time in UTC and four random digits", () => {
  const at = Date.UTC(2026, 2, 1, 9, 30, 5);
  const id = newRunId("burst", at, seededRandom(1, "run id"));
  assert.match(id, /^burst-20260301-093005-[0-9a-z]{4}$/);
  assert.ok(isRunId(id));
  for (const text of ["", "../x", "a/b", ".hidden", "x".repeat(129)]) assert.ok(!isRunId(text));
});

Deno.test("createRunFolder() writes a manifest that openRunFolder() reads back", async () => {
  await withRuns(async (runs) => {
    const directory = await playedRun(runs, "one");
    using folder = await openRunFolder(directory);
    assert.equal(folder.runId, "one");
    assert.deepEqual(folder.manifest, await manifest("one"));
    assert.ok((await Deno.stat(folder.paths.audit)).isDirectory);
  });
});

Deno.test("createRunFolder() refuses a run that exists, and a bad id", async () => {
  await withRuns(async (runs) => {
    await playedRun(runs, "one");
    assert.match(
      await refusal(createRunFolder(runs, await manifest("one"))),
      /exists already; give another --run-id, or --resume/,
    );
    assert.match(await refusal(createRunFolder(runs, await manifest("../one"))), /a run's id is/);
  });
});

Deno.test("openRunFolder() refuses a run that is being played", async () => {
  await withRuns(async (runs) => {
    const directory = await playedRun(runs, "one");
    {
      using _playing = await openRunFolder(directory);
      assert.match(await refusal(openRunFolder(directory)), /a process is playing it now/);
    }
    using _again = await openRunFolder(directory);
  });
});

Deno.test("openRunFolder() takes a run whose process was killed", async () => {
  await withRuns(async (runs) => {
    const directory = await playedRun(runs, "one");
    const lock = join(directory, "lock");
    const holder = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `const file = await Deno.open(Deno.args[0], { read: true, write: true });
         await file.lock(true);
         console.log("locked");
         setInterval(() => {}, 1000);`,
        lock,
      ],
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    assert.match(await refusal(openRunFolder(directory)), /a process is playing it now/);
    holder.kill("SIGKILL");
    await holder.status;
    await reader.cancel();
    using folder = await openRunFolder(directory);
    assert.equal(folder.runId, "one");
  });
});

Deno.test("openRunFolder() says what is wrong with a folder that is no run's", async () => {
  await withRuns(async (runs) => {
    assert.match(await refusal(openRunFolder(join(runs, "none"))), /it has no manifest\.json/);
    const directory = await playedRun(runs, "one");
    const { manifest: path, log } = runPaths(directory);
    const whole = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, whole.slice(0, 50));
    assert.match(await refusal(openRunFolder(directory)), /its manifest\.json is not JSON/);
    await Deno.writeTextFile(path, `{ "version": 2 }`);
    assert.match(await refusal(openRunFolder(directory)), /has version 2; .* reads version 1$/);
    const { durability: _, ...rest } = JSON.parse(whole);
    await Deno.writeTextFile(path, JSON.stringify(rest));
    assert.match(await refusal(openRunFolder(directory)), /is not one: durability: missing/);
    await Deno.writeTextFile(path, whole);
    await Deno.remove(log);
    assert.match(await refusal(openRunFolder(directory)), /it has no log\.sqlite/);
  });
});

const CLUSTER = {
  kind: "kafka",
  brokers: ["kafka-1:9092", "kafka-2:9092"],
  client: "platformatic",
  topicPrefix: "one.",
  tls: { caFile: null },
  sasl: { mechanism: "scram-sha-512" },
} as const;

Deno.test("openRunFolder() takes a run whose log is on a cluster, and reads which", async () => {
  await withRuns(async (runs) => {
    for (
      const log of [CLUSTER, { kind: "kafka", brokers: ["a:1"], topicPrefix: "" }] as const
    ) {
      const runId = `run-${log.topicPrefix}x`;
      const written = { ...await manifest(runId), log };
      using folder = await createRunFolder(runs, written);
      folder[Symbol.dispose]();
      using again = await openRunFolder(folder.paths.directory);
      assert.deepEqual(again.manifest, written);
    }
  });
});

Deno.test("a manifest's log takes no secrets", async () => {
  await withRuns(async (runs) => {
    const path = join(runs, "manifest.json");
    const withSecret = { ...await manifest("one"), log: { ...CLUSTER, password: "hunter2" } };
    await Deno.writeTextFile(path, JSON.stringify(withSecret));
    await assert.rejects(readManifest(path), (error: Error) => {
      assert.match(error.message, /is not one: log: /);
      assert.doesNotMatch(error.message, /hunter2/);
      return true;
    });
  });
});

Deno.test("openRunFolder() opens a run of virtual time that was kept, and says what to do where none was", async () => {
  await withRuns(async (runs) => {
    const virtual = { startsAt: "2026-03-02T14:30:00.000Z" };
    const killed = { ...await manifest("killed"), virtual };
    (await createRunFolder(runs, killed))[Symbol.dispose]();
    const directory = join(runs, "killed");
    assert.match(
      await refusal(openRunFolder(directory)),
      /in virtual time and its process ended before it did, so nothing was kept; play it again/,
    );
    await Deno.writeTextFile(runPaths(directory).log, "");
    using folder = await openRunFolder(directory);
    assert.deepEqual(folder.manifest, killed);
  });
});

Deno.test("writeManifest() leaves nothing beside the manifest", async () => {
  await withRuns(async (runs) => {
    const path = join(runs, "manifest.json");
    const changed = { ...await manifest("one"), sessionStartsAt: 5 };
    writeManifest(path, await manifest("one"));
    writeManifest(path, changed);
    assert.deepEqual(await readManifest(path), changed);
    assert.deepEqual(Array.from(Deno.readDirSync(runs), ({ name }) => name), ["manifest.json"]);
  });
});

Deno.test("cleanRuns() removes runs, keeps the newest, and leaves all else", async () => {
  await withRuns(async (runs) => {
    for (const id of ["a", "b", "c"]) await playedRun(runs, id);
    await Deno.mkdir(join(runs, "notes"));
    await Deno.writeTextFile(join(runs, "notes", "mine.txt"), "keep me");
    const order = (await findRuns(runs)).map(({ runId }) => runId);
    assert.deepEqual([...order].sort(), ["a", "b", "c"]);
    const { removed } = await cleanRuns(runs, 1);
    assert.deepEqual(removed.map(({ runId }) => runId), order.slice(0, 2));
    assert.deepEqual((await findRuns(runs)).map(({ runId }) => runId), order.slice(2));
    assert.equal(await Deno.readTextFile(join(runs, "notes", "mine.txt")), "keep me");
  });
});

Deno.test("cleanRuns() leaves a run that is being played", async () => {
  await withRuns(async (runs) => {
    using _playing = await createRunFolder(runs, await manifest("busy"));
    const { removed, busy } = await cleanRuns(runs, 0);
    assert.deepEqual([removed.length, busy.map(({ runId }) => runId)], [0, ["busy"]]);
  });
});

Deno.test("cleanCommand() says what it did, and what would be right", async () => {
  await withRuns(async (runs) => {
    const printed: string[] = [];
    const run = (...argv: string[]) => cleanCommand(argv, (line) => printed.push(line));
    const directory = await playedRun(runs, "one");
    assert.equal(await run("--runs", runs), 0);
    assert.equal(printed.pop(), `removed ${directory}`);
    using onCluster = await createRunFolder(runs, { ...await manifest("two"), log: CLUSTER });
    onCluster[Symbol.dispose]();
    assert.equal(await run("--runs", runs), 0);
    assert.equal(
      printed.pop(),
      "  its topics are still on the cluster: deno task topics delete --run two --delete " +
        "--brokers kafka-1:9092,kafka-2:9092 --client platformatic --tls --sasl scram-sha-512 " +
        '--topic-prefix "one."',
    );
    assert.equal(printed.pop(), `removed ${onCluster.paths.directory}`);
    assert.equal(await run("--runs", runs), 0);
    assert.equal(printed.pop(), `nothing to remove in ${runs}`);
    assert.equal(await run("--keep", "few"), 104);
    assert.match(printed.pop()!, /^--keep: "few": must be a whole number, 0 or more\n\nUsage: /);
    assert.equal(await run("--all"), 104);
    assert.equal(await run("--help"), 0);
  });
});
