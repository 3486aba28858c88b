/**
 * `deno task sim ... --virtual`, as processes of their own.
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { auditCommand } from "../../../sim/audit_command.ts";
import { ExitCode } from "../../../sim/command_line/exit_codes.ts";
import { digestLog } from "../../../sim/digest/digest_log.ts";
import type { RunReport } from "../../../sim/report/run_report.ts";
import { readManifest } from "../../../sim/run_manifest.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { assertEqualsFoldFromZero } from "../../actors/floor/recovery_evidence.ts";
import { eventually } from "../../support/eventually.ts";
import { playGolden } from "../../golden/golden_sessions.ts";
import { reportOf, startSim, startSimOn } from "../session/sim_process.ts";

/** Any that its thresholds pass, however short it is played. */
const SCENARIO = "scenarios/opening_bell.ts";

const UNDER_WAY_MS = 20_000;

/** Another time zone and locale, one thread, and code that is not optimised. */
const ELSEWHERE = {
  env: { TZ: "Asia/Tokyo", LC_ALL: "de_DE.UTF-8" },
  v8Flags: ["--single-threaded", "--no-opt"],
} as const;

async function withRuns(work: (runs: string) => Promise<void>): Promise<void> {
  const runs = await Deno.makeTempDir({ prefix: "outcry-virtual-" });
  try {
    await work(runs);
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
}

Deno.test("sim --virtual gives the same digest in fresh processes, wherever and under whatever name", async () => {
  await withRuns(async (runs) => {
    const shared = [SCENARIO, "--virtual", "--seed", "42", "--duration", "1s"];
    const [one, other] = await Promise.all([
      startSim(...shared, "--runs", runs, "--run-id", "one", "--twice").ended,
      startSimOn(ELSEWHERE, ...shared, "--runs", join(runs, "a b"), "--run-id", "b-2", "--json")
        .ended,
    ]);
    assert.equal(one.code, ExitCode.held, one.out + one.err);
    assert.equal(other.code, ExitCode.held, other.out + other.err);
    const { virtual, invariants, log } = await reportOf(join(runs, "one"));
    const json = JSON.parse(other.out) as RunReport; // printed by --json
    assert.deepEqual(json.virtual?.digest, virtual?.digest);
    assert.equal(virtual?.again?.digest, virtual?.digest?.digest);
    assert.equal(log.kind, "memory");
    assert.match(one.out, /the same when played again/);
    const judged = (each: RunReport["invariants"]) =>
      each.find(({ rule }) => rule === "determinism")?.status;
    assert.equal(judged(invariants), "held");
    assert.equal(judged(json.invariants), undefined, "played once, it is not judged");
    await assertKept(join(runs, "one"), virtual?.digest?.digest);
    assert.match((await startSim("--resume", join(runs, "one")).ended).err, /played to its end/);
  });
});

/** The run's log is in its folder, record by record, and what audits runs takes it for one. */
async function assertKept(directory: string, digest: string | undefined): Promise<void> {
  assert.ok((await readManifest(join(directory, "manifest.json"))).virtual !== undefined);
  assert.deepEqual(
    [...Deno.readDirSync(directory)].map(({ name }) => name).filter((name) => name === "again"),
    [],
  );
  await using log = await openEventLog(
    { kind: "embedded", path: join(directory, "log.sqlite") },
    { create: false },
  );
  assert.equal((await digestLog(log)).digest, digest);
  assert.ok((await assertEqualsFoldFromZero(log)).records > 500);
  const printed: string[] = [];
  const code = await auditCommand(["verify", directory], {
    print: (line) => void printed.push(line),
    openLog: (config) => openEventLog(config, { create: false }),
  });
  assert.equal(code, 0, printed.join("\n"));
}

Deno.test("another seed gives another digest, another run id the same", async () => {
  const one = await playGolden("duplicate_orders", { seed: 1 });
  assert.equal((await playGolden("duplicate_orders", { seed: 1, runId: "b" })).digest, one.digest);
  assert.notEqual((await playGolden("duplicate_orders", { seed: 2 })).digest, one.digest);
});

Deno.test("sim --virtual keeps what is left of a run whose floor gives up, at the same moment each time", async () => {
  await withRuns(async (runs) => {
    const play = (runId: string) =>
      startSim("tests/sim/virtual/doomed.ts", "--virtual", "--runs", runs, "--run-id", runId).ended;
    const ends = await Promise.all([play("one"), play("other")]);
    const digests: string[] = [];
    for (const [i, runId] of ["one", "other"].entries()) {
      const { code, err } = ends[i]!;
      assert.equal(code, ExitCode.failed, err);
      assert.match(
        err,
        /its children failed 4 times.*\nThe run was not finished; what it left is in/,
      );
      const path = join(runs, runId, "log.sqlite");
      await using log = await openEventLog({ kind: "embedded", path }, { create: false });
      const { digest, records } = await digestLog(log);
      assert.ok(records > 500);
      digests.push(digest);
    }
    assert.equal(digests[0], digests[1]);
  });
});

Deno.test("sim --virtual ends early on Ctrl-C, says that there is no digest, and is not gone on with", async () => {
  await withRuns(async (runs) => {
    const directory = join(runs, "long");
    const sim = startSim(
      SCENARIO,
      "--virtual",
      "--duration",
      "12h",
      "--runs",
      runs,
      "--run-id",
      "long",
    );
    await eventually("the session is under way", () => isMeasured(directory), UNDER_WAY_MS);
    sim.kill("SIGINT");
    const { code, out, err } = await sim.ended;
    assert.equal(code, ExitCode.interrupted, out + err);
    const report = await reportOf(directory);
    assert.equal(report.virtual?.digest, null);
    assert.match(out, /no digest/);
    assert.deepEqual(report.invariants.filter(({ status }) => status === "violated"), []);
    const again = await startSim("--resume", directory).ended;
    assert.equal(again.code, ExitCode.invalid);
    assert.match(again.err, /it was played in virtual time, which ends with its process/);
  });
});

/** Latencies are kept every other second of the session. */
function isMeasured(directory: string): boolean {
  try {
    return Deno.statSync(join(directory, "latencies.json")).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
