import assert from "node:assert/strict";
import { assertViolated, judge, playSession, verdictOn } from "../support/sessions.ts";
import { poison, rewrite } from "../support/tampering.ts";

const SNAPSHOTS = "snapshots";

Deno.test("portfolio-replay holds for what the real fold saved", async () => {
  const verdict = verdictOn(await judge(playSession().log), "portfolio-replay");
  assert.deepEqual([verdict.status, verdict.checked], ["held", 4]);
});

Deno.test("portfolio-replay finds cash that the notifications do not give", async () => {
  const { log } = playSession();
  rewrite(log, "notifications", { type: "deposit-accepted" }, { amountUnits: 501 });
  const verdict = assertViolated(
    await judge(log),
    "portfolio-replay",
    /has dave with -?\d+ cash units after 1 fills, but the notifications below it give/,
  );
  assert.deepEqual(verdict.counterexample!.chain.map(({ topic }) => topic), [
    "notifications",
    SNAPSHOTS,
  ]);
});

Deno.test("portfolio-replay finds a fill that the snapshot lacks", async () => {
  const { log } = playSession();
  rewrite(log, "notifications", { type: "order-filled", orderId: "b1" }, { quantityLots: 4 });
  assertViolated(await judge(log), "portfolio-replay", /has bob with/);
});

Deno.test("portfolio-replay passes over a snapshot whose bytes do not fit its digest", async () => {
  const { log } = playSession();
  for (let partition = 0; partition < 2; partition++) {
    for (const record of log.records(SNAPSHOTS, partition)) {
      if (record.value instanceof Uint8Array) record.value = record.value.map((byte) => byte ^ 1);
    }
  }
  const verdict = verdictOn(await judge(log), "portfolio-replay");
  assert.deepEqual([verdict.status, verdict.checked], ["unknown", 0]);
  assert.match(verdict.reason!, /no portfolio manager has saved a snapshot/);
});

Deno.test("portfolio-replay is unknown where the manager skipped a record", async () => {
  const { log } = playSession();
  const wanted = { type: "order-filled", orderId: "b1" };
  const { partition } = poison(log, "notifications", wanted, "portfolio-manager");
  const verdict = verdictOn(await judge(log), "portfolio-replay");
  assert.equal(verdict.status, "unknown", `partition ${partition}`);
});
