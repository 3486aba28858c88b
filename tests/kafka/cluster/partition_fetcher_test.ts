import assert from "node:assert/strict";
import fc from "fast-check";
import { ClusterNames } from "../../../kafka/cluster/cluster_names.ts";
import { FETCH_MAX_WAIT_MS } from "../../../kafka/cluster/cluster_settings.ts";
import { ClusterView } from "../../../kafka/cluster/cluster_view.ts";
import { PartitionFetcher } from "../../../kafka/cluster/partition_fetcher.ts";
import type { FetchedBatch } from "../../../kafka/event_log.ts";
import { deadline, failsWith } from "../log_fixture.ts";
import { failure, MemoryCluster } from "./memory_client.ts";

const TOPIC = "trades";
const DEADLINE_MS = 10_000;

interface Reading {
  readonly cluster: MemoryCluster;
  readonly fetcher: PartitionFetcher;
  append(partition: number, ...texts: readonly string[]): void;
  close(): Promise<void>;
}

/** A fetcher on a cluster in memory that has a topic of three partitions on two brokers. */
function openFetcher(): Reading {
  const cluster = new MemoryCluster();
  cluster.brokers = [1, 2];
  cluster.createTopic(`p.${TOPIC}`, 3);
  const control = cluster.client();
  const closing = new AbortController();
  const closed = closing.signal;
  const fetcher = new PartitionFetcher({
    view: new ClusterView({ client: () => Promise.resolve(control), closed }),
    names: new ClusterNames("p."),
    openClient: () => Promise.resolve(cluster.client()),
    closed,
  });
  const encoder = new TextEncoder();
  return {
    cluster,
    fetcher,
    append: (partition, ...texts) => {
      const records = texts.map((text) => ({
        key: null,
        value: encoder.encode(text),
        headers: {},
        timestamp: 1,
      }));
      cluster.append({ topic: `p.${TOPIC}`, partition }, records);
    },
    close: async () => {
      closing.abort();
      await fetcher.close();
      await control.close();
      assert.equal(cluster.openClients, 0, "every client was closed");
    },
  };
}

const at = (partition: number, offset = 0) => ({ topic: TOPIC, partition, offset });
const textsOf = (batches: readonly FetchedBatch[]) =>
  batches.flatMap(({ records }) => records.map(({ text }) => text));

async function readTexts(
  { fetcher }: Reading,
  count: number,
  maxRecords = 1_000,
): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  const before = deadline(DEADLINE_MS, () => `${count} records, got ${texts.length}`);
  while (texts.length < count) {
    before();
    texts.push(...textsOf(await fetcher.poll({ timeoutMs: DEADLINE_MS, maxRecords })));
  }
  return texts;
}

Deno.test("poll() hands out at most maxRecords, and positions follow what was handed out", async () => {
  const reading = openFetcher();
  const { fetcher, append } = reading;
  append(0, "a", "b", "c");
  fetcher.assign([at(0)]);
  const [first] = await fetcher.poll({ timeoutMs: DEADLINE_MS, maxRecords: 2 });
  assert.deepEqual([first!.records.length, first!.nextOffset, first!.endOffset], [2, 2, 3]);
  assert.deepEqual(fetcher.positions, [at(0, 2)]);
  assert.deepEqual(textsOf(await fetcher.poll({ timeoutMs: 0 })), ["c"]);
  await reading.close();
});

Deno.test("poll() hands out one batch a partition, of however many answers it is made", async () => {
  const reading = openFetcher();
  const { fetcher, append, cluster } = reading;
  append(0, "a", "b");
  fetcher.assign([at(0)]);
  assert.deepEqual(textsOf(await fetcher.poll({ timeoutMs: DEADLINE_MS, maxRecords: 1 })), ["a"]);
  const before = deadline(DEADLINE_MS, () => "a second answer");
  while ((cluster.requests.get("fetch") ?? 0) < 2) {
    before();
    await new Promise((resolve) => setTimeout(resolve));
  }
  append(0, "c", "d");
  // The answer comes in beside what is at hand of the first one.
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setTimeout(resolve));
  const [batch, ...more] = await fetcher.poll({ timeoutMs: DEADLINE_MS });
  assert.deepEqual(more, []);
  assert.deepEqual(textsOf([batch!]), ["b", "c", "d"]);
  assert.equal(batch!.nextOffset, 4);
  assert.deepEqual(fetcher.positions, [at(0, 4)]);
  await reading.close();
});

