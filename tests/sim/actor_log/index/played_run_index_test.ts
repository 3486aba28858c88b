import assert from "node:assert/strict";
import { join } from "node:path";
import { linesOf } from "../../../../sim/actor_log/index/event_source.ts";
import { openEventLog } from "../../../../kafka/open_event_log.ts";
import { parseOrigin } from "../../../../kafka/messages/mod.ts";
import type { RuntimeEvent } from "../../../../actors/runtime/runtime_events.ts";
import { readRange } from "../../../../actors/log_access/read_range.ts";
import { CHANNEL_STRIDE, CHUNK_ENTRIES } from "../../../../sim/actor_log/index/limits.ts";
import { lanesOf } from "../../../../sim/actor_log/index/lanes.ts";
import { readyRunIndex } from "../../../../sim/actor_log/index/ready_run_index.ts";
import { formatPlace, type RecordPlace } from "../../../../sim/actor_log/record_place.ts";
import { runPaths } from "../../../../sim/run_folder.ts";
import { playRun } from "../../../support/played_run.ts";
import { plainIndex } from "../plain_index.ts";

async function eventsIn(path: string): Promise<RuntimeEvent[]> {
  const events: RuntimeEvent[] = [];
  const { size } = await Deno.stat(path);
  for await (const line of linesOf(path, size)) events.push(JSON.parse(line));
  return events;
}

Deno.test("readyRunIndex() orders a played run with every entry once, causes before effects", async () => {
  using run = await playRun("rebalance", { durationMs: 3_000, ratePerSecond: 500 });
  const paths = runPaths(run.directory);
  await using log = await openEventLog({ kind: "embedded", path: paths.log }, { create: false });
  const { events } = paths;
  const file = join(run.directory, "steps", "order.sqlite");
  using index = await readyRunIndex({ log, events, file });
  const { lanes } = await lanesOf(log);
  const written = await eventsIn(events);
  assert.ok(index.length > CHUNK_ENTRIES, "more than one chunk");
  assert.equal(index.length, index.records + written.length);

  const seen = new Map<string, number>();
  const next = new Map(lanes.map(({ topic, partition }) => [`${topic}/${partition}`, 0]));
  let nextEvent = 0;
  for (const entry of index.entries({ from: 0, direction: "forward" })) {
    if (entry.kind === "event") {
      assert.deepEqual(entry.event, written[nextEvent++]);
      continue;
    }
    const { topic, partition, offset } = entry.place;
    const name = `${topic}/${partition}`;
    assert.equal(offset, next.get(name), `${name} in its own order`);
    next.set(name, offset + 1);
    seen.set(formatPlace(entry.place), entry.rank);
  }
  for (const lane of lanes) {
    const { topic, partition, end } = lane;
    const wanted = { direction: "backward", partitions: [lane], events: false } as const;
    assert.equal([...index.entries({ from: index.length, ...wanted })].length, end);
    assert.equal(next.get(`${topic}/${partition}`), end);
  }
  assert.equal(nextEvent, written.length);

  let latest = 0;
  for (const entry of index.entries({ from: 0, direction: "forward", partitions: [] })) {
    assert.ok(entry.kind === "event");
    latest = Math.max(latest, entry.event.at);
    assert.ok(index.rankAtTime(latest) <= entry.rank && index.rankAtTime(latest + 1) > 0);
  }
  assert.equal(index.rankAtTime(latest + 1e9), index.length);

  const intents = new Map<string, number>();
  let [effects, sent, searched] = [0, 0, 0];
  for (const { topic, partition } of lanes) {
    for await (const record of readRange(log, { topic, partition })) {
      const place: RecordPlace = { topic, partition, offset: record.offset };
      const rank = seen.get(formatPlace(place))!;
      const message = JSON.parse(record.text!);
      if (topic === "intents") intents.set(message.id, rank);
      if (record.offset % 97 === 0) {
        assert.equal(index.rankOf(place), rank);
        assert.deepEqual(index.entryAt(rank), { kind: "record", rank, place });
        assert.ok([...index.about(message.correlationId)].includes(rank));
      }
      const origin = message.sequence === undefined ? null : parseOrigin(message.id);
      if (origin === null) {
        const intent = topic === "order-commands" ? intents.get(message.id) : undefined;
        if (intent !== undefined) assert.ok(intent < rank && ++sent > 0);
        continue;
      }
      effects++;
      const { offset } = origin;
      assert.ok(seen.get(`${origin.topic}/${origin.partition}/${offset}`)! < rank);
      if (record.offset % 97 !== 0) continue;
      searched++;
      const channel = `${origin.topic}/${origin.partition}`;
      const from = index.searchFrom(place, channel, message.sequence)!;
      // The first with this number is this one, or one before that was repeated.
      assert.ok(from <= record.offset && record.offset < from + 2 * CHANNEL_STRIDE);
    }
  }
  assert.ok(effects > 1_000 && sent > 500 && searched > 20);
});

Deno.test("readyRunIndex() orders a played run as the reference does", async () => {
  using run = await playRun("crash_before_commit", { durationMs: 2_000 });
  const paths = runPaths(run.directory);
  await using log = await openEventLog({ kind: "embedded", path: paths.log }, { create: false });
  const { events } = paths;
  const file = join(run.directory, "steps", "order.sqlite");
  using index = await readyRunIndex({ log, events, file });
  const plain = await plainIndex(log, await eventsIn(events));
  assert.ok(plain.length > 100);
  assert.deepEqual(
    [...index.entries({ from: 0, direction: "forward" })],
    [...plain.entries({ from: 0, direction: "forward" })],
  );
});
