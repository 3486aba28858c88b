import assert from "node:assert/strict";
import { describeExit, ExitCode, exitCodeOf } from "../../../sim/command_line/exit_codes.ts";

const [held, violated, unknown] = [
  { status: "held" },
  { status: "violated" },
  { status: "unknown" },
] as const;
const [passed, failed, unmeasured] = [
  { verdict: "passed" },
  { verdict: "failed" },
  { verdict: "unmeasured" },
] as const;

Deno.test("exitCodeOf() is 0 only when everything was judged and held", () => {
  const outcome = { invariants: [held], thresholds: [passed], interrupted: false };
  assert.equal(exitCodeOf(outcome), 0);
  assert.equal(exitCodeOf({ ...outcome, invariants: [held, unknown] }), 98);
  assert.equal(exitCodeOf({ ...outcome, thresholds: [passed, unmeasured] }), 99);
  assert.equal(exitCodeOf({ ...outcome, interrupted: true }), 105);
});

Deno.test("exitCodeOf() lets a violated invariant outweigh all else", () => {
  for (const interrupted of [true, false]) {
    const outcome = { invariants: [held, violated], thresholds: [failed], interrupted };
    assert.equal(exitCodeOf(outcome), 98);
  }
});

Deno.test("exitCodeOf() judges an interrupted run by nothing that it did not come to", () => {
  const outcome = { invariants: [unknown], thresholds: [failed], interrupted: true };
  assert.equal(exitCodeOf(outcome), 105);
});

Deno.test("describeExit() has words for every code", () => {
  const words = Object.values(ExitCode).map(describeExit);
  assert.equal(new Set(words).size, words.length);
});
