import assert from "node:assert/strict";
import { punctualClock } from "../../../actors/runtime/clock.ts";

Deno.test("punctualClock sleeps as long as it was told, and no shorter", async () => {
  for (const ms of [0.3, 1, 4]) {
    const began = punctualClock.now();
    await punctualClock.sleep(ms);
    assert.ok(punctualClock.now() - began >= ms, `${ms} ms`);
  }
});

Deno.test("punctualClock lets the thread hear something in every sleep", async () => {
  let heard = 0;
  const timer = setInterval(() => heard++, 1);
  for (let i = 0; i < 20; i++) await punctualClock.sleep(1);
  clearInterval(timer);
  assert.ok(heard > 0);
});

Deno.test("punctualClock ends a sleep when its signal aborts, or has", async () => {
  const began = punctualClock.now();
  const stop = new AbortController();
  const sleeping = punctualClock.sleep(60_000, stop.signal);
  stop.abort();
  await sleeping;
  await punctualClock.sleep(60_000, stop.signal);
  assert.ok(punctualClock.now() - began < 30_000);
});
