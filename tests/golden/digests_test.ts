/**
 * The digests of the shipped scenarios in virtual time, the same on every machine.
 */

import assert from "node:assert/strict";
import { basename } from "node:path";
import type { EventLog } from "../../kafka/event_log.ts";
import { scenarioFiles } from "../../sim/command_line/load_scenario.ts";
import { assertEqualsFoldFromZero } from "../actors/floor/recovery_evidence.ts";
import { DIGESTS, GOLDEN_SESSIONS, type GoldenDigest, playGolden } from "./golden_sessions.ts";

const digests = JSON.parse(await Deno.readTextFile(DIGESTS)) as Record<string, GoldenDigest>; // write_digests.ts

Deno.test("every shipped scenario has a golden digest", async () => {
  const shipped = (await scenarioFiles("scenarios")).map((path) => basename(path, ".ts"));
  assert.deepEqual(Object.keys(digests), shipped.sort());
});

for (const name of Object.keys(GOLDEN_SESSIONS)) {
  Deno.test(`scenarios/${name}.ts leaves the records of its golden digest in virtual time`, async () => {
    // Of the scenario in which everything goes wrong also what it must be equal to without a crash.
    const inspect = async (log: EventLog) => {
      if (name === "chaos") assert.ok((await assertEqualsFoldFromZero(log)).repeats > 0);
    };
    const { digest, records, topics, states } = await playGolden(name, { inspect });
    // Topics first: they tell where a difference begins.
    assert.deepEqual({ topics, records }, {
      topics: digests[name]?.topics,
      records: digests[name]?.records,
    }, "if records are meant to have changed: deno task golden");
    assert.equal(digest, digests[name]?.digest);
    for (const role of ["order-gateway", "trading-engine", "portfolio-manager"]) {
      assert.ok(Object.keys(states).some((state) => state.startsWith(`${role} `)), `no ${role}`);
    }
  });
}
