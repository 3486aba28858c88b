import assert from "node:assert/strict";
import { parsePosition, type Position, rankAt } from "../../../../sim/stepper/model/position.ts";
import { RUN, STARTED_AT } from "../support/entries.ts";

function parse(text: string): Position | string {
  const parsed = parsePosition(text, { startedAt: STARTED_AT });
  return parsed.ok ? parsed.position : parsed.problem;
}

function timeOf(text: string): number {
  const position = parse(text);
  if (typeof position === "string" || position.kind !== "time") throw new Error(`no time: ${text}`);
  return position.time - STARTED_AT;
}

Deno.test("parsePosition() reads a place, and a rank as it is shown", () => {
  assert.deepEqual(parse("order-commands/3/117"), {
    kind: "place",
    place: { topic: "order-commands", partition: 3, offset: 117 },
  });
  for (const text of ["1204", "#1204", "1,204", " #1,204 "]) {
    assert.deepEqual(parse(text), { kind: "rank", rank: 1204 });
  }
});

Deno.test("parsePosition() reads times since the start, as they are shown and as options have them", () => {
  assert.equal(timeOf("+1.203 s"), 1_203);
  assert.equal(timeOf("+1.5s"), 1_500);
  assert.equal(timeOf("+250ms"), 250);
  assert.equal(timeOf("+2:05.500"), 125_500);
  assert.equal(timeOf("+1:02:05.500"), 3_725_500);
});

Deno.test("parsePosition() reads times of day in UTC, of the day after for those before the start", () => {
  assert.equal(timeOf("14:30:01.250"), 1_250);
  assert.equal(timeOf("14:31"), 60_000);
  assert.equal(timeOf("00:30"), 10 * 3_600_000);
  assert.equal(timeOf("2026-03-02T14:30:02Z"), 2_000);
});

Deno.test("parsePosition() says what would be right", () => {
  assert.match(String(parse("order-comands/3/117")), /did you mean "order-commands"/);
  assert.match(String(parse("snapshots/0/1")), /states and no messages/);
  for (const text of ["", "soon", "25:00", "12:61", "+", "-1", "orders/x/1", "1e3", "orders/1"]) {
    assert.match(String(parse(text)), /must be a place such as/, text);
  }
});

Deno.test("rankAt() says why a run has no such point", () => {
  const index = {
    length: 10,
    rankOf: () => null,
    rankAtTime: (time: number) => (time > STARTED_AT + 1_000 ? 10 : 4),
  };
  // What rankAt asks an index for.
  const log = { index: index as never, run: RUN };
  const at = (position: Position) => rankAt(position, log);
  assert.deepEqual(at({ kind: "rank", rank: 9 }), { rank: 9 });
  assert.deepEqual(at({ kind: "rank", rank: 10 }), {
    problem: "There is no #10: entries are #0 to #9",
  });
  assert.deepEqual(at({ kind: "time", time: STARTED_AT }), { rank: 4 });
  assert.deepEqual(at({ kind: "time", time: STARTED_AT + 2_500 }), {
    problem: "Nothing happened at +2.500 s or later",
  });
  const place = { topic: "orders", partition: 6, offset: 0 } as const;
  assert.deepEqual(at({ kind: "place", place }), {
    problem: "There is no orders/6/0: orders has partitions 0 to 5",
  });
  assert.deepEqual(at({ kind: "place", place: { ...place, partition: 5 } }), {
    problem: "There is no orders/5/0: the partition has no such offset",
  });
});