Deno.test("seek() is followed although a long poll is under way", async () => {
  const reading = openFetcher();
  const { fetcher, append, cluster } = reading;
  append(0, "a", "b");
  fetcher.assign([at(0)]);
  assert.deepEqual(await readTexts(reading, 2), ["a", "b"]);
  const waiting = fetcher.poll({ timeoutMs: DEADLINE_MS });
  const before = deadline(DEADLINE_MS, () => "long poll");
  while ((cluster.requests.get("fetch") ?? 0) < 2) {
    before();
    await new Promise((resolve) => setTimeout(resolve));
  }
  fetcher.seek(at(0, 1));
  assert.deepEqual(textsOf(await waiting), ["b"]);
  await reading.close();
});

Deno.test("assign() keeps what is read on from the same place, and drops the rest", async () => {
  const reading = openFetcher();
  const { fetcher, append } = reading;
  append(0, "a", "b");
  append(1, "x", "y");
  fetcher.assign([at(0), at(1)]);
  await readTexts(reading, 2, 1);
  fetcher.assign([at(1, 1), at(2)]);
  append(2, "z");
  assert.deepEqual((await readTexts(reading, 2)).sort(), ["y", "z"]);
  assert.deepEqual(fetcher.positions, [at(1, 2), at(2, 1)]);
  await failsWith(Promise.resolve().then(() => fetcher.seek(at(0))), "not-assigned");
  await reading.close();
});

Deno.test("poll() goes on when a leader moves, a connection is lost and metadata fails", async () => {
  const reading = openFetcher();
  const { fetcher, append, cluster } = reading;
  fetcher.assign([at(0)]);
  append(0, "a");
  assert.deepEqual(await readTexts(reading, 1), ["a"]);
  cluster.partition({ topic: `p.${TOPIC}`, partition: 0 }).leader = 2;
  cluster.requestFailures.set("metadata", [failure("CONNECTION", true)]);
  cluster.requestFailures.set("fetch", [failure("CONNECTION", true)]);
  append(0, "b");
  assert.deepEqual(await readTexts(reading, 1), ["b"]);
  cluster.partition({ topic: `p.${TOPIC}`, partition: 0 }).leader = -1;
  assert.deepEqual(await fetcher.poll({ timeoutMs: 2 * FETCH_MAX_WAIT_MS }), []);
  append(0, "c");
  cluster.partition({ topic: `p.${TOPIC}`, partition: 0 }).leader = 1;
  assert.deepEqual(await readTexts(reading, 1), ["c"]);
  await reading.close();
});

Deno.test("poll() below a partition's start fails, naming what is there, and seek() mends it", async () => {
  const reading = openFetcher();
  const { fetcher, append, cluster } = reading;
  append(0, "a", "b", "c");
  const partition = cluster.partition({ topic: `p.${TOPIC}`, partition: 0 });
  partition.records.splice(0, 2);
  partition.start = 2;
  fetcher.assign([at(0, 1)]);
  const error = await failsWith(fetcher.poll({ timeoutMs: DEADLINE_MS }), "offset-out-of-range");
  assert.match(error.message, /"trades"\/0 at 1: it has offsets 2 to 3/);
  fetcher.seek(at(0, 2));
  assert.deepEqual(await readTexts(reading, 1), ["c"]);
  await reading.close();
});

