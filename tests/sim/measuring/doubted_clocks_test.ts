import assert from "node:assert/strict";
import { compileScenario } from "../../../sim/compile_scenario.ts";
import { doubtedTraders, isOfAny } from "../../../sim/measuring/doubted_clocks.ts";
import { scenario } from "../../../mod.ts";

async function doubtedBy(...jumps: readonly string[]): Promise<readonly string[]> {
  return doubtedTraders(
    await compileScenario(scenario("jumps", {
      teaches: "Nothing.",
      symbols: ["AAPL"],
      actors: { "order-command-producer": 3 },
      phases: [{ name: "only", kind: "constant", ratePerSecond: 10, duration: "1s" }],
      faults: [
        { at: "0s", crash: "order-command-producer-2" },
        ...jumps.map((jumpClock) => ({ at: "0s", jumpClock, by: "1s" })),
      ],
    })),
  );
}

Deno.test("doubtedTraders() are those whose clock the script lets jump", async () => {
  assert.deepEqual(await doubtedBy(), []);
  assert.deepEqual(await doubtedBy("order-command-producer-1"), ["order-command-producer-1"]);
  assert.equal((await doubtedBy("order-command-producer")).length, 3);
  assert.deepEqual(await doubtedBy("market-data-producer-0"), []);
});

Deno.test("isOfAny() goes by the whole name of a trader", () => {
  const text = `{"type":"order-placed","userId":"trader-1-7","orderId":"trader-10-7"}`;
  assert.equal(isOfAny(["trader-1"], text), false);
  assert.equal(isOfAny(["trader-2", "trader-10"], text), true);
  assert.equal(isOfAny([], text), false);
});
