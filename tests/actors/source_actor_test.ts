import assert from "node:assert/strict";
import { type Source, SourceActor, type WorkDone } from "../../actors/source_actor.ts";
import { FakeClock, settle } from "../support/fake_clock.ts";

/** One message is due every 10 ms. */
class Ticks implements Source {
  made = 0;
  working: Promise<void> = Promise.resolve();
  readonly #clock: FakeClock;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }

  async work(limit: number): Promise<WorkDone> {
    await this.working;
    const due = Math.min(limit, Math.floor(this.#clock.now() / 10) - this.made);
    if (due <= 0) return { kind: "wait", waitMs: 10 - this.#clock.now() % 10 };
    const published = [{ topic: "ticks", partition: 0, baseOffset: this.made, count: due }];
    this.made += due;
    return { kind: "now", published };
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  counters() {
    return { made: this.made };
  }

  ask(): Promise<unknown> {
    return Promise.resolve(null);
  }
}

function started() {
  const clock = new FakeClock();
  const source = new Ticks(clock);
  const actor = new SourceActor({ id: "ticks", options: null, tell: () => {} }, source, clock);
  return { clock, source, actor, run: actor.run() };
}

Deno.test("SourceActor.step() tells where the message stands, and nothing when none is due", async () => {
  const { clock, source, actor, run } = started();
  await clock.advance(20);
  await actor.suspend({ settled: true });
  assert.equal(await actor.step(), null);
  await clock.advance(30);
  assert.equal(source.made, 2);
  assert.deepEqual(await actor.step(), {
    read: null,
    wrote: [{ topic: "ticks", partition: 0, offset: 2, count: 1 }],
  });
  assert.equal(source.made, 3);
  actor.resume();
  await settle();
  assert.equal(source.made, 5);
  actor.stop();
  await run;
});

Deno.test("SourceActor.suspend() resolves when the work under way is done", async () => {
  const { clock, source, actor, run } = started();
  await settle();
  const gate = Promise.withResolvers<void>();
  source.working = gate.promise;
  await clock.advance(10);
  let stands = false;
  const suspending = Promise.resolve(actor.suspend({ settled: true })).then(() => stands = true);
  await settle();
  assert.equal(stands, false);
  gate.resolve();
  await suspending;
  assert.equal(source.made, 1);
  actor.stop();
  await run;
});
