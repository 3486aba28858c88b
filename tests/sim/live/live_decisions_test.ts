import assert from "node:assert/strict";
import { readFloorParameters } from "../../../actors/floor/open_floor.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { openActorLog } from "../../../sim/actor_log/open_actor_log.ts";
import type { RecordPlace } from "../../../sim/actor_log/record_place.ts";
import { decisionOf } from "../../../sim/actor_log/views/decision.ts";
import { unitsOf } from "../../../sim/actor_log/views/units.ts";
import { LiveDecisions } from "../../../sim/live/live_decisions.ts";
import { playRun } from "../../support/played_run.ts";

async function liveRecord(log: ActorLog, place: RecordPlace) {
  const { timestamp, key, text } = await log.record(place);
  return { ...place, timestamp, key, text };
}

/** A run whose floor has ended, and its log. */
async function playedRun() {
  await using opened = new AsyncDisposableStack();
  const run = opened.use(await playRun("crash_before_commit", { durationMs: 1_500 }));
  const path = `${run.directory}/log.sqlite`;
  const events = opened.use(await openEventLog({ kind: "embedded", path }, { create: false }));
  const parameters = await readFloorParameters(events);
  assert.ok(parameters !== null);
  const ending = opened.move();
  return { run, events, parameters, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}

Deno.test("LiveDecisions.of() decides every step as the stepper does afterwards", async () => {
  await using played = await playedRun();
  const { run, events, parameters } = played;
  const units = unitsOf(parameters);
  const decisions = new LiveDecisions(events, parameters);
  await using log = await openActorLog({ run: run.directory });
  const told = new Set<string>();
  for await (const entry of log.entries({ from: 0, direction: "forward", filter: {} })) {
    if (entry.kind === "event") continue;
    for (const role of entry.actors) {
      const step = await log.step(entry.record.place, role);
      const places = step.sent.flatMap(({ place }) => place === null ? [] : [place]);
      const sent = [];
      for (const place of places) sent.push(await liveRecord(log, place));
      const record = await liveRecord(log, entry.record.place);
      const made = step.outcome === "wrote"
        ? { role, read: null, wrote: [record, ...sent] }
        : { role, read: record, wrote: sent };
      const decided = await decisions.of(made);
      assert.deepEqual(decided, decisionOf(step, { units }));
      told.add(`${role} ${step.outcome}`);
    }
  }
  for (const role of ["order-gateway", "trading-engine", "portfolio-manager"]) {
    assert.ok(told.has(`${role} applied`), role);
  }
  assert.ok(told.has("portfolio-manager repeat") && told.has("order-command-producer wrote"));
});

Deno.test("LiveDecisions.of() tells a step again, and one that lies before it", async () => {
  await using played = await playedRun();
  const { events, parameters } = played;
  const decisions = new LiveDecisions(events, parameters);
  const read = { topic: "orders", partition: 3, timestamp: 0, key: null, text: null };
  const at = (offset: number) =>
    decisions.of({ role: "trading-engine", read: { ...read, offset }, wrote: [] });
  const first = await at(4);
  assert.match(first?.headline ?? "", /AAPL/);
  await at(9);
  assert.deepEqual(await at(4), first);
  assert.deepEqual(await at(4), first);
  assert.equal(await at(1_000_000), null, "nothing is there");
});
