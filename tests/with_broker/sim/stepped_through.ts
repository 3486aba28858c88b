/**
 * Steps through a run whose log is on the test's cluster.
 *
 * @module
 */

import assert from "node:assert/strict";
import { folderOf } from "../../../sim/actor_log/actors_of.ts";
import { openActorLog } from "../../../sim/actor_log/open_actor_log.ts";
import { formatPlace } from "../../../sim/actor_log/record_place.ts";
import type { RunOnKafka } from "./runs_on_kafka.ts";

/** Entries looked at, spread over the run. */
const LOOKED_AT = 60;

/**
 * The run's log is found by its manifest; what is folded again is what the log holds, and everything
 * about an order is found.
 */
export async function assertSteppedThrough({ runId, runs }: RunOnKafka): Promise<void> {
  await using log = await openActorLog({ run: runId, runs });
  assert.equal(log.run.log, "kafka");
  let folded = 0;
  let filled: { readonly userId: string; readonly orderId: string } | null = null;
  for (let i = 0; i < LOOKED_AT; i++) {
    const entry = await log.entry(Math.floor(i * log.index.length / LOOKED_AT));
    if (entry.kind !== "record") continue;
    const { message, place } = entry.record;
    if (message?.type === "order-filled") filled = message;
    const actor = folderOf(place.topic);
    if (actor === null) continue;
    const step = await log.step(place, actor);
    assert.deepEqual(step.findings, []);
    for (const sent of step.sent) {
      assert.ok(sent.place !== null, formatPlace(place));
      assert.deepEqual(await log.cause(sent.place), { kind: "step", actor, place });
    }
    folded++;
  }
  assert.ok(folded > 10 && filled !== null);
  const life = (await log.lifeOf(filled)).map(({ message }) => message?.type);
  for (const type of ["intent", "place-order", "order-placed", "order-accepted", "order-filled"]) {
    assert.ok(life.includes(type as "intent"), `${type} is not among ${life.join(", ")}`);
  }
}
