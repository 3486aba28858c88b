import assert from "node:assert/strict";
import { join } from "node:path";
import { readFiredFaults } from "../../../sim/faults/fired_before.ts";
import type { RunReport } from "../../../sim/report/run_report.ts";
import { startSim } from "../session/sim_process.ts";

const path = (name: string) => new URL(`./${name}.ts`, import.meta.url).pathname;

/** Plays a scenario and gives its report, in which every invariant must hold. */
async function play(...args: readonly string[]): Promise<RunReport> {
  const { out, err } = await startSim(...args, "--json").ended;
  assert.notEqual(out, "", err);
  const report = JSON.parse(out) as RunReport; // as --json prints it
  for (const { rule, status, counterexample } of report.invariants) {
    assert.equal(status, "held", `${rule}: ${counterexample?.text}`);
  }
  assert.equal(report.metrics["orders.lost"], 0);
  assert.equal(report.metrics.lag, 0);
  return report;
}

Deno.test("faults of every manner befall actors in workers, and nothing is lost or done twice", async () => {
  const runs = await Deno.makeTempDir();
  try {
    const report = await play(path("short_chaos"), "--runs", runs, "--run-id", "r");
    assert.deepEqual(
      report.faults.filter(({ missed }) => missed !== null).map(({ id, missed }) => [id, missed]),
      [["faults[10]", `0 of 1 events "give-up" came`]],
    );
    assert.equal(report.metrics["faults.fired"], 10);
    assert.equal(report.metrics["faults.missed"], 1);
    assert.ok(
      report.notes.includes(
        `A fault did not take place: crash trading-engine-0 (faults[10]): ` +
          `0 of 1 events "give-up" came.`,
      ),
    );
    const on = (index: number) => report.faults[index]!.on;
    assert.deepEqual(on(0), ["order-gateway-0"]);
    assert.deepEqual(on(5), ["trading-engine-0"]);
    assert.ok(on(7).length > 3, "a cut is met by many");
    assert.ok((report.floor.restarts["order-gateway-0"] ?? 0) >= 1);
    assert.ok((report.metrics["log.outages"] ?? 0) >= 1);
    assert.ok((report.metrics["dead-letters"] ?? 0) >= 1);
    // What a process that goes on with the run would know of them.
    const fired = readFiredFaults(join(runs, "r", "events.ndjson"));
    assert.equal(fired.size, 10);
    assert.ok(!fired.has("faults[10]"));
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});

Deno.test("the same words hold in virtual time, where a heap may be full", async () => {
  const runs = await Deno.makeTempDir();
  try {
    const refused = await startSim(path("short_virtual_chaos"), "--runs", runs).ended;
    assert.equal(refused.code, 104);
    assert.match(refused.err, /faults\[0\]\.outOfMemory: "order-gateway-0": .*: --virtual/);
    const report = await play(path("short_virtual_chaos"), "--virtual", "--runs", runs);
    assert.deepEqual(report.faults.map(({ missed }) => missed), report.faults.map(() => null));
    assert.ok((report.floor.restarts["order-gateway-0"] ?? 0) >= 1);
    assert.ok(report.floor.zombies >= 1, "the hung engine was replaced while it spun");
  } finally {
    await Deno.remove(runs, { recursive: true });
  }
});
