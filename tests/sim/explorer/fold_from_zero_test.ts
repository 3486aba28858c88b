import assert from "node:assert/strict";
import { SnapshotStore } from "../../../actors/fold/snapshot_store.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { makeAuditPlace } from "../../../sim/explorer/audit_place.ts";
import { BoundedTime } from "../../../sim/explorer/bounded_time.ts";
import { compareWithFoldFromZero } from "../../../sim/explorer/fold_from_zero.ts";
import { worldOf } from "../../../sim/explorer/world_of.ts";
import { WorldStage } from "../../../sim/explorer/world_stage.ts";
import { preloadSources } from "../../../sim/session/source_factory.ts";

const PLACE = { topic: "notifications", partition: 0 };

/** Plays a small world and hands over the log that it left. */
async function withLog(work: (log: EventLog) => Promise<void>): Promise<void> {
  await preloadSources();
  using audit = makeAuditPlace();
  const world = worldOf(25);
  const time = new BoundedTime({ seed: world.seed, startsAt: 1_700_000_000_000 });
  const stage = new WorldStage(world, {
    time,
    auditFolder: audit.folder,
    onEvent: () => {},
    onCall: () => {},
  });
  try {
    const { drained } = await time.run(() => stage.play());
    assert.ok(drained);
    stage.leaveTime();
    await work(stage.log!); // A floor that has drained has one.
  } finally {
    await stage.close();
  }
}

/** The text of the last output in a partition. */
async function lastText(log: EventLog): Promise<string> {
  let last = "";
  for await (const { text } of readRange(log, PLACE)) last = text ?? last;
  return last;
}

async function append(log: EventLog, text: string): Promise<void> {
  await log.publish([{ ...PLACE, records: [{ key: "user-0", value: text, timestamp: 1 }] }]);
}

Deno.test("compareWithFoldFromZero() finds a log as its folds leave it right, and a repeat no harm", async () => {
  await withLog(async (log) => {
    const before = await compareWithFoldFromZero(log);
    assert.equal(before.difference, null);
    assert.ok(before.records > 50 && before.outputs > 50, JSON.stringify(before));
    await append(log, await lastText(log));
    const after = await compareWithFoldFromZero(log);
    assert.equal(after.difference, null);
    assert.equal(after.repeatsStored, before.repeatsStored + 1);
    assert.equal(after.repeatsDropped, before.repeatsDropped + 1);
  });
});

Deno.test("compareWithFoldFromZero() finds a repeat that is not the same again", async () => {
  await withLog(async (log) => {
    const text = await lastText(log);
    await append(log, text.replace(/"timestamp":(\d)/, `"timestamp":9$1`));
    const { difference } = await compareWithFoldFromZero(log);
    assert.match(difference?.text ?? "", /stands in notifications\/0 twice, and not the same/);
    assert.equal(difference?.chain.length, 2);
  });
});

Deno.test("compareWithFoldFromZero() finds an output that no fold gives", async () => {
  await withLog(async (log) => {
    const text = await lastText(log);
    const channel = /"id":"([a-z-]+\/\d+)\//.exec(text)![1];
    await append(log, text.replace(/"id":"[^"]+"/, `"id":"${channel}/99999/0"`));
    const { difference } = await compareWithFoldFromZero(log);
    assert.match(difference?.text ?? "", /has from .* what no fold gives|cannot be folded again/);
  });
});

Deno.test("compareWithFoldFromZero() finds a snapshot that is not the fold of what lies below it", async () => {
  await withLog(async (log) => {
    const partitions = await log.partitionCount("snapshots");
    const store = new SnapshotStore({
      log,
      clock: systemClock,
      role: "portfolio-manager",
      source: PLACE,
      partitions,
    });
    const { snapshot } = await store.load();
    assert.ok(snapshot !== null);
    await append(log, await lastText(log));
    await store.save({ offset: snapshot.offset + 1, bytes: snapshot.bytes });
    const { difference } = await compareWithFoldFromZero(log);
    assert.match(
      difference?.text ?? "",
      /the snapshot of portfolio-manager notifications\/0 at \d+ is not the fold/,
    );
  });
});
