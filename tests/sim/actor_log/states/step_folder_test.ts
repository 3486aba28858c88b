import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { readFloorParameters } from "../../../../actors/floor/open_floor.ts";
import type { MessageTopic } from "../../../../kafka/messages/mod.ts";
import { openEventLog } from "../../../../kafka/open_event_log.ts";
import { buildStates } from "../../../../sim/actor_log/states/build_states.ts";
import type { StateLens } from "../../../../sim/actor_log/views/state_view.ts";
import { openStepFolder } from "../../../../sim/actor_log/states/open_step_folder.ts";
import { playRun } from "../../../support/played_run.ts";
import { DIGEST_LENSES, foldedFromZero, type FoldedSteps } from "./folded_from_zero.ts";

/** A run with crashes, redeliveries, strangers' bytes and poison, in three partitions a topic. */
async function openRun() {
  const run = await playRun("chaos", { partitions: 3, durationMs: 10_000, ratePerSecond: 50 });
  const log = await openEventLog(
    { kind: "embedded", path: join(run.directory, "log.sqlite") },
    { create: false },
  );
  const parameters = await readFloorParameters(log);
  assert.ok(parameters !== null);
  const expected = await foldedFromZero(log, parameters);
  return {
    log,
    parameters,
    expected: expected.filter(({ steps }) => steps.length > 1),
    file: join(run.directory, "states"),
    async [Symbol.asyncDispose]() {
      await log.close();
      run[Symbol.dispose]();
    },
  };
}

/** Where to go from a step: to the next ones, to those before, or anywhere. */
type Move =
  | { readonly kind: "forward" | "backward"; readonly steps: number }
  | { readonly kind: "jump"; readonly to: number };

const moves = fc.array(
  fc.record({
    partition: fc.nat(),
    move: fc.oneof(
      fc.record({
        kind: fc.constantFrom("forward", "backward"),
        steps: fc.integer({ min: 1, max: 60 }),
      }),
      fc.record({ kind: fc.constant("jump"), to: fc.nat() }),
    ) as fc.Arbitrary<Move>, // What its records are.
  }),
  { minLength: 1, maxLength: 12 },
);

function* offsetsOf(move: Move, at: number, length: number): Generator<number> {
  if (move.kind === "jump") return yield move.to % length;
  const step = move.kind === "forward" ? 1 : -1;
  for (let i = 0, offset = at + step; i < move.steps; i++, offset += step) {
    if (offset < 0 || offset >= length) return;
    yield offset;
  }
}

Deno.test("StepFolder.step() gives what a fold from zero gives, whichever way it is asked", async (t) => {
  await using run = await openRun();
  const { log, parameters, expected, file } = run;
  const outcomes = new Set(expected.flatMap(({ steps }) => steps.map(({ outcome }) => outcome)));
  assert.deepEqual([...outcomes].sort(), ["applied", "malformed", "repeat", "skipped"]);

  const settings = [
    { checkpointRecords: 1, windowSteps: 1, memoryBytes: 0 },
    { checkpointRecords: 7, windowSteps: 5, memoryBytes: 400_000 },
    { checkpointRecords: 40, windowSteps: 30, memoryBytes: undefined },
    { checkpointRecords: undefined, windowSteps: undefined, memoryBytes: undefined },
  ];
  for (const { checkpointRecords, windowSteps, memoryBytes } of settings) {
    await t.step(`with ${checkpointRecords} records between checkpoints`, async () => {
      await buildStates({ log, file, checkpointRecords });
      await fc.assert(
        fc.asyncProperty(moves, async (asked) => {
          await using folder = await openStepFolder({
            log,
            file,
            parameters,
            lenses: DIGEST_LENSES,
            windowSteps,
            memoryBytes,
          });
          const at = new Map<FoldedSteps, number>();
          for (const { partition, move } of asked) {
            const of = expected[partition % expected.length]!; // There are some.
            const { role, topic, steps } = of;
            for (const offset of offsetsOf(move, at.get(of) ?? 0, steps.length)) {
              at.set(of, offset);
              const place = { topic, partition: of.partition, offset };
              assert.deepEqual(await folder.step(role, place), steps[offset]);
            }
          }
        }),
        { numRuns: 15 },
      );
    });
  }

  await t.step("all steps forward, then all backward", async () => {
    await buildStates({ log, file, checkpointRecords: 40 });
    await using folder = await openStepFolder({
      log,
      file,
      parameters,
      lenses: DIGEST_LENSES,
      windowSteps: 16,
    });
    for (const { role, topic, partition, steps } of expected) {
      const offsets = [...steps.keys()];
      for (const offset of [...offsets, ...offsets.reverse()]) {
        const step = await folder.step(role, { topic, partition, offset });
        assert.deepEqual(step, steps[offset]);
      }
    }
  });

  await t.step("forward in turns, with each fold kept: steps behind give way to it", async () => {
    await buildStates({ log, file, checkpointRecords: 1_000 });
    let viewed = 0;
    const counting = <State, T extends MessageTopic>(lens: StateLens<State, T>) => ({
      view(...args: Parameters<typeof lens.view>) {
        viewed++;
        return lens.view(...args);
      },
    });
    await using folder = await openStepFolder({
      log,
      file,
      parameters,
      lenses: {
        "order-gateway": counting(DIGEST_LENSES["order-gateway"]),
        "trading-engine": counting(DIGEST_LENSES["trading-engine"]),
        "portfolio-manager": counting(DIGEST_LENSES["portfolio-manager"]),
      },
      // Room for the folds, and for a few steps of each.
      memoryBytes: expected.length * 150_000,
    });
    const longest = Math.max(...expected.map(({ steps }) => steps.length));
    for (let offset = 0; offset < longest; offset++) {
      for (const { role, topic, partition, steps } of expected) {
        if (offset >= steps.length) continue;
        assert.deepEqual(await folder.step(role, { topic, partition, offset }), steps[offset]);
      }
    }
    const all = expected.reduce((sum, { steps }) => sum + steps.length, 0);
    assert.equal(viewed, 2 * all, "no step was folded twice");
  });

  await t.step("and no step where there is none", async () => {
    await using folder = await openStepFolder({ log, file, parameters, lenses: DIGEST_LENSES });
    const { role, topic, partition, steps } = expected[0]!; // There are some.
    const ask = (place: Partial<Parameters<typeof folder.step>[1]>) =>
      folder.step(role, { topic, partition, offset: 0, ...place });
    await assert.rejects(ask({ offset: steps.length }), RangeError);
    await assert.rejects(ask({ partition: 99 }), RangeError);
    await assert.rejects(ask({ topic: "intents" }), RangeError);
    assert.deepEqual(await ask({ offset: 3 }), steps[3]);
  });
});
