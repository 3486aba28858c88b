import assert from "node:assert/strict";
import { decisionOf } from "../../../../sim/actor_log/views/decision.ts";
import { floorOf, NOON, StepFloor } from "./step_floor.ts";

Deno.test("decisionOf() tells what an accepted buy reserved, to the last cent", () => {
  const floor = floorOf({ limits: { ordersPerSecond: 10, orderBurst: 20 } });
  const { headline, reasons } = floor.tells(floor.buys("alice/1002", 10, 189.5));
  assert.equal(
    headline,
    "Accepted alice's order 1002: buy 10 AAPL at 189.50; 1,895.00 of 10,000.00 cash was reserved, " +
      "8,105.00 stay free.",
  );
  assert.deepEqual(reasons, [
    "Its form, symbol, tick and lot are right, and its id was new.",
    "The rate allowed it: 20 of 20 tokens were in alice's bucket (10 a second come in), and one was taken.",
    "A buy reserves its limit times its quantity: 189.50 x 10 = 1,895.00.",
    "It is order no. 0 of the floor, and went to the trading engine at orders/0.",
  ]);
});

Deno.test("decisionOf() tells what an accepted sell and a buy without a limit reserved", () => {
  const floor = floorOf();
  floor.sells("bob/1", 4, 200);
  assert.equal(
    floor.tells(floor.sells("bob/2", 6, 200)).headline,
    "Accepted bob's order 2: sell 6 AAPL at 200.00; 6 of 36 AAPL were reserved, 30 stay free.",
  );
  const market = floor.tells(floor.buys("alice/1", 1, null));
  assert.equal(
    market.headline,
    "Accepted alice's order 1: buy 1 AAPL without a limit, immediate or cancel; 10,000.00 of " +
      "10,000.00 cash was reserved, 0.00 stay free.",
  );
  assert.ok(market.reasons.includes(
    "A buy without a limit reserves all the cash that is free: nobody knows its price.",
  ));
});

Deno.test("decisionOf() tells that a resend got the first answer again, and where the first stands", () => {
  const floor = floorOf();
  const first = floor.buys("alice/1", 10, 189.5);
  floor.now += 250;
  const again = floor.buys("alice/1", 10, 189.5);
  assert.deepEqual(decisionOf(again, { units: floor.units, first: first.record.place }), {
    headline: "Answered alice's order 1 again, as at first: placed, as order no. 0.",
    reasons: [
      "The same id with the same body was answered before at order-commands/0/3, stamped " +
      "12:00:00.000: the first answer again, and nothing changed.",
      "An id is an idempotency key: a resend takes no token, reserves nothing and reaches no engine.",
    ],
  });
  floor.buys("alice/2", 1_000, 189.5);
  assert.equal(
    floor.tells(floor.buys("alice/2", 1_000, 189.5)).headline,
    "Answered alice's order 2 again, as at first: refused, insufficient-cash: needs 189500, and " +
      "8105 is available.",
  );
});

Deno.test("decisionOf() tells what an account opens with and what a deposit brings", () => {
  const floor = new StepFloor();
  assert.equal(
    floor.tells(floor.opens("alice", 10_000.5, { AAPL: 7, NICKEL: 300 })).headline,
    "Opened an account for alice with 10,000.50 cash; 7 AAPL and 300 NICKEL.",
  );
  assert.equal(
    floor.tells(floor.send({ type: "deposit", amount: 99.5 })).headline,
    "Accepted alice's deposit d1 of 99.50: 99.50 came in; 10,100.00 cash is free now.",
  );
});

Deno.test("decisionOf() tells what a settlement paid and freed", () => {
  const floor = floorOf();
  floor.sells("bob/1", 4, 189.4);
  floor.buys("alice/1", 10, 189.5);
  const buyer = floor.tells(floor.last("order-gateway", "settle-fill", "alice"));
  assert.equal(
    buyer.headline,
    "Settled trade AAPL-1 for alice: bought 4 AAPL at 189.40 for 757.60.",
  );
  assert.deepEqual(buyer.reasons, [
    "It was paid out of what order no. 1 had reserved: of 758.00, 757.60 was paid and 0.40 is free " +
    "again, since the trade was below the limit of 189.50.",
    "Still open: 6 AAPL of it, with 1,137.00 cash reserved.",
    "alice holds 4 AAPL now, and 8,105.40 cash is free.",
  ]);
  const seller = floor.tells(floor.last("order-gateway", "settle-fill", "bob"));
  assert.deepEqual(seller.reasons, [
    "Out of what was reserved went 4 AAPL, and 757.60 cash came in, free at once.",
    "Order no. 0 is filled to its end: nothing is reserved for it any more.",
    "bob holds 36 AAPL now, and 757.60 cash is free.",
  ]);
  floor.cancels("alice/1");
  const released = floor.tells(floor.last("order-gateway", "release-order"));
  assert.equal(released.headline, "Released order no. 1 of alice; free again: 1,137.00 cash.");
  assert.deepEqual(released.reasons, [
    "The engine says that the order is over with 6 AAPL unfilled, just what is left of it here.",
    "9,242.40 cash is free now.",
  ]);
});

Deno.test("decisionOf() tells that the floor opened, and by what parameters", () => {
  const [opening] = new StepFloor({ limits: { ordersPerSecond: 10, orderBurst: 20 } }).steps;
  const floor = new StepFloor();
  assert.deepEqual(floor.tells(opening!).reasons.slice(0, 2), [
    "2 symbols can be traded: AAPL and NICKEL.",
    "A user may send 10 orders a second, 20 at once, and have 10,000 live.",
  ]);
  const { parameters } = floor;
  const message = {
    type: "floor-opened",
    id: "f",
    correlationId: "f",
    timestamp: NOON,
    parameters,
  };
  const again = floor.publish("order-commands", null, message);
  assert.equal(
    floor.tells(again).headline,
    "order-commands/0 had been opened with the same parameters: nothing changed.",
  );
});
