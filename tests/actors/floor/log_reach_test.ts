import assert from "node:assert/strict";
import { superviseConsumers } from "../../../actors/floor/consumer_supervision.ts";
import { LOG_PATIENCE_MS, LogReach } from "../../../actors/floor/log_reach.ts";
import { endInOrder } from "../../../actors/floor/orderly_end.ts";
import { Runtime } from "../../../actors/runtime/runtime.ts";
import { type EventLog, EventLogError } from "../../../kafka/event_log.ts";
import { FloorFailedError, type TopicDescription } from "../../../mod.ts";
import { FakeClock } from "../../support/fake_clock.ts";

/** A log that answers, keeps questions waiting, or fails, as it is told. */
class SomeLog implements Pick<EventLog, "describeTopics" | "close"> {
  state: "answers" | "silent" | EventLogError = "answers";
  asked = 0;
  #waiting: ((error: EventLogError) => void)[] = [];

  describeTopics(): Promise<readonly TopicDescription[]> {
    this.asked++;
    if (this.state === "answers") return Promise.resolve([]);
    if (this.state !== "silent") return Promise.reject(this.state);
    return new Promise((_, reject) => this.#waiting.push(reject));
  }

  close(): Promise<void> {
    const closed = new EventLogError("log-closed", "Cannot ask: the log is closed");
    for (const reject of this.#waiting.splice(0)) reject(closed);
    return Promise.resolve();
  }
}

const AWAY = new EventLogError("log-unavailable", "nobody there", { retriable: true });

/** What a promise has come to, without waiting for it. */
function watched<T>(promise: Promise<T>): { value: T | undefined; done: boolean } {
  const seen: { value: T | undefined; done: boolean } = { value: undefined, done: false };
  void promise.then((value) => {
    seen.value = value;
    seen.done = true;
  });
  return seen;
}

async function withReach(
  work: (parts: { log: SomeLog; clock: FakeClock; reach: LogReach }) => Promise<void>,
  why?: () => string | null,
): Promise<void> {
  const log = new SomeLog();
  const clock = new FakeClock();
  const reach = new LogReach(log, { clock, ...(why === undefined ? {} : { why }) });
  try {
    await work({ log, clock, reach });
  } finally {
    reach.close();
    await log.close();
    await reach.ended;
  }
}

const NEVER = new AbortController().signal;

Deno.test("LogReach.lost() resolves when no question was answered for so long, and not before", async () => {
  await withReach(async ({ log, clock, reach }) => {
    const lost = watched(reach.lost(5_000, NEVER));
    await clock.advance(60_000);
    assert.ok(!lost.done, "a log that answers is there");
    log.state = AWAY;
    await clock.advance(4_000);
    log.state = "answers";
    await clock.advance(10_000);
    assert.ok(!lost.done, "a short outage is none");
    log.state = AWAY;
    await clock.advance(4_500);
    assert.ok(!lost.done);
    await clock.advance(3_500);
    assert.equal(lost.value?.why, "nobody there");
    assert.ok(lost.value.forMs >= 5_000);
    assert.equal((await reach.lost(5_000, NEVER))?.why, "nobody there", "it is told again");
  });
});

Deno.test("LogReach.lost() tells of a log that keeps its questions waiting, in the log's own words", async () => {
  await withReach(async ({ log, clock, reach }) => {
    log.state = "silent";
    const lost = watched(reach.lost(5_000, NEVER));
    await clock.advance(7_000);
    assert.equal(lost.value?.why, "metadata: connection refused");
  }, () => "metadata: connection refused");
});

Deno.test("LogReach.lost() does not take a process that slept for a log that was away", async () => {
  await withReach(async ({ log, clock, reach }) => {
    await clock.advance(500);
    log.state = "silent";
    const lost = watched(reach.lost(5_000, NEVER));
    await clock.advance(600);
    const { asked } = log;
    clock.leap(3_600_000);
    await clock.advance(1_000);
    assert.ok(!lost.done, "nobody has waited awake");
    log.state = "answers";
    await log.close(); // Ends the question that was asked before the sleep.
    await clock.advance(60_000);
    assert.ok(log.asked > asked);
    assert.ok(!lost.done);
  });
});

Deno.test("LogReach.lost() resolves with null when its signal aborts and when it is closed", async () => {
  await withReach(async ({ reach }) => {
    const abort = new AbortController();
    const aborted = reach.lost(5_000, abort.signal);
    abort.abort();
    assert.equal(await aborted, null);
    const closed = reach.lost(5_000, NEVER);
    reach.close();
    assert.equal(await closed, null);
  });
});

Deno.test("a floor fails when its log has been out of reach for LOG_PATIENCE_MS", async () => {
  await withReach(async ({ log, clock, reach }) => {
    const runtime = new Runtime({ runId: "reach", clock, random: () => 0 });
    const none = {
      "order-gateway": 0,
      "trading-engine": 0,
      "portfolio-manager": 0,
      "notifier": 0,
      "audit-logger": 0,
    };
    const host = { kind: "single-thread", start: () => assert.fail("nobody is started") } as const;
    const partitions = {} as never; // Nobody is started, so nobody reads it.
    const settings = { partitions, auditFolder: null };
    const { root, failure } = superviseConsumers(none, { host, settings, runtime, reach });
    const failed = watched(failure);
    log.state = AWAY;
    await clock.advance(LOG_PATIENCE_MS - 1_000);
    assert.ok(!failed.done);
    await clock.advance(3_000);
    assert.ok(failed.value instanceof FloorFailedError);
    assert.match(
      failed.value.message,
      /^Cannot go on: the log has been out of reach for 12\d s: nobody there; when it is back, go on with the run$/,
    );
    await root.stop();
  });
});

Deno.test("endInOrder() waits for an orderly end while the log answers, however long that takes", async () => {
  await withReach(async ({ log, clock, reach }) => {
    const root = { terminate: () => assert.fail("there is time") };
    let ended = false;
    const ending = endInOrder({ log, root, reach }, () => clock.sleep(600_000));
    void ending.then(() => ended = true);
    await clock.advance(599_000);
    assert.ok(!ended);
    await clock.advance(2_000);
    await ending;
  });
});

Deno.test("endInOrder() ends the threads and closes the log under what waits for a log that is away", async () => {
  await withReach(async ({ log, clock, reach }) => {
    log.state = "silent";
    let terminated = 0;
    const root = { terminate: () => void terminated++ };
    const ending = endInOrder({ log, root, reach }, async () => void await log.describeTopics());
    const rejected = assert.rejects(
      ending,
      (error) =>
        error instanceof FloorFailedError &&
        /^Cannot stop in order: the log has been out of reach for \d s: it does not answer; what was acknowledged is in it/
          .test(error.message),
    );
    await clock.advance(10_000);
    await rejected;
    assert.equal(terminated, 1);
  });
});

Deno.test("endInOrder() throws what the orderly end throws", async () => {
  await withReach(async ({ log, reach }) => {
    const root = { terminate: () => assert.fail("the log is there") };
    const end = () => Promise.reject(new Error("no end"));
    await assert.rejects(endInOrder({ log, root, reach }, end), /no end/);
    await assert.rejects(endInOrder({ log, root, reach: null }, end), /no end/);
  });
});
