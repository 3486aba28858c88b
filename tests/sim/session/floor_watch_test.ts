import assert from "node:assert/strict";
import {
  malformedRowText,
  malformedTotalText,
} from "../../../actors/market_data_producer/malformed_rows.ts";
import type { RuntimeEventBody } from "../../../mod.ts";
import { FloorWatch, MAX_OUTAGES_KEPT } from "../../../sim/session/floor_watch.ts";

function watching() {
  const said: string[] = [];
  const watch = new FloorWatch((text) => said.push(text));
  let number = 0;
  const tell = (actor: string, body: RuntimeEventBody, incarnation = 1) =>
    watch.observe({ ...body, at: 5, number: number++, actor, incarnation });
  return { watch, said, tell };
}

Deno.test("FloorWatch says the first malformed rows and notes how many there were", () => {
  const { watch, said, tell } = watching();
  const row = (line: number) =>
    tell("market-data-producer-0", {
      kind: "note",
      text: malformedRowText({ line, error: "1 fields instead of 7" }),
    });
  assert.deepEqual(watch.notes(), []);
  row(51);
  assert.deepEqual(said, [
    "skipped a malformed row of the price file: line 51: 1 fields instead of 7",
  ]);
  assert.deepEqual(watch.notes(), [
    "1 malformed row of the price file skipped; first: line 51: 1 fields instead of 7.",
  ]);
  for (let line = 60; line < 69; line++) row(line);
  assert.equal(said.length, 4);
  assert.equal(said[3], "further malformed rows are only counted");
  tell("market-data-producer-0", { kind: "note", text: malformedTotalText(5_000) });
  // Another incarnation begins after the rows that this one has passed.
  tell("market-data-producer-0", { kind: "note", text: malformedTotalText(7) }, 2);
  assert.deepEqual(watch.notes(), [
    "5007 malformed rows of the price file skipped; first: line 51: 1 fields instead of 7.",
  ]);
});

Deno.test("FloorWatch notes when the log was out of reach, and tells it at once", () => {
  const said: string[] = [];
  const watch = new FloorWatch((text) => said.push(text));
  const at = Date.UTC(2026, 2, 1, 9, 30, 0, 250);
  let number = 0;
  const tell = (afterMs: number, body: RuntimeEventBody) =>
    watch.observe({ ...body, at: at + afterMs, number: number++, actor: "floor", incarnation: 1 });
  assert.deepEqual([watch.outageCount, watch.outages, watch.notes()], [0, [], []]);
  tell(0, { kind: "log-unavailable", why: "connection lost" });
  tell(20_300, { kind: "log-available", afterMs: 20_300 });
  tell(30_000, { kind: "log-unavailable", why: "no answer" });
  assert.deepEqual(said, [
    "the log is out of reach: connection lost",
    "the log is back after 20.3 s",
    "the log is out of reach: no answer",
  ]);
  assert.equal(watch.outageCount, 2);
  assert.deepEqual(watch.outages, [
    { from: at, to: at + 20_300, why: "connection lost" },
    { from: at + 30_000, to: null, why: "no answer" },
  ]);
  const [first, second, burst] = watch.notes();
  assert.equal(
    first,
    "The log was out of reach from 09:30:00.250 to 09:30:20.550 UTC, 20.3 s: connection lost.",
  );
  assert.equal(
    second,
    "The log was out of reach from 09:30:30.250 UTC on, and not back in the end: no answer.",
  );
  assert.match(burst!, /in one burst afterwards.*judged by when the log received it\.$/);
});

Deno.test("FloorWatch keeps a bounded number of outages and counts them all", () => {
  const { watch, tell } = watching();
  for (let i = 0; i < MAX_OUTAGES_KEPT + 7; i++) {
    tell("floor", { kind: "log-unavailable", why: "connection lost" });
    tell("floor", { kind: "log-available", afterMs: 1 });
  }
  assert.equal(watch.outages.length, MAX_OUTAGES_KEPT);
  assert.equal(watch.outageCount, MAX_OUTAGES_KEPT + 7);
  assert.ok(watch.notes().includes("The log was out of reach 102 more times."));
});

Deno.test("FloorWatch counts restarts and zombies, and passes over other notes", () => {
  const { watch, said, tell } = watching();
  const decision = {
    kind: "restart",
    delayMs: 1,
    failures: 1,
    maxRestarts: 5,
    withinMs: 9,
  } as const;
  tell("trading-engine-0", decision);
  tell("order-gateway-0", decision);
  tell("trading-engine-0", decision);
  tell("trading-engine-0", { kind: "zombie", alive: 1, maxZombies: 4 });
  tell("trading-engine-0", { kind: "note", text: "snapshot 3 is damaged" });
  assert.deepEqual(watch.restartsByActor(), { "order-gateway-0": 1, "trading-engine-0": 2 });
  assert.equal(watch.restarts, 3);
  assert.equal(watch.zombies, 1);
  assert.deepEqual(watch.notes(), []);
  assert.deepEqual(said, []);
});
