import assert from "node:assert/strict";
import { systemClock } from "../../../actors/runtime/clock.ts";

/** A deadline that only a thread that is deaf misses. */
const LONG_MS = 20_000;

Deno.test("systemClock.turn() lets a thread hear a message in the middle of work that waits for nothing", async () => {
  const { port1, port2 } = new MessageChannel();
  let heard = false;
  port1.onmessage = () => heard = true;
  port2.postMessage("ping");
  const giveUpAt = performance.now() + LONG_MS;
  while (!heard && performance.now() < giveUpAt) await systemClock.turn?.();
  port1.close();
  port2.close();
  assert.ok(heard);
});
