import assert from "node:assert/strict";
import { channelOf, type Message } from "../../../../kafka/messages/mod.ts";
import type { Step } from "../../../../sim/actor_log/step.ts";
import { decisionOf } from "../../../../sim/actor_log/views/decision.ts";
import { NOON, StepFloor } from "./step_floor.ts";

/** Alice has bought 4 AAPL of Bob at 189.40 and 6 at 189.50. */
function tradedFloor(): StepFloor {
  const floor = new StepFloor();
  floor.opens("alice", 10_000);
  floor.opens("bob", 0, { AAPL: 40 });
  floor.sells("bob/1", 4, 189.4);
  floor.sells("bob/2", 6, 189.5);
  floor.buys("alice/1", 10, 189.5);
  return floor;
}

Deno.test("decisionOf() tells what was booked, and the profit of a sale by average cost", () => {
  const floor = tradedFloor();
  assert.deepEqual(floor.tells(floor.last("portfolio-manager", "order-filled", "alice")), {
    headline: "Booked for alice: bought 6 AAPL at 189.50, paid 1,137.00.",
    reasons: ["alice holds 10 AAPL now, which cost 1,894.60; cash is 8,105.40."],
  });
  floor.send({ type: "deposit", userId: "bob", amount: 10_000 });
  floor.buys("bob/3", 5, 189.4);
  floor.sells("alice/2", 5, 189.4);
  assert.deepEqual(floor.tells(floor.last("portfolio-manager", "order-filled", "alice")), {
    headline: "Booked for alice: sold 5 AAPL at 189.40, got 947.00; a loss of 0.30 realised.",
    reasons: [
      "By average cost, what was sold had cost 947.30: 10 had cost 1,894.60, and 947.30 stay with " +
      "what is left.",
      "In AAPL, a loss of 0.30 is realised in all.",
      "alice holds 5 AAPL now, which cost 947.30; cash is 9,052.40.",
    ],
  });
});

Deno.test("decisionOf() tells which notifications move nothing", () => {
  const floor = tradedFloor();
  assert.equal(
    floor.tells(floor.last("portfolio-manager", "order-placed", "alice")).headline,
    "Nothing to book: alice's order 1 is placed: buy 10 AAPL at 189.50.",
  );
  floor.opens("alice", 10_000);
  assert.deepEqual(floor.tells(floor.last("portfolio-manager", "account-opened", "alice")), {
    headline: "Nothing to book: alice has an account with 10,000.00 cash (again, as at first).",
    reasons: ["It is a first answer given again; the first one was booked."],
  });
});

Deno.test("decisionOf() tells that cash is below zero until the opening is read", () => {
  const floor = tradedFloor();
  const fill = floor.last("portfolio-manager", "order-filled", "alice").record.message!;
  assert.ok("userId" in fill);
  const id = "orders/0/50/1";
  const early = { ...fill, id, userId: "zoe", side: "buy", sequence: 4 };
  assert.equal(channelOf(id), channelOf(fill.id));
  const step = floor.publish("notifications", "zoe", early);
  assert.equal(
    floor.tells(step).reasons[0],
    "zoe holds 6 AAPL now, which cost 1,137.00; cash is -1,137.00, below zero until the cash that " +
      "paid for it is read here.",
  );
});

Deno.test("decisionOf() tells that a record had come before, by its sequence", () => {
  const floor = tradedFloor();
  const settled = floor.last("order-gateway", "settle-fill", "alice");
  const again = floor.publish("order-commands", "alice", settled.record.text!);
  assert.equal(again.outcome, "repeat");
  assert.deepEqual(again.before, again.after);
  assert.equal(
    floor.tells(again).headline,
    "It had come before (sequence 2 from orders/0, and 4 was next): nothing changed.",
  );
  assert.equal(
    floor.tells(again).reasons[0],
    "What came again: alice's fill to settle: bought 6 AAPL at 189.50.",
  );
});

Deno.test("decisionOf() tells why bytes were set aside, and that nothing came of them", () => {
  const floor = tradedFloor();
  const { headline, reasons } = floor.tells(floor.publish("order-commands", "alice", "{}"));
  assert.match(headline, /^Set aside as malformed: the bytes are no message of order-commands: /);
  assert.equal(
    reasons[0],
    "Its dead letter, with its 2 bytes, was meant for dead-letters/0 and is not in the log.",
  );
});

Deno.test("decisionOf() tells that a forged settlement fits nothing, and used up no sequence", () => {
  const floor = tradedFloor();
  const settled = floor.last("order-gateway", "settle-fill", "alice").record.message!;
  const forged = { ...settled, id: "orders/0/60/3", sequence: 4, quantityLots: 1_000 };
  const step = floor.publish("order-commands", "alice", forged);
  assert.equal(step.outcome, "refused");
  const { headline, reasons } = floor.tells(step);
  assert.equal(headline, "Refused, and nothing changed: settle-fill fits nothing known here.");
  assert.equal(
    reasons[0],
    "The record says: alice's fill to settle: bought 1,000 AAPL at 189.50.",
  );
  assert.equal(
    reasons.at(-1),
    "Its sequence was not used up, so the message that belongs there can still come.",
  );
});

