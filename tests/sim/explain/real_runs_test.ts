/** Every order of runs in which actors die, told. */

import assert from "node:assert/strict";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { formatPlace } from "../../../sim/actor_log/record_place.ts";
import { allPassages, type Story } from "../../../sim/explain/story.ts";
import { tellOrder } from "../../../sim/explain/tell_order.ts";
import { shivizLog } from "../../../sim/exports/shiviz_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { type PlayedRun, playRun } from "../../support/played_run.ts";
import { eventsOf, plainActorLog } from "../actor_log/plain_actor_log.ts";
import { readShiviz } from "../exports/shiviz_checker.ts";

async function opened(run: PlayedRun): Promise<ActorLog> {
  const log = await openEventLog({ kind: "embedded", path: `${run.directory}/log.sqlite` });
  return await plainActorLog(log, { events: eventsOf(run.directory) });
}

/** All orders of a run, by the answers that they got. */
async function* stories(log: ActorLog): AsyncGenerator<Story> {
  const told = new Set<string>();
  for (let rank = 0; rank < log.index.length; rank++) {
    const entry = await log.entry(rank);
    if (entry.kind !== "record") continue;
    const { message } = entry.record;
    if (message?.type !== "order-placed" && message?.type !== "order-rejected") continue;
    const name = `${message.userId} ${message.orderId}`;
    if (told.has(name)) continue;
    told.add(name);
    yield await tellOrder(log, message, { limit: 1_000 });
  }
}

/** Each record of an order's life stands in its story once, below what brought it about. */
async function assertWhole(log: ActorLog, story: Story): Promise<void> {
  assert.ok(story.subject.kind === "order");
  const life = await log.lifeOf(story.subject);
  const passages = [...allPassages(story.passages)];
  const own = passages.filter(({ aside }) => !aside).map(({ record }) => formatPlace(record.place));
  assert.deepEqual(own.toSorted(), life.map(({ place }) => formatPlace(place)).toSorted());
  for (const { record, effects } of passages) {
    for (const effect of effects) {
      const cause = await log.cause(effect.record.place);
      assert.deepEqual(cause.kind === "none" ? null : cause.place, record.place);
    }
  }
  assert.deepEqual(story.stopped, [], "the run was played to its end");
  assert.deepEqual(passages.flatMap(({ steps }) => steps.flatMap(({ step }) => step.findings)), []);
}

/** Who was interrupted and what that came to, without names and numbers. */
function consequencesIn(story: Story): readonly string[] {
  return [...allPassages(story.passages)].flatMap(({ steps }) =>
    steps.flatMap(({ step, interruption }) =>
      (interruption?.consequences ?? []).map((text) =>
        `${step.actor}: ${
          text.replace(/[a-z-]+\/\d+\/\d+/g, "PLACE").replace(/[a-z-]+-\d+:\d+/g, "WHO")
        }`
      )
    )
  );
}

Deno.test("tellOrder() tells every order of a run whole, through the deaths of three roles", async () => {
  using run = await playRun("worker_crash", { ratePerSecond: 12 });
  await using log = await opened(run);
  const consequences = new Set<string>();
  let orders = 0;
  for await (const story of stories(log)) {
    await assertWhole(log, story);
    readShiviz(shivizLog(story).join("\n"));
    for (const each of consequencesIn(story)) consequences.add(each);
    orders++;
  }
  assert.ok(orders > 20);
  for (
    const expected of [
      "trading-engine: PLACE was not committed. WHO folded it, and what follows from it stands in " +
      "the log once: nothing of it had been sent before.",
      "order-gateway: WHO folded PLACE again, silently: it was committed, so what follows from it " +
      "was in the log. Nothing changed.",
      "order-command-producer: What it had written down it sent again unchanged when it was back: " +
      "PLACE. The id is the same, so the gateway knows it.",
    ]
  ) assert.ok(consequences.has(expected), [...consequences].join("\n"));
});

Deno.test("tellOrder() tells of a rebalance in between, and that it changed nothing", async () => {
  using run = await playRun("rebalance", { ratePerSecond: 20, durationMs: 4_000 });
  await using log = await opened(run);
  let moved = 0;
  for await (const story of stories(log)) {
    for (const { steps } of allPassages(story.passages)) {
      for (const { interruption } of steps) {
        const kinds = new Set(interruption?.events.map(({ kind }) => kind));
        if (!kinds.has("revoked") || kinds.has("failure")) continue;
        assert.match(
          interruption!.consequences.join(" "),
          /Nothing changed|nothing of it|same state/,
        );
        moved++;
      }
    }
  }
  assert.ok(moved > 0, "some partition was handed on while an order was under way");
});
