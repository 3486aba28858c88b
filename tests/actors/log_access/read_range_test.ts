import assert from "node:assert/strict";
import { READ_PATIENCE_MS, readBatches, readRange } from "../../../actors/log_access/read_range.ts";
import {
  type EventLog,
  EventLogError,
  type FetchedBatch,
  type LogRecord,
  type TopicPartitionOffset,
} from "../../../kafka/event_log.ts";

const AT = { topic: "orders", partition: 0 };

/** A poll's answer: offsets of records, or where the reader has come without any. */
type Step = readonly number[] | { readonly cameTo: number };

/** A log of one partition whose reader answers its polls by these steps, then with nothing. */
function scripted(end: number, steps: readonly Step[]) {
  let polls = 0;
  let waitedMs = 0;
  const released: number[] = [];
  const position = { ...AT, offset: 0 };
  const log: Partial<EventLog> = {
    describeTopics: () =>
      Promise.resolve([{
        name: AT.topic,
        partitions: 1,
        cleanup: "compact",
        retentionMs: null,
        timestampType: "create-time",
        offsets: [{ start: 0, end }],
      }]),
    openReader: ([from]: readonly TopicPartitionOffset[]) => {
      position.offset = from?.offset ?? 0;
      return {
        positions: [position],
        seek: () => assert.fail("it reads on"),
        close: () => {},
        poll: ({ timeoutMs }) => {
          const step = steps[polls++] ?? [];
          if ("cameTo" in step) position.offset = step.cameTo;
          if ("cameTo" in step || step.length === 0) {
            waitedMs += timeoutMs;
            return Promise.resolve([]);
          }
          const release = () => released.push(...step);
          return Promise.resolve([{ ...batchOf(step, end), release }]);
        },
      };
    },
  };
  // What readRange calls is there.
  return { log: log as EventLog, waited: () => waitedMs, released };
}

function batchOf(offsets: readonly number[], endOffset: number): FetchedBatch {
  const records = offsets.map((offset): LogRecord => ({
    ...AT,
    offset,
    timestamp: 0,
    key: null,
    value: null,
    text: null,
    headers: {},
  }));
  return { ...AT, records, nextOffset: (offsets.at(-1) ?? 0) + 1, endOffset };
}

async function offsetsOf(log: EventLog, range = {}): Promise<readonly number[]> {
  const offsets: number[] = [];
  for await (const { offset } of readRange(log, AT, range)) offsets.push(offset);
  return offsets;
}

Deno.test("readRange() waits for records that are there and do not come", async () => {
  const { log } = scripted(4, [[0, 1], [], [], [2], [], [3]]);
  assert.deepEqual(await offsetsOf(log), [0, 1, 2, 3]);
});

Deno.test("readRange() never takes records that do not come for the end", async () => {
  const { log, waited } = scripted(4, [[0, 1]]);
  await assert.rejects(
    offsetsOf(log),
    (error) =>
      error instanceof EventLogError && error.code === "log-unavailable" && error.retriable,
  );
  assert.equal(waited(), READ_PATIENCE_MS);
});

Deno.test("readRange() ends where the reader came past a hole of compaction", async () => {
  const { log } = scripted(9, [[0, 1], { cameTo: 9 }]);
  assert.deepEqual(await offsetsOf(log), [0, 1]);
  const inside = scripted(9, [[0], { cameTo: 5 }, [5, 6], { cameTo: 9 }]);
  assert.deepEqual(await offsetsOf(inside.log), [0, 5, 6]);
});

Deno.test("readRange() gives what lies within its bounds", async () => {
  assert.deepEqual(await offsetsOf(scripted(9, [[2, 3, 4, 5]]).log, { from: 2, to: 4 }), [2, 3]);
  assert.deepEqual(await offsetsOf(scripted(3, []).log, { from: 3 }), []);
});

Deno.test("readBatches() gives memory back once the next records are asked for, if it may", async () => {
  const kept = scripted(4, [[0, 1], [2, 3]]);
  for await (const _ of readBatches(kept.log, AT)) assert.deepEqual(kept.released, []);
  assert.deepEqual(kept.released, []);
  const { log, released } = scripted(4, [[0, 1], [2, 3]]);
  const releasedAt: (readonly number[])[] = [];
  for await (const _ of readBatches(log, AT, { isReleasing: true })) {
    releasedAt.push([...released]);
  }
  assert.deepEqual([...releasedAt, released], [[], [0, 1], [0, 1, 2, 3]]);
});