Deno.test("decisionOf() tells that poison was skipped, and what never comes of it", () => {
  const floor = new StepFloor({ skip: [1] });
  const step = floor.opens("alice", 1);
  assert.equal(step.outcome, "skipped");
  const { headline, reasons } = floor.tells(step);
  assert.equal(headline, "Skipped: order-commands/0/1 is marked as poison.");
  assert.equal(reasons.at(-1), "What would have followed from it never comes.");
});

/** A step of an actor at the floor's edge. */
function edgeStep(
  actor: Step["actor"],
  outcome: Step["outcome"],
  fields: { readonly topic: Step["record"]["place"]["topic"]; readonly message: Message | null },
): Step {
  const { topic, message } = fields;
  return {
    actor,
    owner: null,
    record: {
      place: { topic, partition: 2, offset: 7 },
      timestamp: NOON,
      key: "alice",
      headers: {},
      text: message === null ? "?" : JSON.stringify(message),
      bytes: 1,
      message,
      malformed: message === null ? "not JSON" : null,
    },
    outcome,
    before: null,
    after: null,
    sent: [],
    findings: [],
  };
}

Deno.test("decisionOf() tells what a producer was about to send, when, and whether it got there", () => {
  const { units } = new StepFloor();
  const envelope = { id: "p/12", correlationId: "alice/1", timestamp: NOON };
  const command: Message = {
    type: "place-order",
    ...envelope,
    userId: "alice",
    orderId: "1",
    symbol: "AAPL",
    side: "buy",
    quantity: 10,
    price: 189.5,
  };
  const message: Message = {
    type: "intent",
    ...envelope,
    producer: "p",
    number: 12,
    intendedAt: NOON + 1_500,
    partition: 3,
    key: "alice",
    value: JSON.stringify(command),
    encoding: "text",
  };
  const lost = edgeStep("order-command-producer", "wrote", { topic: "intents", message });
  const { headline, reasons } = decisionOf(lost, { units });
  assert.equal(
    headline,
    "p wrote down what it was about to send: alice's order 1: buy 10 AAPL at 189.50.",
  );
  assert.equal(
    reasons[0],
    "It is its intent no. 12, meant to be sent at 12:00:01.500 to order-commands/3.",
  );
  assert.match(reasons[1]!, /^The command is not in order-commands\/3: it was not sent/);
  const bytes = { ...message, value: "AA==", encoding: "base64" } as const;
  const meant = edgeStep("order-command-producer", "wrote", { topic: "intents", message: bytes });
  assert.match(decisionOf(meant, { units }).reasons[1]!, /^Its bytes are meant to be no command/);
  const place = { topic: "order-commands", partition: 3, offset: 117 } as const;
  const sent = {
    index: 0,
    topic: "order-commands",
    partition: 3,
    key: "alice",
    message: command,
    place,
  } as const;
  const arrived = decisionOf({ ...lost, sent: [sent] }, { units });
  assert.equal(arrived.reasons[1], "The command stands at order-commands/3/117.");
});

Deno.test("decisionOf() tells prices, deliveries and lines of the audit log in a sentence", () => {
  const { units } = new StepFloor();
  const envelope = { id: "feed/17", correlationId: "feed", timestamp: NOON };
  const price: Message = {
    type: "price",
    ...envelope,
    symbol: "AAPL",
    price: 189.5712,
    producer: "feed",
    number: 17,
  };
  const published = edgeStep("market-data-producer", "wrote", {
    topic: "market-data",
    message: price,
  });
  assert.equal(
    decisionOf(published, { units }).headline,
    "feed published its price no. 17 of AAPL: 189.5712.",
  );
  const bytes = edgeStep("notifier", "delivered", { topic: "notifications", message: null });
  assert.equal(
    decisionOf(bytes, { units }).headline,
    "Open to whoever listens for alice: text that is no notification.",
  );
  const floor = tradedFloor();
  const placed = floor.last("portfolio-manager", "order-placed", "alice").record.message;
  const told = edgeStep("notifier", "delivered", { topic: "notifications", message: placed });
  assert.equal(
    decisionOf(told, { units }).headline,
    "Open to whoever listens for alice: alice's order 1 is placed: buy 10 AAPL at 189.50.",
  );
  assert.equal(
    decisionOf(told, { units, hadComeBefore: true }).headline,
    "Passed over by alice's streams, which had it before: alice's order 1 is placed: buy 10 AAPL at " +
      "189.50.",
  );
  const recorded = edgeStep("audit-logger", "recorded", { topic: "market-data", message: price });
  assert.equal(
    decisionOf(recorded, { units }).headline,
    "Copied market-data/2/7 into the audit log, whatever its bytes are.",
  );
});

Deno.test("decisionOf() says less where views are missing, and nothing that they do not show", () => {
  const floor = tradedFloor();
  const bare = (step: Step): Step => ({ ...step, before: null, after: null });
  for (const step of floor.steps) {
    const { headline, reasons } = floor.tells(bare(step));
    assert.ok(headline.endsWith("."));
    assert.ok(![headline, ...reasons].some((text) => /undefined|null|NaN/.test(text)), headline);
  }
  const settled = floor.last("order-gateway", "settle-fill", "alice");
  assert.deepEqual(floor.tells(bare(settled)), {
    headline: "The account took it: alice's fill to settle: bought 6 AAPL at 189.50.",
    reasons: [],
  });
  assert.equal(
    floor.tells(bare(floor.last("order-gateway", "place-order", "alice"))).headline,
    "Accepted alice's order 1: buy 10 AAPL at 189.50; 1,895.00 cash was reserved.",
  );
});
