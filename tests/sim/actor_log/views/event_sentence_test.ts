import assert from "node:assert/strict";
import type { RuntimeEvent, RuntimeEventBody } from "../../../../actors/runtime/runtime_events.ts";
import { eventReasons, eventSentence } from "../../../../sim/actor_log/views/event_sentence.ts";

function event(body: RuntimeEventBody, actor = "trading-engine-0", incarnation = 2): RuntimeEvent {
  return { ...body, at: 0, number: 0, actor, incarnation };
}

const limits = { maxRestarts: 5, withinMs: 60_000 };
const at = { partition: "orders/3" };

Deno.test("eventSentence() says every kind of runtime event in a sentence, with its figures", () => {
  const told: readonly (readonly [RuntimeEventBody, string])[] = [
    [{ kind: "starting" }, "trading-engine-0 starts, incarnation 2."],
    [{ kind: "ready", afterMs: 204.61 }, "trading-engine-0:2 is ready, 204.61 ms after its start."],
    [{ kind: "stopping" }, "trading-engine-0:2 is told to stop."],
    [
      { kind: "assigned", generation: 3, partitions: ["orders/3", "orders/4"] },
      "trading-engine-0:2 got orders/3 and orders/4 (generation 3).",
    ],
    [
      { kind: "revoked", generation: 4, partitions: ["orders/3"] },
      "trading-engine-0:2 gave up orders/3 (generation 4).",
    ],
    [
      { kind: "recovered", ...at, snapshotOffset: 100, committedOffset: 117, folded: 17 },
      "trading-engine-0:2 came back with orders/3 from the snapshot at 100, folded 17 silently below " +
      "the committed 117, and goes on from 117 aloud.",
    ],
    [
      { kind: "recovered", ...at, snapshotOffset: 0, committedOffset: 0, folded: 0 },
      "trading-engine-0:2 came back with orders/3 from nothing, and goes on from 0 aloud.",
    ],
    [
      { kind: "recovered", ...at, snapshotOffset: 120, committedOffset: 117, folded: 0 },
      "trading-engine-0:2 came back with orders/3 from the snapshot at 120, and goes on from 120 aloud.",
    ],
    [
      { kind: "recovered", ...at, snapshotOffset: 100, committedOffset: 117, folded: 20 },
      "trading-engine-0:2 came back with orders/3 from the snapshot at 100, folded 17 silently below " +
      "the committed 117, folded 3 more, and goes on from 120 aloud.",
    ],
    [{ kind: "commit", ...at, offset: 117 }, "trading-engine-0:2 committed orders/3 up to 117."],
    [
      { kind: "snapshot", ...at, offset: 100, bytes: 57_003 },
      "trading-engine-0:2 saved a snapshot of orders/3 at 100, 57,003 bytes.",
    ],
    [
      { kind: "dead-letter", ...at, offset: 9, why: "poison", error: "RangeError: no" },
      "trading-engine-0:2 set orders/3/9 aside as poison: RangeError: no.",
    ],
    [
      { kind: "fold-failed", ...at, offset: 9, error: "RangeError: no" },
      "trading-engine-0:2 threw on orders/3/9: RangeError: no.",
    ],
    [
      { kind: "failure", reason: "crashed", error: "crashed: by the script" },
      "trading-engine-0:2 failed: crashed: by the script.",
    ],
    [
      { kind: "down", reason: "terminated", confirmed: false },
      "trading-engine-0:2 is down: it was killed; its thread has not been seen to end.",
    ],
    [
      { kind: "restart", delayMs: 200, failures: 2, ...limits },
      "trading-engine-0:2 is restarted after 200 ms: failure 2 of 5 within 60 s.",
    ],
    [
      { kind: "give-up", failures: 6, ...limits },
      "trading-engine-0 gives up: failure 6 within 60 s, and 5 restarts may be.",
    ],
    [
      { kind: "zombie", alive: 1, maxZombies: 8 },
      "trading-engine-0:2 was replaced and its thread goes on: a zombie, one of 1; 8 may be.",
    ],
    [{ kind: "zombie-ended", alive: 0 }, "The zombie trading-engine-0:2 has ended; 0 are alive."],
    [
      { kind: "undeliverable", error: "nobody there", suppressed: 3 },
      "A control call to trading-engine-0:2 found nobody: nobody there (and 3 more calls before it).",
    ],
    [
      { kind: "fault", fault: "f1", what: "crash" },
      "The injected fault f1 (crash) took effect on trading-engine-0:2.",
    ],
    [{ kind: "log-unavailable", why: "no broker" }, "The log is out of reach: no broker."],
    [
      { kind: "log-available", afterMs: 1_500 },
      "The log is within reach again after 1.5 s.",
    ],
    [{ kind: "note", text: "a row" }, "trading-engine-0:2 notes: a row."],
  ];
  for (const [body, sentence] of told) assert.equal(eventSentence(event(body)), sentence);
});

Deno.test("eventReasons() tells what a recovery publishes again and what not", () => {
  const recovered = (snapshotOffset: number, committedOffset: number, folded: number) =>
    eventReasons(event({ kind: "recovered", ...at, snapshotOffset, committedOffset, folded }));
  assert.deepEqual(recovered(100, 117, 17), [
    "What follows from the records below 117 is in the log already, so it is not published again.",
    "What an incarnation before it published past that is published again, the same to the byte, and " +
    "its receivers drop it.",
  ]);
  assert.deepEqual(recovered(0, 0, 0), ["Nothing of orders/3 had been folded before."]);
  assert.match(recovered(120, 117, 0)[0]!, /^The snapshot is newer than the commit at 117/);
});

Deno.test("eventReasons() tells what a restart was decided by", () => {
  const [failures] = eventReasons(event({ kind: "restart", delayMs: 9, failures: 2, ...limits }));
  assert.equal(
    failures,
    "Failures of all children of its supervisor count together; one more than 5 within 60 s, and the " +
      "supervisor gives up.",
  );
});
