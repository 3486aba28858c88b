/** Stories as ShiViz logs and as NDJSON. */

import assert from "node:assert/strict";
import { formatPlace } from "../../../sim/actor_log/record_place.ts";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { allPassages, type Story } from "../../../sim/explain/story.ts";
import { tellOrder } from "../../../sim/explain/tell_order.ts";
import { runNdjson, storyNdjson } from "../../../sim/exports/steps_ndjson.ts";
import { shivizLog } from "../../../sim/exports/shiviz_log.ts";
import { StagedFloor } from "../explain/staged_floor.ts";
import { readShiviz, type ShivizEvent } from "./shiviz_checker.ts";

/** Alice sells to Bob while the engine dies. */
async function crashedRun(): Promise<ActorLog> {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(20).opens("bob", 100_000);
  await floor.at(100).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(110).order("bob/b1", { side: "buy", quantity: 3, price: 160 });
  await floor.at(120).order("alice/a1", { side: "sell", quantity: 5, price: 150 });
  await floor.at(130).dies("trading-engine", { committed: 2 });
  return await floor.run();
}

function at(events: readonly ShivizEvent[], text: string): ShivizEvent {
  const found = events.find(({ event }) => event.startsWith(text));
  assert.ok(found !== undefined, `nothing ${text}`);
  return found;
}

/** Whether one event is known to another: it happened before it. */
function isBefore(one: ShivizEvent, other: ShivizEvent): boolean {
  return (other.clock[one.host] ?? 0) >= one.clock[one.host]!;
}

function eventsOf(story: Story): readonly ShivizEvent[] {
  return readShiviz(shivizLog(story).join("\n"));
}

Deno.test("shivizLog() is a log that ShiViz's rules allow, causes before effects", async () => {
  await using log = await crashedRun();
  for (const [userId, orderId] of [["alice", "a1"], ["bob", "b1"]] as const) {
    const story = await tellOrder(log, { userId, orderId });
    const events = eventsOf(story);
    for (const passage of allPassages(story.passages)) {
      for (const effect of passage.effects) {
        if (passage.aside || passage.record.place.topic === "intents") continue;
        const cause = at(events, `meets ${formatPlace(passage.record.place)}`);
        const again = effect.repeatOf === null ? "sends" : "sends again";
        const sent = at(events, `${again} ${formatPlace(effect.record.place)}`);
        assert.ok(isBefore(cause, sent) && !isBefore(sent, cause));
      }
    }
  }
});

Deno.test("shivizLog() knows nothing of what did not bring it about", async () => {
  await using log = await crashedRun();
  const events = eventsOf(await tellOrder(log, { userId: "bob", orderId: "b1" }));
  // The engine met the first order, and the gateway the resend: neither knows of the other.
  const engine = at(events, "meets orders/0/1:");
  const resend = at(events, "meets order-commands/0/4:");
  assert.ok(!isBefore(engine, resend) && !isBefore(resend, engine));
});

Deno.test("runNdjson() gives every entry of the run's order, steps with states and outputs", async () => {
  await using log = await crashedRun();
  const watch = { signal: new AbortController().signal, onProgress: () => {} };
  const lines = await Array.fromAsync(runNdjson(log, watch));
  const values = lines.map((line) => JSON.parse(line));
  assert.ok(lines.every((line) => line.endsWith("\n") && !line.slice(0, -1).includes("\n")));
  const ranks = values.map(({ rank }) => rank);
  assert.deepEqual([...new Set(ranks)], Array.from({ length: log.index.length }, (_, i) => i));
  const kinds = new Set(values.map(({ kind }) => kind));
  assert.deepEqual([...kinds].sort(), ["event", "record", "step"]);
  assert.ok(values.every(({ version }) => version === 1));
  const accepted = values.find(({ kind, record }) =>
    kind === "step" && record.place === "order-commands/0/5"
  );
  assert.equal(accepted.actor, "order-gateway");
  assert.deepEqual(accepted.owner, { actor: "order-gateway-0", incarnation: 1 });
  assert.match(accepted.decision.headline, /^Accepted alice's order a1/);
  assert.deepEqual(accepted.sent.map(({ place }: { place: string }) => place), [
    "orders/0/2",
    "notifications/0/5",
  ]);
  assert.notDeepEqual(accepted.before, accepted.after);
});

Deno.test("storyNdjson() gives the steps of an order, in the run's order", async () => {
  await using log = await crashedRun();
  const story = await tellOrder(log, { userId: "alice", orderId: "a1" });
  const values = [...storyNdjson(story)].map((line) => JSON.parse(line));
  const ranks = values.map(({ rank }) => rank);
  assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b));
  assert.deepEqual(values.slice(0, 3).map(({ actor, record }) => `${actor} ${record.place}`), [
    "order-command-producer intents/0/4",
    "order-gateway order-commands/0/5",
    "trading-engine orders/0/2",
  ]);
});
