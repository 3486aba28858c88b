/**
 * The log is gone in mid-burst and comes back.
 */

import assert from "node:assert/strict";
import { ExitCode } from "../../../sim/command_line/exit_codes.ts";
import { readManifest } from "../../../sim/run_manifest.ts";
import { assertWholeRun, reportOf, startSim } from "../../sim/session/sim_process.ts";
import { runOnKafka } from "./runs_on_kafka.ts";
import { sessionClients } from "../support/test_clients.ts";

const BROKER_OUTAGE = new URL("../../../scenarios/broker_outage.ts", import.meta.url).pathname;

/** The scenario cuts the log off for so long; the floor notices it a moment later. */
const AT_LEAST_MS = 15_000;

for (const client of sessionClients()) {
  Deno.test(`scenarios/broker_outage.ts loses and doubles nothing by ${client}`, async () => {
    await using run = await runOnKafka(client);
    const played = await startSim(BROKER_OUTAGE, ...run.options).ended;
    assert.equal(played.code, ExitCode.held, played.out + played.err);
    await assertWholeRun(run.directory);
    const report = await reportOf(run.directory);
    const longest = Math.max(
      ...report.floor.outages.map(({ from, to }) => (to ?? from) - from),
    );
    assert.ok(longest >= AT_LEAST_MS, JSON.stringify(report.floor.outages));
    assert.ok(report.latency.answer.max! >= AT_LEAST_MS);
    assert.match(played.out, /cut log for 20 s/);
    assert.ok(report.notes.some((note) => /^The log was out of reach from .* UTC, \d/.test(note)));
    const { log } = await readManifest(`${run.directory}/manifest.json`);
    assert.deepEqual(Object.keys(log ?? {}).sort(), ["brokers", "client", "kind", "topicPrefix"]);
  });
}
