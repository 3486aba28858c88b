import assert from "node:assert/strict";
import { catchUp } from "../../../actors/consumer/catch_up.ts";
import { Consumer, type ConsumerOptions } from "../../../actors/consumer/consumer.ts";
import type { PartitionProcessor } from "../../../actors/consumer/partition_processor.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import type { EventLog, LogRecord, TopicPartition } from "../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { eventually } from "../../support/eventually.ts";

const TOPIC = "numbers";
const PARTITIONS = 2;

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics([{
    name: TOPIC,
    partitions: PARTITIONS,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
  }]);
  return log;
}

async function add(log: EventLog, partition: number, ...values: readonly string[]) {
  const records = values.map((value) => ({ key: null, value }));
  await log.publish([{ topic: TOPIC, partition, records }]);
}

/** Writes down what it is given, in order, and can be held up. */
class Notes implements PartitionProcessor {
  readonly seen: string[] = [];
  readonly flushed: string[] = [];
  position: number;
  abandoned = false;
  begun = false;
  readonly #gate: () => Promise<void>;

  constructor(position: number, gate: () => Promise<void> = () => Promise.resolve()) {
    this.position = position;
    this.#gate = gate;
  }

  async process(records: readonly LogRecord[]): Promise<void> {
    for (const { offset, text } of records) {
      if (offset < this.position) continue;
      this.begun = true;
      await this.#gate();
      if (this.abandoned) return;
      this.seen.push(text ?? "");
      this.position = offset + 1;
    }
  }

  flush(reason: string): Promise<void> {
    this.flushed.push(reason);
    return Promise.resolve();
  }

  abandon(): void {
    this.abandoned = true;
  }
}

interface Played {
  readonly consumer: Consumer;
  readonly run: Promise<void>;
  readonly opened: Map<string, Notes>;
  readonly events: RuntimeEventBody[];
}

function play(
  log: EventLog,
  id: string,
  options: Partial<ConsumerOptions> & { readonly gate?: () => Promise<void> } = {},
): Played {
  const opened = new Map<string, Notes>();
  const events: RuntimeEventBody[] = [];
  const consumer = new Consumer({
    start: { id, tell: (event) => events.push(event) },
    log,
    clock: systemClock,
    group: "readers",
    topics: [TOPIC],
    open: ({ topic, partition }, { committed }) => {
      const notes = new Notes(committed, options.gate);
      opened.set(`${topic}/${partition}`, notes);
      return Promise.resolve(notes);
    },
    ...options,
  });
  return { consumer, run: consumer.run(), opened, events };
}

async function committed(log: EventLog): Promise<readonly number[]> {
  return (await log.lag("readers")).map(({ offset }) => offset);
}

const caughtUp = (log: EventLog) => async () => {
  const lags = await log.lag("readers");
  return lags.length > 0 && lags.every(({ lag }) => lag === 0);
};

Deno.test("Consumer works off what is there, commits it, and flushes when it stops", async () => {
  await using log = await newLog();
  await add(log, 0, "a", "b");
  await add(log, 1, "c");
  const { consumer, run, opened } = play(log, "one");
  await eventually("it has caught up", caughtUp(log));
  consumer.stop();
  await run;
  assert.deepEqual(opened.get("numbers/0")?.seen, ["a", "b"]);
  assert.deepEqual(opened.get("numbers/1")?.seen, ["c"]);
  assert.deepEqual(opened.get("numbers/0")?.flushed.at(-1), "stopping");
  assert.deepEqual(await committed(log), [2, 1]);
});

for (const hearsLastWords of [true, false]) {
  const what = hearsLastWords ? "takes" : "leaves";
  Deno.test(`Consumer ${what} what is written while it stops (hearsLastWords: ${hearsLastWords})`, async () => {
    await using log = await newLog();
    const held = Promise.withResolvers<void>();
    const { consumer, run, opened } = play(log, "one", {
      hearsLastWords,
      gate: () => held.promise,
    });
    await eventually("it has its partitions", () => Promise.resolve(opened.size === PARTITIONS));
    await add(log, 0, "a");
    const begun = () => Promise.resolve(opened.get("numbers/0")?.begun === true);
    await eventually("it has begun", begun);
    consumer.stop();
    await add(log, 0, "b");
    await add(log, 1, "c");
    held.resolve();
    await run;
    assert.deepEqual(opened.get("numbers/0")?.seen, hearsLastWords ? ["a", "b"] : ["a"]);
    assert.deepEqual(opened.get("numbers/1")?.seen, hearsLastWords ? ["c"] : []);
    assert.deepEqual(await committed(log), hearsLastWords ? [2, 1] : [1, 0]);
  });
}

