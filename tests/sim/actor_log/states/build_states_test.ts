import assert from "node:assert/strict";
import { SequenceGapError } from "../../../../actors/fold/partition_fold.ts";
import { EventLogError } from "../../../../kafka/event_log.ts";
import { openMemoryLog } from "../../../../kafka/open_event_log.ts";
import { buildStates } from "../../../../sim/actor_log/states/build_states.ts";
import { openStepFolder } from "../../../../sim/actor_log/states/open_step_folder.ts";
import { StatesError } from "../../../../sim/actor_log/states/states_error.ts";
import { DIGEST_LENSES, foldedFromZero } from "./folded_from_zero.ts";
import { SmallLog } from "./small_log.ts";

const lenses = DIGEST_LENSES;

const FILES = ["states-order-gateway", "states-portfolio-manager", "states-trading-engine"];

function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => !name.startsWith("log.sqlite")).sort();
}

Deno.test("buildStates() folds a long log in threads, and tells how far it is", async () => {
  await using small = await SmallLog.open();
  await small.publishStrange(20_000);
  const shares: number[] = [];
  const onProgress = (folded: number, of: number) => shares.push(folded / of);
  await buildStates({ ...small, checkpointRecords: 5_000, onProgress });
  assert.deepEqual(filesIn(small.folder), FILES);
  assert.ok(shares.length > 3);
  assert.deepEqual(shares, shares.toSorted((one, other) => one - other));
  assert.equal(shares.at(-1), 1);

  await using folder = await openStepFolder({ ...small, lenses });
  const place = { topic: "order-commands", partition: 0, offset: 12_345 } as const;
  const { outcome, outputs } = await folder.step("order-gateway", place);
  assert.equal(outcome, "malformed");
  assert.equal(outputs[0]?.message.id, "order-commands/0/12345/0");
});

Deno.test("buildStates() leaves nothing behind when it is interrupted, in threads or without", async () => {
  await using small = await SmallLog.open();
  await small.publishStrange(20_000);
  for (const config of [small.config, undefined]) {
    const interrupt = new AbortController();
    const building = buildStates({
      ...small,
      config,
      signal: interrupt.signal,
      onProgress: () => interrupt.abort(new Error("enough")),
    });
    await assert.rejects(building, /^Error: enough$/);
    assert.deepEqual(filesIn(small.folder), []);
    await assert.rejects(openStepFolder({ ...small, lenses }), { code: "missing" });
  }
});

Deno.test("buildStates() begins anew where a builder was killed", async () => {
  await using small = await SmallLog.open();
  await Deno.writeTextFile(
    `${small.file}-trading-engine.building`,
    "half of it, and longer than the whole".repeat(999),
  );
  await assert.rejects(openStepFolder({ ...small, lenses }), { code: "missing" });
  await buildStates(small);
  assert.deepEqual(filesIn(small.folder), FILES);
  await using folder = await openStepFolder({ ...small, lenses });
  assert.ok(folder.bytes < 20_000);
});

Deno.test("buildStates() needs a floor and a log", async () => {
  const folder = await Deno.makeTempDir({ prefix: "outcry-states-" });
  try {
    await using log = await openMemoryLog();
    const file = `${folder}/states`;
    await assert.rejects(buildStates({ log, file }), /its log holds no floor/);
    assert.deepEqual(filesIn(folder), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("buildStates() passes on what the log of its threads has against being read", async () => {
  await using small = await SmallLog.open();
  await small.publishStrange(20_000);
  const config = { kind: "embedded", path: `${small.folder}/elsewhere.sqlite` } as const;
  await assert.rejects(
    buildStates({ ...small, config }),
    (error) => error instanceof EventLogError && error.code === "log-missing",
  );
  assert.deepEqual(filesIn(small.folder), []);
});

Deno.test("StepFolder.step() throws what the fold throws, at that step and behind it only", async () => {
  await using small = await SmallLog.open();
  await small.publishOrders([0, 1, 2, 3, 5, 6]);
  await buildStates({ ...small, checkpointRecords: 2 });
  await using folder = await openStepFolder({ ...small, lenses, windowSteps: 4 });
  const ask = (offset: number) =>
    folder.step("trading-engine", { topic: "orders", partition: 0, offset });
  const gap = /^SequenceGapError: Cannot fold orders\/0\/5: .* has sequence 5, but 4 comes next$/;
  for (const offset of [5, 6]) {
    await assert.rejects(ask(offset), (error) => error instanceof SequenceGapError);
    await assert.rejects(ask(offset), gap);
  }
  for (const offset of [4, 3, 4, 0, 1, 2, 3, 4]) {
    assert.equal((await ask(offset)).outcome, "applied");
  }
  await assert.rejects(ask(5), gap);
});

Deno.test("openStepFolder() notices states of a log that has gone on, or of another", async () => {
  await using small = await SmallLog.open();
  await small.publishOrders([0, 1]);
  await buildStates(small);
  await small.publishOrders([2]);
  await assert.rejects(openStepFolder({ ...small, lenses }), (error) => {
    assert.ok(error instanceof StatesError);
    assert.equal(error.code, "stale");
    assert.equal(
      error.message,
      "Cannot use the states of the run: they were built when orders/0 ended at 3; now it ends at 4",
    );
    return true;
  });
  await using other = await SmallLog.open();
  await other.publishOrders([0, 7]);
  await buildStates(small);
  await other.publishOrders([2]);
  await assert.rejects(openStepFolder({ ...small, log: other.log, lenses }), { code: "stale" });

  await buildStates(small);
  const [, engine] = await foldedFromZero(small.log, small.parameters);
  await using folder = await openStepFolder({ ...small, lenses });
  const place = { topic: "orders", partition: 0, offset: 3 } as const;
  assert.deepEqual(await folder.step("trading-engine", place), engine?.steps[3]);
});
