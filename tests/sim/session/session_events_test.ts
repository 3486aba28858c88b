import assert from "node:assert/strict";
import { SessionEvents } from "../../../sim/session/session_events.ts";
import type { PlannedEvent } from "../../../sim/session_plan.ts";

/** A script's surroundings that write down what happens, and a session's time that jumps. */
function stage(options: { readonly abortAtMs?: number } = {}) {
  const happened: string[] = [];
  const said: string[] = [];
  const abort = new AbortController();
  let now = 0;
  const at = (text: string) => void happened.push(`${now} ${text}`);
  const events = new SessionEvents({
    floor: {
      addInstance: (role) => Promise.resolve((at(`join ${role}`), `${role}-1`)),
      removeInstance: (id) => {
        at(`leave ${id}`);
        return id === "notifier-7"
          ? Promise.reject(new RangeError(`Cannot remove "${id}": it is not there`))
          : Promise.resolve();
      },
    },
    clock: {
      sleep: (ms, signal) => {
        const until = now + ms;
        if (options.abortAtMs !== undefined && options.abortAtMs <= until) {
          now = Math.max(now, options.abortAtMs);
          abort.abort();
        }
        if (signal?.aborted !== true) now = until;
        return Promise.resolve();
      },
    },
  }, (text) => void said.push(text));
  const play = (script: readonly PlannedEvent[], from = 0) => {
    now = from;
    return events.play(script, { sessionAt: () => now, signal: abort.signal });
  };
  return { play, happened, said, events };
}

const join: PlannedEvent = { atMs: 50, verb: "join", whom: "notifier" };
const leave: PlannedEvent = { atMs: 200, verb: "leave", whom: "trading-engine-0" };

Deno.test("SessionEvents lets instances join and leave at their times", async () => {
  const { play, happened, said, events } = stage();
  await play([join, leave]);
  assert.deepEqual(happened, ["50 join notifier", "200 leave trading-engine-0"]);
  assert.deepEqual(said, ["join notifier", "leave trading-engine-0"]);
  assert.deepEqual(events.missed, []);
});

Deno.test("SessionEvents tells what did not happen because the session was over, or could not", async () => {
  const over = stage({ abortAtMs: 100 });
  await over.play([join, leave]);
  assert.deepEqual(over.happened, ["50 join notifier"]);
  assert.deepEqual(over.events.missed, ["leave trading-engine-0: the session was over before"]);
  const { play, events, happened } = stage();
  await play([
    { atMs: 1, verb: "leave", whom: "notifier-7" },
    { atMs: 2, verb: "join", whom: "order-command-producer" },
    leave,
  ]);
  assert.deepEqual(events.missed, [
    `leave notifier-7: Cannot remove "notifier-7": it is not there`,
    `join order-command-producer: "order-command-producer" is no group that can grow`,
  ]);
  assert.equal(happened.at(-1), "200 leave trading-engine-0");
});

Deno.test("SessionEvents of a session that goes on repeats at once who joined and left", async () => {
  const { play, happened } = stage();
  await play([join, leave, { atMs: 300, verb: "join", whom: "trading-engine" }], 250);
  assert.deepEqual(happened, [
    "250 join notifier",
    "250 leave trading-engine-0",
    "300 join trading-engine",
  ]);
});
