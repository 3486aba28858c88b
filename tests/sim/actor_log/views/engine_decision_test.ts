import assert from "node:assert/strict";
import { MAX_FILLS_TOLD } from "../../../../sim/actor_log/views/fill_sentences.ts";
import type { Decision } from "../../../../sim/actor_log/views/decision.ts";
import { StepFloor } from "./step_floor.ts";

/** Alice has cash, Bob and Carol have shares. */
function floorOf(): StepFloor {
  const floor = new StepFloor();
  floor.opens("alice", 100_000);
  floor.opens("bob", 1_000, { AAPL: 100 });
  floor.opens("carol", 0, { AAPL: 100 });
  return floor;
}

/** What the engine decided last on an order. */
function told(floor: StepFloor): Decision {
  return floor.tells(floor.last("trading-engine", "order-accepted"));
}

Deno.test("decisionOf() tells that an order rests, and at what place", () => {
  const floor = floorOf();
  floor.sells("bob/1", 3, 189.5);
  assert.deepEqual(told(floor), {
    headline: "Put bob's order 1 into the book, sell 3 AAPL at 189.50 as best ask.",
    reasons: [
      "Nobody bids.",
      "It is alone at its price.",
      "The best prices are now: no bid, ask 189.50 x 3.",
    ],
  });
  floor.sells("carol/1", 4, 189.5);
  assert.equal(told(floor).reasons[1], "1 order with 3 AAPL is ahead of it at its price.");
  floor.sells("bob/2", 5, 189.6);
  assert.deepEqual(told(floor), {
    headline: "Put bob's order 2 into the book, sell 5 AAPL at 189.60.",
    reasons: [
      "Nobody bids.",
      "It is alone at its price; the best ask is 189.50.",
      "The best prices and their lots are as they were.",
    ],
  });
});

Deno.test("decisionOf() tells whom an order traded with and why they came first", () => {
  const floor = floorOf();
  floor.sells("bob/1", 3, 189.5);
  floor.sells("carol/1", 4, 189.5);
  floor.sells("bob/2", 5, 189.6);
  floor.buys("alice/1002", 10, 189.6);
  assert.deepEqual(told(floor), {
    headline: "Bought all 10 AAPL for alice's order 1002 at 189.50 to 189.60 in 3 fills.",
    reasons: [
      "3 at 189.50 from bob's order 1 (trade AAPL-1): the best ask, and the oldest there (1 more " +
      "order waits behind it).",
      "4 at 189.50 from carol's order 1 (trade AAPL-2): the best ask, and the only one there.",
      "3 at 189.60 from bob's order 2 (trade AAPL-3): the best ask once 189.50 was taken, and the " +
      "only one there. Left of it: 2.",
      "It is filled to its end; its settlements bring what is reserved for it to zero.",
      "The best prices are now: no bid, ask 189.60 x 2.",
    ],
  });
});

Deno.test("decisionOf() tells what rests of an order, and why no more was traded", () => {
  const floor = floorOf();
  floor.sells("bob/1", 3, 189.5);
  floor.sells("bob/2", 3, 189.6);
  floor.buys("alice/1", 10, 189.5);
  const { headline, reasons } = told(floor);
  assert.equal(
    headline,
    "Bought 3 of 10 AAPL for alice's order 1 at 189.50; 7 rest at 189.50 as best bid.",
  );
  assert.deepEqual(reasons.slice(1), [
    "The best ask, 189.60, is above its limit of 189.50.",
    "It is alone at its price.",
    "The best prices are now: bid 189.50 x 7, ask 189.60 x 3.",
  ]);
});

Deno.test("decisionOf() tells sales from the seller's side, and self-trades as such", () => {
  const floor = floorOf();
  floor.buys("alice/1", 5, 190);
  floor.sells("carol/1", 2, 189);
  assert.equal(told(floor).headline, "Sold all 2 AAPL for carol's order 1 at 190.00.");
  assert.equal(
    told(floor).reasons[0],
    "2 at 190.00 to alice's order 1 (trade AAPL-1): the best bid, and the only one there. Left of it: 3.",
  );
  floor.sells("alice/2", 1, 190);
  assert.equal(
    told(floor).reasons[0],
    "1 at 190.00 to their own order 1 (self-trades are permitted) (trade AAPL-2): the best bid, and " +
      "the only one there. Left of it: 2.",
  );
});

