import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { factsOf } from "../../../sim/actor_log/decision_facts.ts";
import { formatPlace } from "../../../sim/actor_log/record_place.ts";
import { playRun } from "../../support/played_run.ts";
import { eventsOf, plainActorLog } from "./plain_actor_log.ts";
import { StagedFloor } from "../explain/staged_floor.ts";
import { toldOrder } from "../explain/told.ts";

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

Deno.test("factsOf() passes over a command that was rate-limited: its id was not used", async () => {
  const floor = await StagedFloor.open({ limits: { ordersPerSecond: 1, orderBurst: 1 } });
  await floor.opens("bob", 1_000);
  const wish = { side: "buy", quantity: 1, price: 10 } as const;
  await floor.at(100).order("bob/b1", wish);
  await floor.at(110).order("bob/b2", wish);
  await floor.at(5_000).order("bob/b2", wish);
  await floor.at(5_010).order("bob/b2", wish);
  await floor.at(5_020).order("bob/b2", { ...wish, quantity: 2 });
  await using log = await floor.run();
  const decided: [string, string | null][] = [];
  for (const { place, message } of await log.lifeOf({ userId: "bob", orderId: "b2" })) {
    if (message?.type !== "place-order") continue;
    const rank = log.index.rankOf(place);
    assert.ok(rank !== null);
    const step = await log.step(place, "order-gateway");
    const { first } = await factsOf(log, step, rank);
    const [answer] = step.sent.filter(({ topic }) => topic === "notifications");
    assert.ok(answer !== undefined);
    const reason = "reason" in answer.message ? answer.message.reason : answer.message.type;
    decided.push([reason, first === null ? null : formatPlace(first)]);
  }
  assert.deepEqual(decided, [
    ["rate-limited", null],
    ["order-placed", null],
    ["order-placed", "order-commands/0/4"],
    ["id-conflict", "order-commands/0/4"],
  ]);
  const told = await toldOrder(log, "bob/b2");
  assert.equal(told.filter((line) => line.includes("before at order-commands/0/4")).length, 1);
  assert.equal(told.filter((line) => line.includes("before (order-commands/0/4)")).length, 1);
});
