import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { factsOf } from "../../../sim/stepper/decision_facts.ts";
import { playRun } from "../../support/played_run.ts";
import { eventsOf, plainActorLog } from "../actor_log/plain_actor_log.ts";

Deno.test("factsOf() finds the command that was answered first, of those that were answered again", async () => {
  using run = await playRun("duplicate_orders");
  await using events = await openEventLog(
    { kind: "embedded", path: `${run.directory}/log.sqlite` },
    { create: false },
  );
  const log = await plainActorLog(events, { events: eventsOf(run.directory) });
  const firsts = new Map<string, string>();
  let again = 0;
  for (let rank = 0; rank < log.index.length && again < 5; rank++) {
    const entry = await log.entry(rank);
    if (entry.kind === "event" || entry.record.message?.type !== "place-order") continue;
    const { place, message } = entry.record;
    const at = `${place.topic}/${place.partition}/${place.offset}`;
    const step = await log.step(place, "order-gateway");
    const { first } = await factsOf(log, step, rank);
    const before = firsts.get(message.correlationId);
    if (before === undefined) {
      firsts.set(message.correlationId, at);
      assert.equal(first, null, `${at} is the first of its id`);
    } else {
      again++;
      assert.ok(first !== null);
      assert.equal(`${first.topic}/${first.partition}/${first.offset}`, before);
    }
  }
  assert.equal(again, 5);
});
