import assert from "node:assert/strict";
import { join } from "node:path";
import { startFloor } from "../../mod.ts";
import { actorsCommand } from "../../sim/actors_command.ts";
import { parseActorsArguments } from "../../sim/command_line/actors_arguments.ts";
import { ExitCode } from "../../sim/command_line/exit_codes.ts";
import { loadScenario } from "../../sim/command_line/load_scenario.ts";
import { compileScenario } from "../../sim/compile_scenario.ts";
import { eventually } from "../support/eventually.ts";

const SCENARIO = new URL("./session/short_burst.ts", import.meta.url).pathname;

/** Runs the command in this process; `leave` is what Ctrl-C does. */
function run(...args: readonly string[]) {
  const lines: string[] = [];
  const leaving = new AbortController();
  const line = (text: string) => void lines.push(text);
  const code = actorsCommand(args, { say: line, complain: line, leaving: leaving.signal });
  return { code, lines, text: () => lines.join("\n"), leave: () => leaving.abort() };
}

async function refused(args: readonly string[], said: RegExp): Promise<void> {
  const { code, text } = run(...args);
  assert.equal(await code, ExitCode.invalid, text());
  assert.match(text(), said);
}

Deno.test("actors refuses options that make no sense, and says what would be right", async () => {
  const run = ["--run", "burst-1"];
  const only = ["--only", "notifier"];
  await refused([], /--only: is missing.*\n--run: is missing[\s\S]*Usage: deno task actors/);
  await refused([...run, "--only", "trading-engin=2"], /did you mean "trading-engine"\?/);
  await refused([...run, "--only", "trading-engine=0"], /with N from 1 to 64/);
  await refused([...run, "--only", "trading-engine=2=3"], /must be trading-engine or/);
  await refused([...run, "--only", "notifier,notifier=2"], /notifier is listed twice/);
  await refused([...run, "--only", "order-command-producer"], /must be ROLE or ROLE=N/);
  await refused([...run, ...only, "--name", "a b"], /--name: "a b": must be/);
  await refused([...run, ...only, "--broker", "x:1"], /did you mean --brokers\?/);
  await refused([...run, ...only, "--tls"], /--tls: goes with --brokers HOST:PORT/);
  await refused([...run, ...only, "extra"], /extra: all is said by options/);
  await refused([...run, ...only, "--audit-folder", "a"], /goes with --only audit-logger/);
  await refused([...run, ...only, "--metrics-port", "x"], /--metrics-port: "x": must be a whole n/);
  const cluster = ["--brokers", "localhost:9092"];
  await refused([...run, ...cluster, "--only", "audit-logger"], /--audit-folder: is missing/);
  await refused(["--run", "runs/x", ...cluster, ...only], /it is a run's id, and no folder/);
});

Deno.test("parseActorsArguments() reads roles, cluster and names", () => {
  const command = parseActorsArguments(
    ("--only trading-engine=2,portfolio-manager --only notifier=3 --run burst-1 --name left " +
      "--brokers a:1,b:2 --client platformatic").split(" "),
  );
  assert.ok(command.kind === "join");
  assert.deepEqual(command.instances, {
    "trading-engine": 2,
    "portfolio-manager": 1,
    "notifier": 3,
  });
  assert.equal(command.name, "left");
  assert.deepEqual(command.cluster?.brokers, ["a:1", "b:2"]);
  assert.equal(command.cluster?.client, "platformatic");
  assert.equal(command.cluster?.topicPrefix, "burst-1.");
});

Deno.test("actors names the runs that are there when the one asked for is not", async () => {
  const runs = await Deno.makeTempDir({ prefix: "outcry-runs-" });
  try {
    const asked = ["--only", "notifier", "--run", "burst-9", "--runs", runs];
    await refused(asked, /Cannot join run "burst-9": it has no log on this machine; there are no/);
    await Deno.mkdir(join(runs, "burst-7"));
    await Deno.writeTextFile(join(runs, "burst-7", "manifest.json"), "{}");
    await refused(asked, /the latest runs are burst-7\. One on a Kafka cluster is joined with --b/);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});

Deno.test("actors joins a run with its scenario's parameters, says what it serves, and leaves", async () => {
  const runs = await Deno.makeTempDir({ prefix: "outcry-runs-" });
  try {
    const { scenario, resolveFile } = await loadScenario(SCENARIO);
    const { symbols, limits, partitions } = await compileScenario(scenario, { resolveFile });
    const directory = join(runs, "burst-1");
    await using floor = await startFloor({
      log: "embedded",
      directory,
      symbols: symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
      limits,
      partitions,
      instances: { "trading-engine": 0 },
    });
    const asked = ["--only", "trading-engine=2", "--run", "burst-1", "--runs", runs];
    const own = ["--name", "left", "--scenario", SCENARIO, "--metrics-port", "0"];
    const joined = run(...asked, ...own);
    await eventually(
      "its engines serve what there is",
      async () => {
        const { members } = await floor.log.describeGroup("trading-engine");
        return members.length === 2 && /trading-engine-1\.left serves orders/.test(joined.text());
      },
      60_000,
    );
    await floor.idle();
    const [, url = ""] = /metrics are served at (\S+)/.exec(joined.text()) ?? [];
    const metrics = await (await fetch(url)).text();
    assert.match(
      metrics,
      /^outcry_actor_running\{role="trading-engine",actor="trading-engine-1\.left"\} 1$/m,
    );
    assert.match(metrics, /^outcry_log_up 1$/m);
    joined.leave();
    assert.equal(await joined.code, ExitCode.held);
    assert.match(joined.text(), /joined run burst-1 as left, by process \d+; Ctrl-C leaves/);
    assert.match(joined.text(), /left: the partitions are handed back/);
    await assert.rejects(fetch(url), "nobody listens any more");
    assert.deepEqual((await floor.log.describeGroup("trading-engine")).members, []);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});

Deno.test("actors does not join a run of another scenario, and names the difference", async () => {
  const runs = await Deno.makeTempDir({ prefix: "outcry-runs-" });
  try {
    const directory = join(runs, "burst-1");
    await using floor = await startFloor({ log: "embedded", directory, symbols: ["OTHER"] });
    await floor.idle();
    await refused(
      ["--only", "notifier", "--run", directory, "--scenario", SCENARIO],
      /^Cannot join the floor: it was opened with \S+ .+, not /,
    );
    await refused(
      ["--only", "notifier", "--run", directory, "--scenario", "absent.ts"],
      /Cannot load absent.ts: there is no such file/,
    );
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});
