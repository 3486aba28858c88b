import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import type { RuntimeEvent } from "../../../../actors/runtime/runtime_events.ts";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import type { EventLog } from "../../../../kafka/event_log.ts";
import { buildRunIndex } from "../../../../sim/actor_log/index/build_run_index.ts";
import { LANE_TOPICS } from "../../../../sim/actor_log/index/lanes.ts";
import { CHANNEL_STRIDE } from "../../../../sim/actor_log/index/limits.ts";
import { openRunIndex } from "../../../../sim/actor_log/index/open_run_index.ts";
import type { IndexEntry, RunIndex } from "../../../../sim/actor_log/index/run_index.ts";
import { plainIndex } from "../plain_index.ts";
import { drawLog } from "./drawn_log.ts";
import { readInPieces } from "./pieces_log.ts";

/** Of each property. */
const RUNS = 25;

/** Draws logs, builds their indexes, and looks at each beside the reference. */
async function holdsForDrawnLogs(
  holds: (index: RunIndex, plain: RunIndex, drawn: {
    readonly log: EventLog;
    readonly events: readonly RuntimeEvent[];
  }) => void,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-index-" });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.nat(160),
        fc.integer({ min: 1, max: 9 }),
        async (seed, size, piece) => {
          const drawn = await drawLog(seededRandom(seed), size);
          await using log = drawn.log;
          const events = join(directory, "events.ndjson");
          await Deno.writeTextFile(
            events,
            drawn.events.map((e) => `${JSON.stringify(e)}\n`).join(""),
          );
          const file = join(directory, "order.sqlite");
          await buildRunIndex({ log: readInPieces(log, piece), events, file });
          using index = await openRunIndex(file, { log, events });
          holds(index, await plainIndex(log, drawn.events), drawn);
        },
      ),
      { numRuns: RUNS },
    );
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function allOf(index: RunIndex): readonly IndexEntry[] {
  return [...index.entries({ from: 0, direction: "forward" })];
}

Deno.test("buildRunIndex() puts any log in the order of the reference, however it is read", async () => {
  await holdsForDrawnLogs((index, plain) => {
    assert.equal(index.length, plain.length);
    assert.equal(index.records, plain.records);
    assert.deepEqual(allOf(index), allOf(plain));
  });
});

Deno.test("RunIndex finds every rank, place, event and time of any log", async () => {
  await holdsForDrawnLogs((index, plain) => {
    for (const entry of allOf(plain)) {
      assert.deepEqual(index.entryAt(entry.rank), entry);
      if (entry.kind === "record") assert.equal(index.rankOf(entry.place), entry.rank);
      else assert.equal(index.rankOfEvent(entry.event.number), entry.rank);
    }
    assert.equal(index.rankOf({ topic: "orders", partition: 0, offset: 1_000 }), null);
    assert.equal(index.rankOf({ topic: "orders", partition: 9, offset: 0 }), null);
    assert.equal(index.rankOfEvent(1_000), null);
    for (let time = 980; time < 1_700; time += 7) {
      assert.equal(index.rankAtTime(time), plain.rankAtTime(time));
    }
    assert.throws(() => index.entryAt(index.length), RangeError);
    assert.throws(() => index.entryAt(-1), RangeError);
  });
});

Deno.test("RunIndex.entries() and events() give what is wanted, both ways", async () => {
  await holdsForDrawnLogs((index, plain) => {
    for (const direction of ["forward", "backward"] as const) {
      for (const from of [-1, 0, Math.floor(plain.length / 2), plain.length - 1]) {
        const start = direction === "forward" ? Math.max(0, from) : from;
        for (const events of [true, false]) {
          const partitions = [{ topic: "orders", partition: 1 }, {
            topic: "intents",
            partition: 0,
          }];
          for (const wanted of [{ events }, { events, partitions }]) {
            assert.deepEqual(
              [...index.entries({ from, direction, ...wanted })],
              [...plain.entries({ from: start, direction, ...wanted })],
            );
          }
        }
        for (
          const wanted of [{}, { actor: "gateways" }, { kinds: ["commit", "starting"] as const }]
        ) {
          assert.deepEqual(
            [...index.events({ from, direction, ...wanted })],
            [...plain.events({ from: start, direction, ...wanted })],
          );
        }
      }
    }
  });
});

Deno.test("RunIndex.searchFrom() keeps its promise for any channel, dense or not", async () => {
  await holdsForDrawnLogs((index, plain) => {
    for (const topic of LANE_TOPICS) {
      for (
        const [into, channel] of [[0, "orders/0"], [1, "intents/1"], [0, "market-data/0"]] as const
      ) {
        for (let sequence = 0; sequence < 12; sequence++) {
          const from = index.searchFrom({ topic, partition: into }, channel, sequence);
          const first = plain.searchFrom({ topic, partition: into }, channel, sequence);
          assert.equal(from === null, first === null, `${topic}/${into} ${channel} ${sequence}`);
          if (from === null || first === null) continue;
          assert.ok(from <= first && first < from + CHANNEL_STRIDE);
        }
      }
    }
    assert.equal(index.searchFrom({ topic: "orders", partition: 0 }, "nowhere/0", 0), null);
    assert.equal(index.searchFrom({ topic: "orders", partition: 9 }, "orders/0", 0), null);
  });
});

Deno.test("RunIndex knows what any log is about", async () => {
  await holdsForDrawnLogs((index, plain) => {
    for (
      const correlation of ["501/1001", "502/1001", "AAPL", "ü/1", `","id":"orders/0/1/0`, "no"]
    ) {
      const found = new Set(index.about(correlation));
      for (const rank of plain.about(correlation)) assert.ok(found.delete(rank), `${rank}`);
      assert.deepEqual([...found], [], "no two of these ids have one fingerprint");
      const all = [...index.about(correlation)];
      for (const from of [0, ...all, ...all.map((rank) => rank + 1), plain.length]) {
        const rest = all.filter((rank) => rank >= from);
        assert.deepEqual([...index.about(correlation, from)], rest, `from ${from}`);
      }
    }
    for (const orderId of ["1001", "1002", "1010", `o\\`, `","orderId":"no`, "no"]) {
      assert.deepEqual(index.ordersWith(orderId), plain.ordersWith(orderId));
    }
    for (const user of ["501", "502", "user ü", `u","userId":"no`]) {
      assert.ok(index.userNear(user).found || !plain.userNear(user).found);
    }
    assert.equal(index.userNear("no").found, false);
  });
});
