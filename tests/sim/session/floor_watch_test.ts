import assert from "node:assert/strict";
import {
  malformedRowText,
  malformedTotalText,
} from "../../../actors/market_data_producer/malformed_rows.ts";
import type { RuntimeEventBody } from "../../../mod.ts";
import { FloorWatch } from "../../../sim/session/floor_watch.ts";

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
