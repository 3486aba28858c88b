import assert from "node:assert/strict";
import { HeldActors, type Holder } from "../../../sim/live/held_actors.ts";
import { HELD_IDLE_MS, STEP_LOOK_MS, STEP_PATIENCE_MS } from "../../../sim/live/limits.ts";
import { LiveError, type LiveErrorCode } from "../../../sim/live/protocol.ts";
import { FakeClock, settle } from "../../support/fake_clock.ts";
import { FakeFloor } from "./fake_floor.ts";

class Hand implements Holder {
  readonly heard: string[] = [];
  released(actor: string, why: string): void {
    this.heard.push(`${actor}: ${why}`);
  }
}

function staged() {
  const clock = new FakeClock(1_000);
  const floor = new FakeFloor(clock);
  const [engine] = floor.engines;
  return { clock, floor, engine, held: new HeldActors(floor), hand: new Hand(), other: new Hand() };
}

function is(code: LiveErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof LiveError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  };
}

const ID = "trading-engine-0";

Deno.test("HeldActors suspends, feeds one record a step, resumes, and notes it", async () => {
  const { floor, engine, held, hand } = staged();
  engine.end = 3;
  await held.suspend(ID, hand);
  await held.suspend(ID, hand);
  assert.deepEqual([engine.phase, engine.suspensions, held.isHolding], ["suspended", 1, true]);
  assert.equal(held.heldBy(ID, hand), "you");
  const step = await held.step(ID, hand);
  assert.deepEqual(step.done, { read: { topic: "orders", partition: 0, offset: 0 }, wrote: [] });
  assert.equal(step.incarnation, 1);
  const both = await Promise.all([held.step(ID, hand), held.step(ID, hand)]);
  assert.deepEqual(both.map(({ done }) => done?.read?.offset), [1, 2]);
  assert.equal((await held.step(ID, hand)).done, null);
  await held.resume(ID, hand);
  assert.deepEqual([engine.phase, held.isHolding, held.heldBy(ID, hand)], ["running", false, null]);
  assert.deepEqual(floor.notes(ID), [
    "suspended by a live stepper",
    "resumed by a live stepper after 3 steps",
  ]);
  assert.deepEqual(hand.heard, []);
});

Deno.test("HeldActors.step() looks again for a record that is known to be there, and not for ever", async () => {
  const { clock, engine, held, hand } = staged();
  await held.suspend(ID, hand);
  engine.end = 1;
  engine.emptyPolls = 2;
  const found = held.step(ID, hand);
  await clock.advance(3 * STEP_LOOK_MS);
  assert.equal((await found).done?.read?.offset, 0);
  engine.end = 2;
  engine.emptyPolls = Infinity;
  const missed = held.step(ID, hand);
  await clock.advance(STEP_PATIENCE_MS + STEP_LOOK_MS);
  assert.equal((await missed).done, null);
  await held.end("over");
});

Deno.test("HeldActors lets no stepper touch what another one holds", async () => {
  const { held, hand, other } = staged();
  await held.suspend(ID, hand);
  assert.equal(held.heldBy(ID, other), "another");
  const refused = is("held-by-another", /another stepper has suspended it/);
  await assert.rejects(held.suspend(ID, other), refused);
  await assert.rejects(async () => await held.step(ID, other), refused);
  await assert.rejects(held.resume(ID, other), refused);
  const free = is("not-suspended", /Cannot step trading-engine-1: it is not suspended/);
  await assert.rejects(async () => await held.step("trading-engine-1", hand), free);
  await assert.rejects(held.suspend("notifier-7", hand), is("no-actor", /running are/));
  await held.end("over");
});

Deno.test("HeldActors.leave() lets go on what its stepper held, and nothing of another's", async () => {
  const { floor, held, hand, other } = staged();
  await held.suspend(ID, hand);
  await held.suspend("trading-engine-1", other);
  held.elsewhere({ actor: "notifier-0.east", incarnation: 3, held: true }, hand);
  await held.leave(hand);
  assert.deepEqual(floor.engines.map(({ phase }) => phase), ["running", "suspended"]);
  assert.match(floor.notes(ID).at(-1) ?? "", /after 0 steps: the stepper went away/);
  assert.deepEqual(floor.notes("notifier-0.east"), [
    "suspended by a live stepper",
    "resumed by a live stepper",
  ]);
  await held.leave(other);
  assert.equal(held.isHolding, false);
});

Deno.test("HeldActors resumes an actor that nobody has stepped for long, and tells its stepper", async () => {
  const { clock, engine, held, hand } = staged();
  await held.suspend(ID, hand);
  await clock.advance(HELD_IDLE_MS - 1);
  await held.step(ID, hand);
  await clock.advance(HELD_IDLE_MS - 1);
  assert.equal(engine.phase, "suspended");
  await clock.advance(1);
  assert.equal(engine.phase, "running");
  assert.deepEqual(hand.heard, [`${ID}: nobody has stepped it for 15 m 00 s`]);
  assert.deepEqual(clock.pending, []);
});

Deno.test("HeldActors.end() resumes everything and suspends nothing any more", async () => {
  const { clock, engine, held, hand } = staged();
  await held.suspend(ID, hand);
  await held.end("the session is ending");
  assert.deepEqual([engine.phase, hand.heard], ["running", [`${ID}: the session is ending`]]);
  await assert.rejects(
    held.suspend(ID, hand),
    is("ending", /Cannot suspend trading-engine-0: the session is ending/),
  );
  assert.deepEqual(clock.pending, []);
});

Deno.test("HeldActors suspends again what was started again, until it is let go", async () => {
  const { floor, engine, held, hand } = staged();
  await held.suspend(ID, hand);
  engine.isDown = true;
  await assert.rejects(async () => await held.step(ID, hand), is("failed", /the actor is down/));
  floor.restart(engine);
  await settle();
  assert.deepEqual([engine.phase, engine.suspensions], ["suspended", 2]);
  assert.equal(floor.notes(ID).at(-1), "suspended by a live stepper, as before its restart");
  engine.isDown = true;
  await held.resume(ID, hand);
  floor.restart(engine);
  await settle();
  assert.equal(engine.phase, "running");
});
