/** The lifeline of an incarnation in the caller's thread: what ends with it, and what waits for a hang. */
import assert from "node:assert/strict";
import { Lifeline } from "../../../actors/runtime/lifeline.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";

/** A lifeline, and what was told of it and of promises through it. */
function stage() {
  const clock = new FakeClock();
  const told: string[] = [];
  const lifeline = new Lifeline(clock, () => told.push("cut"));
  const watch = (name: string, promise: Promise<unknown>) =>
    void lifeline.pass(promise).then(() => told.push(name), () => told.push(`${name} failed`));
  return { clock, told, lifeline, watch };
}

Deno.test("Lifeline.pass() settles as its promise does while the incarnation lives", async () => {
  const { told, lifeline, watch } = stage();
  watch("kept", Promise.resolve());
  watch("broken", Promise.reject(new Error("broken")));
  await settle();
  assert.deepEqual(told, ["kept", "broken failed"]);
  assert.equal(lifeline.isCut, false);
});

Deno.test("Lifeline.cut(): nothing settles any more, not even a finally, and it is told once", async () => {
  const { clock, told, lifeline } = stage();
  const { pass } = lifeline;
  void (async () => {
    try {
      await pass(clock.sleep(10));
      told.push("went on");
    } finally {
      told.push("cleaned up");
    }
  })();
  void lifeline.clock.sleep(20).then(() => told.push("woke"));
  lifeline.cut();
  lifeline.cut();
  lifeline.end();
  await clock.advance(100);
  assert.deepEqual(told, ["cut"]);
  assert.equal(lifeline.ended.aborted, true);
});

Deno.test("Lifeline.hang(): what settles meanwhile is heard at its end, in order", async () => {
  const { clock, told, lifeline, watch } = stage();
  lifeline.hang(50);
  watch("at once", Promise.resolve());
  watch("at 30", clock.sleep(30));
  watch("at 20", clock.sleep(20));
  watch("at 60", clock.sleep(60));
  await clock.advance(49);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.deepEqual(told, ["at once", "at 20", "at 30"]);
  await clock.advance(10);
  assert.deepEqual(told, ["at once", "at 20", "at 30", "at 60"]);
});

Deno.test("Lifeline.hang() asked for twice lasts as long as both", async () => {
  const { clock, told, lifeline, watch } = stage();
  lifeline.hang(50);
  lifeline.hang(50);
  watch("heard", Promise.resolve());
  await clock.advance(99);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.deepEqual(told, ["heard"]);
  assert.deepEqual(clock.pending, []);
});

Deno.test("Lifeline.end() during a hang takes effect when the hang is over", async () => {
  const { clock, told, lifeline, watch } = stage();
  lifeline.hang(50);
  watch("never heard", Promise.resolve());
  lifeline.end();
  await clock.advance(49);
  assert.deepEqual(told, []);
  await clock.advance(1);
  assert.deepEqual(told, ["cut"]);
});

Deno.test("Lifeline.cut() during a hang takes effect at once and leaves no wait behind", async () => {
  const { clock, told, lifeline } = stage();
  lifeline.hang(600_000);
  lifeline.cut();
  await settle();
  assert.deepEqual(told, ["cut"]);
  assert.deepEqual(clock.pending, []);
});

Deno.test("the clock of a Lifeline holds time as its own does, and ends with the incarnation", async () => {
  const { clock, told, lifeline } = stage();
  assert.equal(lifeline.clock.now(), clock.now());
  assert.equal(lifeline.clock.turn, undefined, "a time without turns has none here either");
  assert.equal(await lifeline.clock.hold?.(Promise.resolve(7)), 7);
  void lifeline.clock.hold?.(clock.sleep(1)).then(() => told.push("held"));
  lifeline.cut();
  await clock.advance(1);
  assert.deepEqual(told, ["cut"]);
});
