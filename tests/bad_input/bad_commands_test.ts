/**
 * Ten thousand bad commands and as many random byte strings among good orders: each is answered or
 * laid off, once; nobody else's orders are touched.
 */

import assert from "node:assert/strict";
import { seededRandom } from "../../mod.ts";
import { auditRun } from "../../sim/auditor/audit_run.ts";
import { BadCommands, type BadRecord, randomBytes } from "./bad_commands.ts";
import {
  accountFor,
  fillsOfGoodUsers,
  type GoodTrading,
  portfoliosOfGoodUsers,
  sendAll,
  tradeWell,
  withFloor,
} from "./bad_input_floor.ts";

const SEED = 20_261;
const GOOD_ORDERS = 125;
const BAD_COMMANDS = 10_000;
const RANDOM_BYTES = 10_000;
const PARTITIONS = 6;

Deno.test("a floor answers or lays off every bad command and leaves good orders alone", async () => {
  const alone = await withFloor({}, async ({ floor }) => {
    const trading = await tradeWell(floor, GOOD_ORDERS, () => Promise.resolve());
    await floor.idle();
    return await seen(floor, trading);
  });
  await withFloor({}, async ({ floor, events }) => {
    const random = seededRandom(SEED, "bad input");
    const bad = new BadCommands({ random, seed: SEED, partitions: PARTITIONS });
    const sent = new Map<string, BadRecord>();
    const trading = await tradeWell(floor, GOOD_ORDERS, async () => {
      const records = [
        ...Array.from({ length: BAD_COMMANDS / GOOD_ORDERS }, () => bad.next()),
        ...Array.from(
          { length: RANDOM_BYTES / GOOD_ORDERS },
          () => randomBytes(random, PARTITIONS),
        ),
      ];
      for (const [place, record] of await sendAll(floor.log, records)) sent.set(place, record);
    });
    await floor.idle();
    assert.equal(sent.size, BAD_COMMANDS + RANDOM_BYTES);

    const { answers, letters } = await accountFor(floor.log);
    const outcomes = { answered: 0, laidOff: 0, asRepeats: 0 };
    for (const [place, record] of sent) {
      const [answered, laidOff] = [answers.get(place) ?? 0, letters.get(place) ?? 0];
      if (answered + laidOff === 0 && record.what === "forged settlement") {
        // By a channel of the floor, under a number that was used: nobody could tell it from a repeat.
        outcomes.asRepeats++;
        continue;
      }
      assert.equal(answered + laidOff, 1, `${place}: ${JSON.stringify(record)}`);
      if (answered > 0) outcomes.answered++;
      else outcomes.laidOff++;
    }
    assert.ok(outcomes.answered > 3_000 && outcomes.laidOff > 12_000, JSON.stringify(outcomes));
    const { counters } = await floor.actor("order-gateway-0").report();
    assert.equal(counters["repeats"], outcomes.asRepeats);

    const failures = events.filter(({ kind }) =>
      ["fold-failed", "failure", "restart"].includes(kind)
    );
    assert.deepEqual(failures, []);
    assert.deepEqual(await seen(floor, trading), alone);
    // What passed for a repeat on the floor, the auditor knows for a forgery; and nothing else is wrong.
    const { verdicts } = await auditRun(floor.log, { openFloor: true });
    const violated = verdicts.filter(({ status }) => status === "violated");
    assert.deepEqual(violated.map(({ rule, violations }) => [rule, violations]), [
      ["sequences-dense", outcomes.asRepeats],
    ]);
  });
});

async function seen(
  floor: Parameters<typeof portfoliosOfGoodUsers>[0],
  { answers }: GoodTrading,
) {
  return {
    answers,
    fills: await fillsOfGoodUsers(floor.log),
    portfolios: await portfoliosOfGoodUsers(floor),
  };
}
