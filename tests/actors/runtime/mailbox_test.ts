import assert from "node:assert/strict";
import fc from "fast-check";
import {
  MailboxClosed,
  MailboxFull,
  MailboxReceiver,
  MailboxSender,
} from "../../../actors/runtime/mailbox.ts";
import { createPortPair, type Port } from "../../../actors/runtime/port_pair.ts";
import { settle } from "../../support/fake_clock.ts";

const fail = (error: unknown) => {
  throw error;
};

/** A pair whose deliveries happen one by one, when the test says so. */
function steppedPair() {
  const due: (() => void)[] = [];
  const [left, right] = createPortPair((deliver) => due.push(deliver));
  return { left, right, due };
}

Deno.test("MailboxSender keeps its bound, its order and its count under any interleaving", async () => {
  const steps = fc.array(
    fc.constantFrom("try", "send", "deliver", "finish", "turn"),
    { maxLength: 120 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.nat(3),
      steps,
      async (capacity, max, todo) => {
        const { left, right, due } = steppedPair();
        const working: (() => void)[] = [];
        const got: number[] = [];
        const sender = new MailboxSender<number>(left, { capacity, maxWaiting: max });
        const receiver = new MailboxReceiver<number>(right, {
          onBatch: (items) => {
            got.push(...items);
            return new Promise((resolve) => working.push(resolve));
          },
          onError: fail,
        });
        // The slow and obvious model: what was accepted, in the order it was asked for.
        const accepted: number[] = [];
        let next = 0;
        let refused = 0;
        for (const step of todo) {
          const { underWay, waiting } = sender.counts;
          if (step === "try") {
            const item = next++;
            if (underWay < capacity && waiting === 0) {
              sender.trySend(item);
              accepted.push(item);
            } else {
              assert.throws(() => sender.trySend(item), MailboxFull);
              refused++;
            }
          } else if (step === "send") {
            const item = next++;
            const room = (underWay < capacity && waiting === 0) || waiting < max;
            if (room) {
              void sender.send(item);
              accepted.push(item);
            } else {
              await assert.rejects(sender.send(item), MailboxFull);
              refused++;
            }
          } else if (step === "deliver") {
            due.shift()?.();
          } else if (step === "finish") {
            working.shift()?.();
            await settle();
          } else {
            await settle();
          }
          assert.ok(sender.counts.underWay <= capacity);
          assert.ok(sender.counts.waiting <= max);
          assert.ok(got.length - receiver.counts.processed <= capacity);
        }
        while (sender.counts.underWay > 0 || sender.counts.waiting > 0) {
          await settle();
          due.shift()?.();
          working.shift()?.();
        }
        await sender.drained();
        assert.deepEqual(got, accepted);
        assert.equal(sender.counts.refused, refused);
        assert.equal(receiver.counts.processed, accepted.length);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("MailboxSender posts the items of one turn as one message", async () => {
  const [left, right] = createPortPair();
  const batches: (readonly number[])[] = [];
  new MailboxReceiver<number>(right, {
    onBatch: (items) => void batches.push(items),
    onError: fail,
  });
  const sender = new MailboxSender<number>(left, { capacity: 100 });
  for (let i = 0; i < 50; i++) sender.trySend(i);
  await sender.drained();
  assert.equal(batches.length, 1);
  assert.equal(batches[0]?.length, 50);
  assert.equal(sender.counts.batches, 1);
});

Deno.test("MailboxSender.trySend() throws a retriable MailboxFull that says how many are under way", () => {
  const { left } = steppedPair();
  const sender = new MailboxSender<number>(left, { capacity: 2 });
  sender.trySend(1);
  sender.trySend(2);
  assert.throws(() => sender.trySend(3), (error: unknown) => {
    assert.ok(error instanceof MailboxFull);
    assert.equal(error.code, "mailbox-full");
    assert.equal(error.retriable, true);
    assert.match(error.message, /Cannot send to the mailbox: 2 items are under way/);
    return true;
  });
  sender.close();
});

Deno.test("MailboxSender.close() rejects the sends that wait and those that come", async () => {
  const { left } = steppedPair();
  const sender = new MailboxSender<number>(left, { capacity: 1 });
  await sender.send(1);
  const waiting = sender.send(2);
  const drained = sender.drained();
  sender.close();
  await assert.rejects(waiting, MailboxClosed);
  await assert.rejects(drained, MailboxClosed);
  await assert.rejects(sender.send(3), MailboxClosed);
  assert.throws(() => sender.trySend(4), MailboxClosed);
});

Deno.test("MailboxSender reports an item that cannot be cloned and sends the others", async () => {
  const [left, right] = createPortPair();
  const got: unknown[] = [];
  const errors: unknown[] = [];
  new MailboxReceiver<unknown>(right, {
    onBatch: (items) => void got.push(...items),
    onError: fail,
  });
  const sender = new MailboxSender<unknown>(left, { onUnclonable: (error) => errors.push(error) });
  sender.trySend(1);
  sender.trySend(() => {});
  sender.trySend(2);
  await sender.drained();
  assert.deepEqual(got, [1, 2]);
  assert.equal(errors.length, 1);
  assert.equal(sender.counts.unclonable, 1);
});

Deno.test("MailboxReceiver grants credits for a batch whose handler threw, and reports it", async () => {
  const [left, right] = createPortPair();
  const errors: unknown[] = [];
  const receiver = new MailboxReceiver<number>(right, {
    onBatch: () => Promise.reject(new Error("boom")),
    onError: (error) => errors.push(error),
  });
  const sender = new MailboxSender<number>(left, { capacity: 1 });
  await sender.send(1);
  await sender.send(2);
  await sender.drained();
  assert.equal(errors.length, 2);
  assert.deepEqual(receiver.counts, { received: 2, processed: 2, failed: 2 });
});

Deno.test("MailboxSender works the same over a real MessagePort", async () => {
  const { port1, port2 } = new MessageChannel();
  const got: number[] = [];
  const left: Port = port1;
  const sender = new MailboxSender<number>(left, { capacity: 8, maxWaiting: 1000 });
  const receiver = new MailboxReceiver<number>(port2, {
    onBatch: (items) => void got.push(...items),
    onError: fail,
  });
  await Promise.all(Array.from({ length: 500 }, (_, i) => sender.send(i)));
  await sender.drained();
  assert.deepEqual(got, Array.from({ length: 500 }, (_, i) => i));
  assert.equal(receiver.counts.processed, 500);
  port1.close();
  port2.close();
});

Deno.test("createPortPair() clones messages, keeps their order and holds them until started", async () => {
  const [left, right] = createPortPair();
  const sent = { n: [1] };
  const got: unknown[] = [];
  right.addEventListener("message", (event) => got.push(event.data));
  left.postMessage(sent);
  sent.n.push(2);
  left.postMessage("second");
  await settle();
  assert.deepEqual(got, []);
  right.start();
  assert.deepEqual(got, [{ n: [1] }, "second"]);
  right.close();
  left.postMessage("to nobody");
  await settle();
  assert.equal(got.length, 2);
});
