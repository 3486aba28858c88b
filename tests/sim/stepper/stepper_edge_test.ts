import assert from "node:assert/strict";
import type { ActorLog } from "../../../sim/actor_log/actor_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { playRun } from "../../support/played_run.ts";
import { eventsOf, plainActorLog } from "../actor_log/plain_actor_log.ts";
import { StepperDriver } from "./support/driver.ts";

/** A run in which two orders met and the engine crashed, and its actor log. */
async function played(): Promise<AsyncDisposable & { readonly log: ActorLog }> {
  const run = await playRun("crash_before_commit");
  const events = await openEventLog(
    { kind: "embedded", path: `${run.directory}/log.sqlite` },
    { create: false },
  );
  const log = await plainActorLog(events, { events: eventsOf(run.directory), runId: run.runId });
  return {
    log,
    async [Symbol.asyncDispose]() {
      await events.close();
      run[Symbol.dispose]();
    },
  };
}

/** The place of what is shown, or what it is. */
function placeOf({ model }: StepperDriver): string {
  const entry = model.shown?.entry;
  if (entry?.kind !== "record") return entry?.event.kind ?? "nothing";
  const { topic, partition, offset } = entry.record.place;
  return `${topic}/${partition}/${offset}`;
}

Deno.test("StepperEdge", async (t) => {
  await using run = await played();
  const { log } = run;
  const open = (options = {}) => StepperDriver.open(log, options);

  await t.step(
    "goes from a fill to the order that caused it, its command and its intent",
    async () => {
      const driver = await open();
      await driver.press("/");
      await driver.type("order-filled");
      const way = [placeOf(driver)];
      for (let i = 0; i < 3; i++) {
        await driver.press("c");
        way.push(placeOf(driver));
      }
      assert.deepEqual(way.map((place) => place.split("/")[0]), [
        "notifications",
        "orders",
        "order-commands",
        "intents",
      ]);
      await driver.press("c");
      assert.equal(placeOf(driver), way[3], "an intent begins something");
      assert.ok((driver.model.notice?.text ?? "") !== "");
      await driver.press("[", "[", "[");
      assert.equal(placeOf(driver), way[0]);
      await driver.press("]");
      assert.equal(placeOf(driver), way[1]);
    },
  );

  await t.step("goes to the only effect, and lets one choose among several", async () => {
    const driver = await open();
    await driver.press("/");
    await driver.type("order-filled");
    await driver.press("c", "e");
    const { mode } = driver.model;
    assert.ok(mode.kind === "chooser");
    const labels = mode.chooser.options.map(({ label }) => label);
    assert.ok(
      labels.length >= 4 && labels.every((label) => /^[a-z-]+\/\d+\/\d+ {2}\S/.test(label)),
    );
    await driver.press("2");
    assert.equal(placeOf(driver), labels[1]!.split(" ")[0]);
    await driver.press("e");
    assert.match(driver.model.notice?.text ?? "", /Nothing that is in the log followed/);
  });

  await t.step("follows an order through all its records, forward and back again", async () => {
    const driver = await open();
    await driver.press("g");
    await driver.type("intents/0/6");
    const seen = new Set<string>();
    const ranks: number[] = [];
    for (;;) {
      const { shown, notice } = driver.model;
      if (notice !== null) break;
      assert.ok(shown?.entry.kind === "record");
      seen.add(shown.entry.record.message?.correlationId ?? "none");
      ranks.push(shown.entry.rank);
      await driver.press("o");
    }
    assert.equal(seen.size, 1, "all belong to one order");
    assert.ok(ranks.length >= 4, "intent, command, order and answer at least");
    assert.match(driver.model.notice?.text ?? "", /No record of .* after this one/);
    await driver.press("O");
    assert.equal(driver.model.shown?.entry.rank, ranks.at(-2));
  });

  await t.step("finds the crash, and what was done about it", async () => {
    const driver = await open();
    const kinds = [];
    for (let i = 0; i < 3; i++) {
      await driver.press("f");
      kinds.push(placeOf(driver));
    }
    assert.deepEqual(kinds, ["fault", "failure", "restart"]);
    assert.match(driver.text, /is restarted after/);
  });

  await t.step("steps only through what passes a filter", async () => {
    const driver = await open();
    await driver.press("&");
    await driver.type("user=user-2 type=order-filled");
    const places = new Set<string>();
    for (let i = 0; i < 4; i++) {
      const entry = driver.model.shown?.entry;
      assert.ok(entry?.kind === "record" && entry.record.message?.type === "order-filled");
      assert.equal(entry.record.key, "user-2");
      places.add(placeOf(driver));
      await driver.press("n");
    }
    assert.equal(places.size, 4);
    await driver.press("x");
    const { rank } = driver.model.shown!.entry;
    await driver.press("n");
    assert.equal(driver.model.shown?.entry.rank, rank + 1);
  });

  await t.step("refuses a filter that names what the run does not have", async () => {
    const driver = await open();
    await driver.press("&");
    await driver.type("user=user-22");
    assert.match(driver.model.notice?.text ?? "", /no user "user-22"; near to it: .*user-2/);
    assert.deepEqual(driver.model.filter, {});
    await driver.press("&");
    await driver.type("type=give-up");
    assert.match(driver.model.notice?.text ?? "", /No entry has type=give-up/);
  });

  await t.step("goes to places, numbers and times, and says where there is none", async () => {
    const driver = await open();
    const went = [];
    for (const text of ["orders/3/4", "#261", "+1.38s", "999999", "orders/3/4000"]) {
      await driver.press("g");
      await driver.type(text);
      went.push(driver.model.notice?.text ?? placeOf(driver));
    }
    assert.deepEqual([went[0], went[1]], ["orders/3/4", "fault"]);
    assert.ok(driver.model.shown!.entry.rank >= 255);
    assert.match(went[3] ?? "", /There is no #999999: entries are #0 to #\d+/);
    assert.match(went[4] ?? "", /There is no orders\/3\/4000/);
  });

  await t.step("ends a search at Escape, stays where it was, and can search again", async () => {
    const driver = await open({ rank: 5 });
    driver.tell({ kind: "key", key: { name: "f", text: "f" } });
    assert.notEqual(driver.model.busy, null);
    driver.tell({ kind: "key", key: { name: "escape", text: "" } });
    assert.equal(driver.model.busy, null);
    assert.equal(driver.model.notice?.text, "Ended");
    assert.equal(driver.model.shown?.entry.rank, 5);
    await driver.press("f");
    assert.equal(placeOf(driver), "fault");
  });

  await t.step("shows a record at the other actors that take it", async () => {
    const driver = await open();
    await driver.press("g");
    await driver.type("notifications/1/3");
    const actors = [];
    for (let i = 0; i < 3; i++) {
      actors.push(driver.model.shown?.actor);
      await driver.press("tab");
    }
    assert.deepEqual(actors, ["portfolio-manager", "notifier", "audit-logger"]);
  });
});

Deno.test("StepperEdge shows why a step cannot be had, and goes on", async () => {
  await using run = await played();
  const { log } = run;
  const failing = new Proxy(log, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "step") return () => Promise.reject(new RangeError("Cannot fold: planted"));
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const driver = await StepperDriver.open(failing, { rank: 3 });
  assert.match(driver.text, /This step cannot be had: Cannot fold: planted/);
  await driver.press("n");
  assert.equal(driver.model.shown?.entry.rank, 4);
});
