import assert from "node:assert/strict";
import { FoldProcessor } from "../../../actors/consumer/fold_processor.ts";
import type { Fold } from "../../../actors/fold/fold.ts";
import { DEFAULT_PARTITION_COUNTS, zeroCounters } from "../../../actors/fold/partition_fold.ts";
import { packState, unpackState } from "../../../actors/fold/state_bytes.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { RuntimeEventBody } from "../../../actors/runtime/runtime_events.ts";
import { type EventLog, type LogRecord, PublishError } from "../../../kafka/event_log.ts";
import { decodeRecord } from "../../../kafka/messages/mod.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";

/** Users' deposits so far, each told; `bomb` makes the fold throw, `flaky` once. */
interface Till {
  readonly seen: string[];
}

function till(faults: { flakyLeft: number } = { flakyLeft: 0 }): Fold<Till, "order-commands"> {
  return {
    role: "till",
    version: 1,
    topic: "order-commands",
    create: () => ({ seen: [] }),
    apply(state, { message }, out) {
      if (message.type !== "deposit") return;
      state.seen.push(message.depositId);
      if (message.depositId === "bomb") throw new Error("boom");
      if (message.depositId === "flaky" && faults.flakyLeft-- > 0) throw new Error("a bad moment");
      out.emit("notifications", message.userId, {
        type: "deposit-accepted",
        duplicate: false,
        userId: message.userId,
        depositId: message.depositId,
        amountUnits: state.seen.length,
      }, `${message.userId}/${message.depositId}`);
    },
    encode: (state) => packState(state),
    decode: (bytes) => unpackState(bytes).head as Till, // what encode packed
  };
}

const SOURCE = { topic: "order-commands", partition: 0 };

async function newLog(): Promise<EventLog> {
  const log = await openMemoryLog();
  await log.createTopics(topicSettings());
  return log;
}

async function deposit(log: EventLog, ...ids: readonly string[]): Promise<void> {
  const records = ids.map((id) => ({
    key: "alice",
    value: JSON.stringify({
      type: "deposit",
      id: `client/${id}`,
      correlationId: `alice/${id}`,
      timestamp: 1,
      userId: "alice",
      depositId: id,
      amount: 1,
    }),
  }));
  await log.publish([{ ...SOURCE, records }]);
}

async function all(log: EventLog, topic: string): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < await log.partitionCount(topic); partition++) {
    for await (const record of readRange(log, { topic, partition })) records.push(record);
  }
  return records;
}

async function told(log: EventLog): Promise<string[]> {
  return (await all(log, "notifications")).flatMap((record) => {
    const decoded = decodeRecord("notifications", record);
    assert.ok(decoded.ok);
    return decoded.message.type === "deposit-accepted"
      ? [`${decoded.message.depositId}:${decoded.message.amountUnits}`]
      : [];
  });
}

function open(log: EventLog, options: {
  readonly fold?: Fold<Till, "order-commands">;
  readonly committed?: number;
  readonly events?: RuntimeEventBody[];
} = {}) {
  return FoldProcessor.open({
    fold: options.fold ?? till(),
    partition: 0,
    partitions: DEFAULT_PARTITION_COUNTS,
    log,
    clock: systemClock,
    signal: new AbortController().signal,
    committed: options.committed ?? 0,
    counters: zeroCounters(),
    tell: (event) => options.events?.push(event),
    heartbeat: () => Promise.resolve(),
  });
}

async function workOff(
  processor: FoldProcessor<Till, "order-commands">,
  log: EventLog,
): Promise<void> {
  const records: LogRecord[] = [];
  for await (const record of readRange(log, SOURCE, { from: processor.position })) {
    records.push(record);
  }
  await processor.process(records);
}

Deno.test("FoldProcessor publishes what its fold emits", async () => {
  await using log = await newLog();
  await deposit(log, "a", "b");
  const processor = await open(log);
  await workOff(processor, log);
  assert.deepEqual(await told(log), ["a:1", "b:2"]);
  assert.equal(processor.position, 2);
});

Deno.test("FoldProcessor comes back from snapshot and log, silent below the committed offset", async () => {
  await using log = await newLog();
  await deposit(log, "a", "b", "c");
  const first = await open(log);
  await workOff(first, log);
  await first.flush("stopping");
  await deposit(log, "d", "e");
  const second = await open(log, { committed: 4 });
  await workOff(second, log);
  assert.deepEqual(second.state.seen, ["a", "b", "c", "d", "e"]);
  // The first four stand below the committed offset: d was folded again without a word.
  assert.deepEqual(await told(log), ["a:1", "b:2", "c:3", "e:5"]);
});

Deno.test("FoldProcessor publishes again, unchanged, what was not committed", async () => {
  await using log = await newLog();
  await deposit(log, "a", "b");
  await workOff(await open(log), log);
  await workOff(await open(log), log);
  const notifications = await all(log, "notifications");
  const texts = notifications.map(({ text }) => text);
  assert.equal(texts.length, 4);
  assert.deepEqual(texts.slice(2), texts.slice(0, 2));
});

Deno.test("FoldProcessor skips a record on which its fold throws twice, by a durable mark", async () => {
  await using log = await newLog();
  await deposit(log, "a", "bomb", "c");
  const events: RuntimeEventBody[] = [];
  const processor = await open(log, { events });
  await workOff(processor, log);
  assert.deepEqual(processor.state.seen, ["a", "c"]);
  assert.deepEqual(await told(log), ["a:1", "c:2"]);
  assert.equal(events.filter(({ kind }) => kind === "fold-failed").length, 2);
  const letters = await all(log, "dead-letters");
  assert.equal(letters.length, 1);
  const again = await open(log);
  await workOff(again, log);
  assert.deepEqual(again.state.seen, ["a", "c"]);
  assert.equal((await all(log, "dead-letters")).length, 1);
});

Deno.test("FoldProcessor folds a record on which its fold throws once, and keeps no trace", async () => {
  await using log = await newLog();
  await deposit(log, "a", "flaky", "c");
  const processor = await open(log, { fold: till({ flakyLeft: 1 }) });
  await workOff(processor, log);
  assert.deepEqual(processor.state.seen, ["a", "flaky", "c"]);
  assert.deepEqual(await told(log), ["a:1", "flaky:2", "c:3"]);
  assert.equal((await all(log, "dead-letters")).length, 0);
});

Deno.test("FoldProcessor publishes the same records before anything later after a rejection", async () => {
  await using log = await newLog();
  await deposit(log, "a", "b");
  let rejections = 3;
  const flaky = new Proxy(log, {
    get(target, name) {
      if (name === "publish") {
        return (batches: Parameters<EventLog["publish"]>[0]) => {
          if (rejections-- <= 0) return target.publish(batches);
          throw new PublishError("Cannot publish: away", {
            published: [],
            rejected: batches,
            retriable: true,
          });
        };
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  await workOff(await open(flaky), log);
  assert.deepEqual(await told(log), ["a:1", "b:2"]);
});

Deno.test("FoldProcessor abandoned writes nothing more", async () => {
  await using log = await newLog();
  await deposit(log, "a");
  const processor = await open(log);
  processor.abandon();
  await workOff(processor, log);
  await processor.flush("stopping");
  assert.deepEqual(await told(log), []);
  assert.deepEqual(await all(log, "snapshots"), []);
});