Deno.test("decisionOf() tells that the rest of an immediate order was cancelled", () => {
  const floor = floorOf();
  floor.sells("bob/1", 3, 189.5);
  floor.buys("alice/1", 10, 189.5, { timeInForce: "ioc" });
  const { headline, reasons } = told(floor);
  assert.equal(
    headline,
    "Bought 3 of 10 AAPL for alice's order 1 at 189.50; the rest of 7 was cancelled.",
  );
  assert.deepEqual(reasons.slice(1, 3), [
    "Nobody offers any more, and it is immediate or cancel, and may not rest.",
    "It is over: its release tells the gateway to free what is still reserved for it.",
  ]);
  floor.sells("bob/2", 1, null);
  assert.equal(
    told(floor).headline,
    "Cancelled bob's order 2, sell 1 AAPL without a limit, immediate or cancel: there is nothing it " +
      "may trade with.",
  );
  assert.equal(told(floor).reasons[0], "Nobody bids, and an order without a limit cannot rest.");
});

Deno.test("decisionOf() tells that a budget was spent, and what is left of it", () => {
  const floor = floorOf();
  floor.sells("carol/1", 10, 300);
  floor.buys("bob/1", 10, null);
  const { headline, reasons } = told(floor);
  assert.equal(
    headline,
    "Bought 3 of 10 AAPL for bob's order 1 at 300.00; the rest of 7 was cancelled.",
  );
  assert.equal(
    reasons[1],
    "Of the 1,000.00 that were reserved for it, 100.00 are left, less than one lot costs at the best " +
      "ask of 300.00.",
  );
});

Deno.test("decisionOf() tells what a cancel took out of the book, and that one came too late", () => {
  const floor = floorOf();
  floor.buys("alice/1", 10, 189.5);
  floor.cancels("alice/1");
  assert.deepEqual(floor.tells(floor.last("trading-engine", "cancel-requested")), {
    headline:
      "Cancelled alice's order 1, as asked: 10 AAPL were left of it, which rested at 189.50.",
    reasons: [
      "Its release tells the gateway to free what is still reserved for it.",
      "The best prices are now: no bid, no ask.",
    ],
  });
  const late = {
    type: "cancel-requested",
    id: "order-commands/0/99/0",
    correlationId: "alice/1",
    causationId: "c",
    sequence: 2,
    timestamp: floor.now,
    userId: "alice",
    orderId: "1",
    orderNumber: 0,
    cancelId: "c2",
    symbol: "AAPL",
  };
  const step = floor.publish("orders", "AAPL", late);
  assert.equal(
    floor.tells(step).headline,
    "Too late to cancel alice's order 1: it is not in the book of AAPL any more.",
  );
});

Deno.test("decisionOf() tells many fills in few sentences", () => {
  const floor = floorOf();
  const count = MAX_FILLS_TOLD + 3;
  for (let i = 0; i < count; i++) floor.sells(`bob/${i}`, 2, 100 + i / 100);
  floor.buys("alice/1", 2 * count, 110);
  const { headline, reasons } = told(floor);
  assert.equal(headline, "Bought all 22 AAPL for alice's order 1 at 100.00 to 100.10 in 11 fills.");
  assert.equal(reasons.length, MAX_FILLS_TOLD + 3);
  assert.equal(reasons[MAX_FILLS_TOLD], "3 more fills of 6 in all, the last at 100.10.");
});

Deno.test("decisionOf() claims no place in a queue that the ladder does not list", () => {
  const floor = floorOf();
  for (let i = 0; i < 10; i++) floor.sells(`bob/${i}`, 1, 100);
  for (let i = 0; i < 8; i++) floor.buys(`alice/${i}`, 1, 100);
  // Ten waited; the ladder lists the first eight of them.
  const step = floor.last("trading-engine", "order-accepted");
  assert.match(floor.tells(step).reasons[0]!, /the oldest there \(2 more orders wait behind it\)/);
  const cut = { ...step.before!.ladder!, asks: [{ ...step.before!.ladder!.asks[0]!, orders: [] }] };
  const unlisted = { ...step, before: { ...step.before!, ladder: cut } };
  assert.equal(floor.tells(unlisted).reasons[0], "1 at 100.00 from bob's order 7 (trade AAPL-8).");
});
