import assert from "node:assert/strict";
import { judge, playSession, verdictOn } from "../support/sessions.ts";

Deno.test("determinism holds for equal digests, and is unknown of a run played once", async () => {
  const { log } = playSession();
  const of = async (...digests: string[]) =>
    verdictOn(await judge(log, { digests }), "determinism").status;
  assert.equal(await of("a", "a", "a"), "held");
  assert.equal(await of("a"), "unknown");
  assert.equal(await of(), "unknown");
});

Deno.test("determinism names the digests that differ", async () => {
  const verdict = verdictOn(
    await judge(playSession().log, { digests: ["one", "one", "other"] }),
    "determinism",
  );
  assert.deepEqual([verdict.status, verdict.violations], ["violated", 1]);
  assert.match(verdict.counterexample!.text, /digest one, its repetition 2 other/);
});
