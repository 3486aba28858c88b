import assert from "node:assert/strict";
import type { PlannedEvent } from "../../../sim/session_plan.ts";
import type { LogFault } from "../../../sim/session/log_faults.ts";
import { type Befallen, SessionEvents } from "../../../sim/session/session_events.ts";

/** A script's surroundings that write down what happens, and a session's time that jumps. */
function stage(options: { readonly faults?: boolean; readonly abortAtMs?: number } = {}) {
  const happened: string[] = [];
  const said: string[] = [];
  const abort = new AbortController();
  let now = 0;
  const at = (text: string) => void happened.push(`${now} ${text}`);
  const begun = new Set<LogFault>();
  const befallen: Befallen = {
    floor: {
      actor: (id) => ({
        crash: () => Promise.resolve(at(`crash ${id}`)),
        terminate: () => at(`terminate ${id}`),
        hang: (ms) => Promise.resolve(at(`hang ${id} ${ms}`)),
      }),
      addInstance: (role) => Promise.resolve((at(`join ${role}`), `${role}-1`)),
      removeInstance: (id) => Promise.resolve(at(`leave ${id}`)),
    },
    faults: options.faults === false ? null : {
      begin: (fault) => {
        begun.add(fault);
        at(`begin ${fault.verb} ${fault.byMs ?? ""}`.trim());
      },
      end: (fault) => {
        const had = begun.delete(fault);
        if (had) at(`end ${fault.verb}`);
        return had;
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
  };
  const events = new SessionEvents(befallen, (text) => void said.push(text));
  const play = (script: readonly PlannedEvent[], from = 0) => {
    now = from;
    return events.play(script, { from, sessionAt: () => now, signal: abort.signal });
  };
  return { play, happened, said, events };
}

const cut: PlannedEvent = { atMs: 100, verb: "cut", whom: "log", forMs: 500 };
const delay: PlannedEvent = { atMs: 300, verb: "delay", whom: "log", byMs: 50, forMs: 100 };
const crash: PlannedEvent = { atMs: 200, verb: "crash", whom: "trading-engine-0" };
const join: PlannedEvent = { atMs: 50, verb: "join", whom: "notifier" };

Deno.test("SessionEvents lets faults of the network begin and end at their times, others between", async () => {
  const { play, happened, said, events } = stage();
  await play([cut, crash, delay]);
  assert.deepEqual(happened, [
    "100 begin cut",
    "200 crash trading-engine-0",
    "300 begin delay 50",
    "400 end delay",
    "600 end cut",
  ]);
  assert.deepEqual(said, [
    "cut log for 500 ms",
    "crash trading-engine-0",
    "delay log by 50 ms for 100 ms",
    "delay log by 50 ms for 100 ms is over",
    "cut log for 500 ms is over",
  ]);
  assert.deepEqual(events.missed, []);
});

Deno.test("SessionEvents ends what lasts when the session is over before, and tells what did not happen", async () => {
  const { play, happened, events } = stage({ abortAtMs: 250 });
  await play([cut, crash, delay]);
  assert.deepEqual(happened, ["100 begin cut", "200 crash trading-engine-0", "250 end cut"]);
  assert.deepEqual(events.missed, [
    "delay log by 50 ms for 100 ms: the session was over before",
  ]);
});

Deno.test("SessionEvents of a session that goes on repeats who joined, and no fault", async () => {
  const { play, happened } = stage();
  await play([join, cut, crash, delay], 250);
  assert.deepEqual(happened, ["250 join notifier", "300 begin delay 50", "400 end delay"]);
});

Deno.test("SessionEvents without a network tells that a fault did not take place", async () => {
  const { play, happened, events } = stage({ faults: false });
  await play([cut, crash]);
  assert.deepEqual(happened, ["200 crash trading-engine-0"]);
  assert.deepEqual(events.missed, [
    "cut log for 500 ms: the log is not reached over a network",
  ]);
});
