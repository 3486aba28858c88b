import assert from "node:assert/strict";
import { readyStepFolder } from "../../../../sim/actor_log/states/ready_step_folder.ts";
import { statesPath } from "../../../../sim/actor_log/states/states_writer.ts";
import { SmallLog } from "./small_log.ts";

Deno.test("readyStepFolder() builds states once, and again when they are not right any more", async () => {
  await using small = await SmallLog.open();
  await small.publishOrders([0, 1]);
  const told: string[] = [];
  const options = { ...small, onRebuild: (why: string) => told.push(why) };
  const place = { topic: "orders", partition: 0, offset: 2 } as const;
  const shares: number[] = [];
  for (const expected of [[], [], [/now it ends at 4; they are built anew$/], [/damaged/]]) {
    told.length = 0;
    shares.length = 0;
    if (expected[0]?.source.includes("ends")) await small.publishOrders([2]);
    if (expected[0]?.source.includes("damaged")) {
      await Deno.writeTextFile(statesPath(small.file, "trading-engine"), "no states");
    }
    await using folder = await readyStepFolder({
      ...options,
      onProgress: (share) => shares.push(share),
    });
    const { after } = await folder.step("trading-engine", place);
    assert.equal(after.subject, "book AAPL");
    assert.equal(told.length, expected.length);
    expected.forEach((pattern, i) => assert.match(told[i]!, pattern));
    assert.ok(shares.every((share) => share >= 0 && share <= 1));
  }
  assert.equal(shares.at(-1), 1);
});

Deno.test("readyStepFolder() builds once for two that ask at once", async () => {
  await using small = await SmallLog.open();
  await small.publishStrange(300);
  let built = 0;
  const open = () =>
    readyStepFolder({
      ...small,
      config: undefined,
      onProgress: (share) => built += share === 1 ? 1 : 0,
    });
  const [one, other] = await Promise.all([open(), open()]);
  await one[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  assert.equal(built, 1);
});

Deno.test("readyStepFolder() says what keeps it from writing", async () => {
  await using small = await SmallLog.open();
  await Deno.mkdir(`${small.file}-order-gateway.building`);
  await assert.rejects(readyStepFolder(small), {
    name: "StatesError",
    code: "cannot-write",
    message: /^Cannot write the states of the run: .*states-order-gateway: /,
  });
  const folder = await readyStepFolder({ ...small, signal: new AbortController().signal });
  await folder[Symbol.asyncDispose]();
  await assert.rejects(
    readyStepFolder({ ...small, signal: AbortSignal.abort(new Error("no")) }),
    /no/,
  );
});
