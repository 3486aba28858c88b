import assert from "node:assert/strict";
import { systemClock } from "../../actors/runtime/clock.ts";
import { Runtime } from "../../actors/runtime/runtime.ts";
import { sayWarnings } from "../../sim/warnings.ts";

Deno.test("sayWarnings() says what the runtime warns of, until it is disposed of", () => {
  const said: string[] = [];
  const runtime = new Runtime({ runId: "warnings", clock: systemClock, random: () => 0 });
  {
    using _warnings = sayWarnings((text) => said.push(text));
    runtime.warn("Cannot clean the log: the disk is full");
  }
  runtime.warn("nobody listens any more");
  assert.deepEqual(said, ["warning: Cannot clean the log: the disk is full"]);
});
