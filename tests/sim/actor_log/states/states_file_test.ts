import assert from "node:assert/strict";
import fc from "fast-check";
import { buildStates } from "../../../../sim/actor_log/states/build_states.ts";
import { openStepFolder } from "../../../../sim/actor_log/states/open_step_folder.ts";
import { StatesError } from "../../../../sim/actor_log/states/states_error.ts";
import { StatesFile } from "../../../../sim/actor_log/states/states_file.ts";
import { encodeTail, TAIL_BYTES } from "../../../../sim/actor_log/states/states_layout.ts";
import { FOLDED_ROLES, foldedPartitions } from "../../../../sim/actor_log/states/folded_roles.ts";
import { statesPath, StatesWriter } from "../../../../sim/actor_log/states/states_writer.ts";
import { identityOf, type LogIdentity } from "../../../../sim/actor_log/states/log_identity.ts";
import { DIGEST_LENSES } from "./folded_from_zero.ts";
import { SmallLog } from "./small_log.ts";

const lenses = DIGEST_LENSES;

/** Reads everything that a file of states holds. */
async function readAll(small: SmallLog, path: string): Promise<Map<string, Uint8Array>> {
  const now = await identityOf(small.log, small.parameters);
  using states = StatesFile.open(path, { now });
  const snapshots = new Map<string, Uint8Array>();
  for (const partition of states.partitions) {
    for (let offset = 0; offset <= 100; offset++) {
      const checkpoint = states.nearest(partition, offset).offset;
      const name = `${partition.partition} ${checkpoint}`;
      if (!snapshots.has(name)) snapshots.set(name, states.snapshot(partition, offset).slice());
    }
  }
  return snapshots;
}

Deno.test("StatesFile gives back every snapshot that StatesWriter took", async () => {
  await using small = await SmallLog.open();
  const identity = await identityOf(small.log, small.parameters);
  const snapshots = fc.array(fc.uint8Array({ max: 3, maxLength: 300 }), {
    minLength: 1,
    maxLength: 50,
  });
  await fc.assert(
    fc.asyncProperty(snapshots, snapshots, async (first, second) => {
      {
        using writer = new StatesWriter(small.file);
        for (const [partition, all] of [first, second].entries()) {
          writer.begin({ role: "any", partition, end: 100, skip: [4] });
          all.forEach((snapshot, i) => writer.checkpoint(2 * i, snapshot.slice()));
        }
        writer.finish(identity);
      }
      const found = await readAll(small, small.file);
      assert.equal(found.size, first.length + second.length);
      for (const [partition, all] of [first, second].entries()) {
        all.forEach((snapshot, i) =>
          assert.deepEqual(found.get(`${partition} ${2 * i}`), snapshot)
        );
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("StatesFile notices any byte that is otherwise, and any end that is missing", async () => {
  await using small = await SmallLog.open();
  await small.publishOrders(Array.from({ length: 90 }, (_, i) => i));
  await buildStates({ ...small, checkpointRecords: 3 });
  const path = statesPath(small.file, "trading-engine");
  const whole = await Deno.readFile(path);
  assert.ok((await readAll(small, path)).size > 10);
  const isNoticed = async (bytes: Uint8Array) => {
    await Deno.writeFile(path, bytes);
    await assert.rejects(readAll(small, path), (error) => {
      assert.ok(error instanceof StatesError, String(error));
      assert.equal(error.code, "damaged");
      return true;
    });
  };
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const changed = whole.slice();
        changed[at]! ^= flip;
        await isNoticed(changed);
        await isNoticed(whole.slice(0, at));
      },
    ),
    { numRuns: 40 },
  );
  await Deno.writeFile(path, whole);
  assert.ok((await readAll(small, path)).size > 10);
});

Deno.test("openStepFolder() refuses states of another layout, and of other folds", async () => {
  await using small = await SmallLog.open();
  const identity = await identityOf(small.log, small.parameters);
  const write = (of: LogIdentity) => {
    for (const role of FOLDED_ROLES) {
      using writer = new StatesWriter(statesPath(small.file, role));
      for (const partition of foldedPartitions(small.parameters)) {
        if (partition.role !== role) continue;
        writer.begin({ ...partition, end: 1, skip: [] });
        writer.checkpoint(0, Uint8Array.of(1));
      }
      writer.finish(of);
    }
  };
  const why = async () => {
    try {
      await using _folder = await openStepFolder({ ...small, lenses });
    } catch (error) {
      if (error instanceof StatesError) return { code: error.code, message: error.message };
      throw error;
    }
    return null;
  };
  write({ ...identity, folds: { ...identity.folds, "trading-engine": 7 } });
  assert.deepEqual(await why(), {
    code: "version",
    message:
      "Cannot use the states of the run: they were folded by version 7 of the trading-engine's " +
      "fold, and this program has version 1",
  });
  write(identity);
  assert.equal(await why(), null);
  const path = statesPath(small.file, "portfolio-manager");
  const bytes = await Deno.readFile(path);
  const nothing = { table: 0, rows: 0, tableChecksum: 0, head: 0, headBytes: 0, headChecksum: 0 };
  bytes.set(encodeTail({ layout: 9, ...nothing }), bytes.length - TAIL_BYTES);
  await Deno.writeFile(path, bytes);
  assert.deepEqual(await why(), {
    code: "version",
    message:
      "Cannot use the states of the run: they have layout version 9, and this program knows 1",
  });
});
