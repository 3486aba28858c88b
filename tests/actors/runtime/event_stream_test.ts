import assert from "node:assert/strict";
import { DeadLetterRing } from "../../../actors/runtime/dead_letter_ring.ts";
import { RuntimeEventStream } from "../../../actors/runtime/event_stream.ts";
import { Runtime } from "../../../actors/runtime/runtime.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { FakeClock } from "../../support/fake_clock.ts";

const source = { actor: "a", incarnation: 3 };
const fail = (error: unknown) => {
  throw error;
};

Deno.test("RuntimeEventStream numbers events without holes and stamps them by its clock", async () => {
  const clock = new FakeClock(1000);
  const stream = new RuntimeEventStream({ clock, onSinkError: fail, firstNumber: 7 });
  const written: RuntimeEvent[] = [];
  const takeOff = stream.addSink((event) => written.push(event));
  stream.append(source, { kind: "starting" });
  await clock.advance(5);
  stream.append({ actor: "b", incarnation: 1 }, { kind: "ready", afterMs: 5 });
  takeOff();
  stream.append(source, { kind: "stopping" });
  assert.deepEqual(written, [
    { kind: "starting", at: 1000, number: 7, actor: "a", incarnation: 3 },
    { kind: "ready", afterMs: 5, at: 1005, number: 8, actor: "b", incarnation: 1 },
  ]);
  assert.equal(stream.nextNumber, 10);
});

Deno.test("RuntimeEventStream.subscribe() gives a slow subscriber the newest and counts the lost", async () => {
  const stream = new RuntimeEventStream({ clock: new FakeClock(), onSinkError: fail });
  const subscription = stream.subscribe(3);
  for (let i = 0; i < 10; i++) stream.append(source, { kind: "note", text: `${i}` });
  assert.equal(subscription.waiting, 3);
  assert.equal(subscription.dropped, 7);
  subscription.close();
  const numbers: number[] = [];
  for await (const event of subscription) numbers.push(event.number);
  assert.deepEqual(numbers, [7, 8, 9]);
});

Deno.test("RuntimeEventStream.subscribe() wakes a waiting subscriber and ends with its loop", async () => {
  const stream = new RuntimeEventStream({ clock: new FakeClock(), onSinkError: fail });
  const seen: number[] = [];
  const watching = (async () => {
    for await (const event of stream.subscribe()) {
      seen.push(event.number);
      if (event.kind === "stopping") break;
    }
  })();
  stream.append(source, { kind: "starting" });
  await Promise.resolve();
  stream.append(source, { kind: "stopping" });
  await watching;
  stream.append(source, { kind: "starting" });
  assert.deepEqual(seen, [0, 1]);
  assert.throws(() => stream.subscribe(0), /capacity is 0/);
});

Deno.test("RuntimeEventStream.close() ends every subscription after what it has waiting", async () => {
  const stream = new RuntimeEventStream({ clock: new FakeClock(), onSinkError: fail });
  const subscription = stream.subscribe();
  stream.append(source, { kind: "starting" });
  stream.close();
  const seen: string[] = [];
  for await (const event of subscription) seen.push(event.kind);
  assert.deepEqual(seen, ["starting"]);
});

Deno.test("Runtime.fatal tells that events are no longer written down; the others still get them", async () => {
  const warnings: string[] = [];
  const runtime = new Runtime({
    runId: "event-stream",
    clock: new FakeClock(),
    random: () => 0,
    warn: (text) => warnings.push(text),
  });
  const written: RuntimeEvent[] = [];
  runtime.events.addSink(() => {
    throw new Error("disk is full");
  });
  runtime.events.addSink((event) => written.push(event));
  runtime.events.append(source, { kind: "starting" });
  runtime.events.append(source, { kind: "stopping" });
  const error = await runtime.fatal;
  assert.equal(error.code, "events-lost");
  assert.match(error.message, /Cannot write down runtime events: disk is full/);
  assert.equal(written.length, 2);
  assert.equal(warnings.length, 1);
});

Deno.test("Runtime.nextIncarnation() counts for each id from 1", () => {
  const runtime = new Runtime({ runId: "r", clock: new FakeClock(), random: () => 0 });
  assert.deepEqual(["a", "a", "b", "a"].map((id) => runtime.nextIncarnation(id)), [1, 2, 1, 3]);
});

Deno.test("DeadLetterRing keeps the newest, logs the first ten, then one summary an interval", async () => {
  const clock = new FakeClock();
  const logged: { what: string; suppressed: number }[] = [];
  const ring = new DeadLetterRing({
    clock,
    log: (letter, suppressed) => logged.push({ what: letter.what, suppressed }),
    limits: { capacity: 100 },
  });
  const add = (what: string) => ring.add({ to: "a", incarnation: 1, what, why: "down" });
  for (let i = 0; i < 150; i++) add(`${i}`);
  assert.equal(logged.length, 10);
  await clock.advance(10_000);
  add("150");
  add("151");
  assert.deepEqual(logged.at(-1), { what: "150", suppressed: 140 });
  assert.equal(ring.total, 152);
  assert.deepEqual(
    ring.letters().map((letter) => letter.what),
    Array.from({ length: 100 }, (_, i) => `${52 + i}`),
  );
});