Deno.test("poll() of a topic that was deleted fails with unknown-topic", async () => {
  const reading = openFetcher();
  const { fetcher, cluster } = reading;
  fetcher.assign([at(0)]);
  assert.deepEqual(await fetcher.poll({ timeoutMs: 1 }), []);
  cluster.topics.delete(`p.${TOPIC}`);
  const error = await failsWith(fetcher.poll({ timeoutMs: DEADLINE_MS }), "unknown-topic");
  assert.match(error.message, /"trades"/);
  await reading.close();
});

Deno.test("interrupt() ends a poll that waits, and close() too", async () => {
  const reading = openFetcher();
  const { fetcher } = reading;
  fetcher.assign([at(0)]);
  const interrupted = fetcher.poll({ timeoutMs: DEADLINE_MS });
  fetcher.interrupt();
  assert.deepEqual(await interrupted, []);
  const ended = fetcher.poll({ timeoutMs: DEADLINE_MS });
  await fetcher.close();
  assert.deepEqual(await ended, []);
  await failsWith(fetcher.poll({ timeoutMs: 0 }), "log-closed");
  await reading.close();
});

Deno.test("poll() of an idle reader asks each broker once in a while, not again and again", async () => {
  const reading = openFetcher();
  const { fetcher, cluster } = reading;
  fetcher.assign([at(0), at(1), at(2)]);
  const waitMs = 2 * FETCH_MAX_WAIT_MS;
  assert.deepEqual(await fetcher.poll({ timeoutMs: waitMs }), []);
  assert.ok(cluster.requests.get("fetch")! <= 8, `${cluster.requests.get("fetch")} requests`);
  await reading.close();
});

/** What a reader sees, kept in the plainest way: a position for each partition. */
Deno.test("whatever is appended, sought and moved, a reader sees each partition as it is", async () => {
  const partition = fc.integer({ min: 0, max: 2 });
  const action = fc.oneof(
    fc.record({
      kind: fc.constant("append" as const),
      partition,
      count: fc.integer({ min: 1, max: 4 }),
    }),
    fc.record({ kind: fc.constant("seek" as const), partition, to: fc.nat({ max: 100 }) }),
    fc.record({ kind: fc.constant("poll" as const), maxRecords: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: fc.constant("move" as const), partition }),
    fc.record({ kind: fc.constant("lose" as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 30 }), async (actions) => {
      const reading = openFetcher();
      const { fetcher, cluster, append } = reading;
      const places = [0, 1, 2].map((partition) => at(partition));
      fetcher.assign(places);
      const ends = [0, 0, 0];
      const positions = [0, 0, 0];
      const take = (batches: readonly FetchedBatch[]) => {
        for (const { partition, records, nextOffset } of batches) {
          for (const { text, offset } of records) {
            assert.equal(offset, positions[partition]!++);
            assert.equal(text, `${partition}:${offset}`);
          }
          assert.equal(nextOffset, positions[partition]);
        }
        assert.deepEqual(fetcher.positions.map(({ offset }) => offset), positions);
      };
      for (const each of actions) {
        switch (each.kind) {
          case "append":
            for (let i = 0; i < each.count; i++) {
              append(each.partition, `${each.partition}:${ends[each.partition]!++}`);
            }
            break;
          case "seek": {
            const offset = each.to % (ends[each.partition]! + 1);
            positions[each.partition] = offset;
            fetcher.seek(at(each.partition, offset));
            break;
          }
          case "poll":
            take(await fetcher.poll({ timeoutMs: 1, maxRecords: each.maxRecords }));
            break;
          case "move": {
            const moved = cluster.partition({ topic: `p.${TOPIC}`, partition: each.partition });
            moved.leader = 3 - moved.leader;
            break;
          }
          case "lose":
            cluster.requestFailures.set("fetch", [failure("CONNECTION", true)]);
        }
      }
      const before = deadline(DEADLINE_MS, () => `ends ${ends}, got ${positions}`);
      while (positions.some((position, i) => position < ends[i]!)) {
        before();
        take(await fetcher.poll({ timeoutMs: 100 }));
      }
      await reading.close();
    }),
    { numRuns: 60 },
  );
});