Deno.test("Consumer that is expelled while it works drops its work, and joins again", async () => {
  await using log = await newLog();
  await add(log, 0, "a", "b");
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  const slow = play(log, "slow", { sessionTimeoutMs: 50, gate: () => held });
  await eventually("it works", () => slow.opened.has("numbers/0"));
  const before = slow.opened.get("numbers/0");
  const other = play(log, "other", { sessionTimeoutMs: 5_000 });
  await eventually("the other has it all", () => other.consumer.report().assignment.length === 2);
  await eventually("the other has caught up", caughtUp(log));
  release();
  await eventually("it has joined again", () => slow.consumer.report().assignment.length === 1);
  assert.equal(before?.abandoned, true);
  assert.ok(slow.events.some(({ kind }) => kind === "revoked"));
  slow.consumer.stop();
  other.consumer.stop();
  await Promise.all([slow.run, other.run]);
  assert.deepEqual(await committed(log), [2, 0]);
});

Deno.test("Consumer stays a member while a partition takes long to open", async () => {
  await using log = await newLog();
  let opening = 0;
  const sessionTimeoutMs = 300;
  const long = play(log, "long", {
    sessionTimeoutMs,
    open: async (_assigned, { committed, heartbeat }) => {
      opening++;
      for (let n = 0; n < 8; n++) {
        await systemClock.sleep(sessionTimeoutMs / 4);
        await heartbeat();
      }
      return new Notes(committed);
    },
  });
  await eventually("it opens", () => opening > 0);
  const beside = await log.join({ group: "readers", topics: [TOPIC], instanceId: "x" });
  await beside.poll({ timeoutMs: 0 });
  await eventually(
    "both partitions were opened once",
    () => long.consumer.report().assignment.length === 1,
    10_000,
  );
  const members = (await log.describeGroup("readers")).members.map(({ memberId }) => memberId);
  assert.ok(members.includes("long/1"), `it was never expelled: ${members.join(", ")}`);
  long.consumer.stop();
  await long.run;
  await beside.leave();
});

Deno.test("Consumer whose place another takes under its name ends with an error", async () => {
  await using log = await newLog();
  const first = play(log, "same");
  await eventually("it serves", () => first.consumer.report().assignment.length === 2);
  const second = play(log, "same");
  await assert.rejects(first.run, /another member has joined as "same"/);
  await eventually("its successor serves", () => second.consumer.report().assignment.length === 2);
  assert.ok([...first.opened.values()].every(({ abandoned }) => abandoned));
  second.consumer.stop();
  await second.run;
});

Deno.test("Consumer.resume() refuses the steps that have not begun", async () => {
  await using log = await newLog();
  await add(log, 0, "a", "b", "c");
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  let works = false;
  const { consumer, run, opened } = play(log, "one", {
    gate: () => {
      works = true;
      return held;
    },
  });
  await eventually("it works", () => works);
  consumer.suspend();
  const steps = Promise.allSettled([consumer.step(), consumer.step()]);
  consumer.resume();
  for (const step of await steps) {
    assert.equal(step.status, "rejected");
    assert.match(String(step.reason), /Cannot step one: it was resumed/);
  }
  release();
  await eventually("it has caught up", caughtUp(log));
  assert.deepEqual(opened.get("numbers/0")?.seen, ["a", "b", "c"]);
  consumer.stop();
  await run;
});

Deno.test("Consumer that is stopped while it opens leaves its group", async () => {
  await using log = await newLog();
  let opening = false;
  const { consumer, run } = play(log, "one", {
    open: async (_assigned, { committed, signal }) => {
      opening = true;
      await systemClock.sleep(60_000, signal);
      return new Notes(committed);
    },
  });
  await eventually("it opens", () => opening);
  consumer.stop();
  await run;
  assert.deepEqual((await log.describeGroup("readers")).members, []);
});

Deno.test("catchUp() processes again what lies below the committed offset, and no more", async () => {
  await using log = await newLog();
  await add(log, 0, "a", "b", "c", "d");
  const source: TopicPartition = { topic: TOPIC, partition: 0 };
  const options = {
    log,
    signal: new AbortController().signal,
    heartbeat: () => Promise.resolve(),
  };
  const behind = new Notes(1);
  await catchUp(behind, source, { ...options, committed: 3 });
  assert.deepEqual(behind.seen, ["b", "c"]);
  const ahead = new Notes(3);
  await catchUp(ahead, source, { ...options, committed: 2 });
  assert.deepEqual(ahead.seen, []);
});
