import assert from "node:assert/strict";
import { FloorFailedError } from "../../../actors/floor/floor_failed_error.ts";
import { AnswerTimeoutError } from "../../../actors/order_command_producer/order_errors.ts";
import { asFailure, whyFailed } from "../../../sim/session/failures.ts";
import { JumpClock } from "../../support/jump_clock.ts";

const never = new Promise<FloorFailedError>(() => {});

function gaveUp(): Error {
  const message = `Cannot keep "producers" running: its children failed 6 times`;
  return Object.assign(new Error(message), { name: "SupervisorGaveUp" });
}

Deno.test("whyFailed() prefers the floor's own failure to what follows from it", async () => {
  const failed = new FloorFailedError("Cannot keep the floor running");
  const failure = Promise.resolve().then(() => failed);
  assert.equal(await whyFailed(gaveUp(), { failure, clock: new JumpClock(0) }), failed);
});

Deno.test("whyFailed() makes of what could be foreseen a failure in one sentence", async () => {
  for (const error of [gaveUp(), new AnswerTimeoutError("client/1", 5_000)]) {
    const why = await whyFailed(error, { failure: never, clock: new JumpClock(0) });
    assert.ok(why instanceof FloorFailedError);
    assert.equal(why.message, `Cannot go on: ${error.message}`);
    assert.equal(why.cause, error);
  }
});

Deno.test("asFailure() leaves a mistake of ours as it is", () => {
  const mistake = new TypeError("x is not a function");
  assert.equal(asFailure("Cannot go on", mistake), mistake);
});
