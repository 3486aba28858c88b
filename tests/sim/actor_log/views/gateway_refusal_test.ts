import assert from "node:assert/strict";
import {
  MAX_FLOOR_CASH_UNITS,
  type Message,
  type RejectReason,
} from "../../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../../kafka/partitioner.ts";
import { decisionOf } from "../../../../sim/actor_log/views/decision.ts";
import type { Step } from "../../../../sim/actor_log/step.ts";
import type { RawGatewayPartition } from "../../../../sim/actor_log/views/raw_view.ts";
import { floorOf, StepFloor } from "./step_floor.ts";

/** Asserts that a step's answer is a refusal, and its headline. Gives the other sentences. */
function assertRefused(floor: StepFloor, step: Step, headline: string): readonly string[] {
  const answer = step.sent.find(({ topic }) => topic === "notifications")?.message;
  assert.ok(answer !== undefined && "reason" in answer);
  const decision = floor.tells(step);
  assert.equal(decision.headline, headline);
  return decision.reasons;
}

Deno.test("decisionOf() tells a command's own mistakes as the gateway words them", () => {
  const floor = floorOf();
  const refusals: readonly (readonly [object, string])[] = [
    [{ symbol: 7 }, "invalid-symbol: symbol 7 is no text of 1 to 32 characters"],
    [{ side: "hold" }, 'invalid-side: side "hold" is not buy or sell'],
    [{ quantity: -1 }, "invalid-quantity: quantity -1 is no positive number"],
    [{ price: 0 }, "invalid-price: price 0 is no positive number"],
    [
      { timeInForce: "day" },
      'invalid-time-in-force: time in force "day" is not gtc or ioc',
    ],
    [{ price: 189.501 }, "off-tick: price 189.501 is no multiple of tick size 0.01"],
    [{ quantity: 1.5 }, "off-lot: quantity 1.5 is no multiple of lot size 1"],
    [{ symbol: "MSFT" }, 'unknown-symbol: "MSFT" is not traded here'],
  ];
  refusals.forEach(([fields, why], i) => {
    const step = floor.buys(`alice/${i}`, 1, 189.5, fields);
    const reasons = assertRefused(floor, step, `Refused alice's order ${i}, ${why}.`);
    assert.equal(
      reasons.at(-1),
      "Nothing was reserved. Its id is used: the same again gets this answer again, as long as it " +
        "is remembered.",
    );
  });
  assert.ok(floor.tells(floor.steps.at(-2)!).reasons.includes("What is traded: AAPL and NICKEL."));
});

Deno.test("decisionOf() tells mistakes of openings and deposits", () => {
  const floor = floorOf();
  const amount = floor.send({ type: "deposit", amount: -5 });
  assertRefused(
    floor,
    amount,
    "Refused alice's deposit d1 of -5, invalid-amount: amount -5 is no amount of cash with at most 2 " +
      "decimals.",
  );
  assertRefused(
    floor,
    floor.send({ type: "open-account", userId: "carol", cash: 1, holdings: { AAPL: -1 } }),
    "Refused carol's opening open, invalid-holdings: AAPL: -1 is no quantity.",
  );
  const exists = floor.send({ type: "open-account", commandId: "again", cash: 1, holdings: {} });
  assertRefused(
    floor,
    exists,
    "Refused alice's opening again, account-exists: alice has an account already.",
  );
});

Deno.test("decisionOf() tells whose key and which partition was wrong", () => {
  const floor = floorOf();
  const keyed = floor.send({ type: "deposit", amount: 1 }, "bob");
  const reasons = assertRefused(
    floor,
    keyed,
    "Refused alice's deposit d1 of 1.00, wrong-partition: the record is keyed by bob, and the " +
      "command is alice's.",
  );
  assert.deepEqual(reasons, ["Nothing changed."]);
  const two = new StepFloor({ orderCommandPartitions: 2 });
  const away = ["alice", "bob", "carol", "dave"].find((user) => partitionForKey(user, 2) === 1)!;
  assertRefused(
    two,
    two.opens(away, 1),
    `Refused ${away}'s opening open, wrong-partition: ${away}'s commands belong into ` +
      "order-commands/1, and this is order-commands/0.",
  );
});

Deno.test("decisionOf() tells that a stranger has no account", () => {
  const floor = floorOf();
  const reasons = assertRefused(
    floor,
    floor.buys("mallory/1", 1, 10),
    "Refused mallory's order 1, unknown-account: mallory has no account in this partition, its own.",
  );
  assert.equal(reasons.at(-1), "It left no trace: no id is used, nothing remembered.");
});

Deno.test("decisionOf() tells what an id was used for before", () => {
  const floor = floorOf();
  const first = floor.buys("alice/1", 10, 189.5);
  const other = floor.buys("alice/1", 11, 189.5);
  const reasons = assertRefused(
    floor,
    other,
    "Refused alice's order 1, id-conflict: the id was used before with another body.",
  );
  assert.deepEqual(reasons, [
    "The first one, stamped 12:00:00.000, was accepted as order no. 0.",
    "The order was: buy 11 AAPL at 189.50.",
    "Nothing changed.",
  ]);
  const { headline } = decisionOf(other, { units: floor.units, first: first.record.place });
  assert.ok(headline.includes("used before (order-commands/0/3) with another body"));
});

Deno.test("decisionOf() tells which of the two horizons made an id stale", () => {
  const late = floorOf({ limits: { answerHorizonMs: 60_000 } });
  late.buys("alice/1", 1, 10);
  late.now += 90_000;
  assertRefused(
    late,
    late.buys("alice/1", 1, 10),
    "Refused alice's order 1, stale: the id was used 90 s before, past the horizon of 60 s.",
  );
  const many = floorOf({ limits: { answersPerUser: 2 } });
  for (const id of [1, 2, 3]) many.buys(`alice/${id}`, 1, 10);
  const reasons = assertRefused(
    many,
    many.buys("alice/1", 1, 10),
    "Refused alice's order 1, stale: the id was used before, and only its fingerprint is kept.",
  );
  assert.equal(
    reasons[0],
    "Its first answer gave way to newer ones: 2 answers of a user are remembered.",
  );
});

Deno.test("decisionOf() tells how many ids are used and how many may be", () => {
  const floor = floorOf({ limits: { fingerprintsPerUser: 2 } });
  floor.buys("alice/1", 1, 10);
  assertRefused(
    floor,
    floor.buys("alice/2", 1, 10),
    "Refused alice's order 2, id-space-exhausted: 2 ids used, and 2 ids of a user are kept for good.",
  );
});

Deno.test("decisionOf() tells what a bucket held and what is allowed", () => {
  const floor = floorOf({ limits: { ordersPerSecond: 10, orderBurst: 2 } });
  floor.buys("alice/1", 1, 10);
  floor.buys("alice/2", 1, 10);
  floor.now += 40;
  const reasons = assertRefused(
    floor,
    floor.buys("alice/3", 1, 10),
    "Refused alice's order 3, rate-limited: alice's bucket held 0.4 of the 1 token that an order " +
      "takes; 10 orders a second are allowed, 2 at once.",
  );
  assert.equal(
    reasons.at(-1),
    "Nothing is reserved, and its id is not used: the same order may be sent again.",
  );
  floor.now += 60;
  assert.match(floor.tells(floor.buys("alice/3", 1, 10)).headline, /^Accepted alice's order 3/);
});

Deno.test("decisionOf() tells how many live orders there are and may be", () => {
  const floor = floorOf({ limits: { liveOrdersPerUser: 1 } });
  floor.buys("alice/1", 1, 10);
  assertRefused(
    floor,
    floor.buys("alice/2", 1, 10),
    "Refused alice's order 2, too-many-live-orders: alice has 1 live order, and 1 may be.",
  );
});

Deno.test("decisionOf() tells what a buy needed and what was free", () => {
  const floor = floorOf();
  floor.buys("alice/1", 50, 180);
  const reasons = assertRefused(
    floor,
    floor.buys("alice/2", 10, 189.5),
    "Refused alice's order 2, insufficient-cash: it needs 1,895.00, and 1,000.00 of alice's cash is " +
      "free.",
  );
  assert.deepEqual(reasons, [
    "9,000.00 more is reserved by its 1 live order.",
    "The order was: buy 10 AAPL at 189.50.",
    "Nothing was reserved; the order took a token. Its id is used: the same again gets this answer " +
    "again, as long as it is remembered.",
  ]);
  assertRefused(
    floor,
    floor.buys("bob/1", 1, null),
    "Refused bob's order 1, insufficient-cash: a buy without a limit reserves what is free, and 0.00 " +
      "of bob's cash is free.",
  );
});

Deno.test("decisionOf() tells what a sell wanted and what was free", () => {
  const floor = floorOf();
  floor.sells("bob/1", 35, 200);
  const reasons = assertRefused(
    floor,
    floor.sells("bob/2", 6, 200),
    "Refused bob's order 2, insufficient-holdings: it sells 6 AAPL, and 5 of bob's are free.",
  );
  assert.equal(reasons[0], "bob holds 40, of which 35 are reserved by sells that are live.");
});

Deno.test("decisionOf() tells how much cash a partition let in and may let in", () => {
  const floor = floorOf();
  const most = MAX_FLOOR_CASH_UNITS / 100;
  for (const depositId of ["a", "b"]) {
    floor.send({ type: "deposit", depositId, amount: 2 ** 50 / 100 });
  }
  const step = floor.send({ type: "deposit", depositId: "c", amount: 2 ** 51 / 100 });
  assert.equal(most, 45_035_996_273_704.96);
  assertRefused(
    floor,
    step,
    "Refused alice's deposit c of 22,517,998,136,852.48, cash-limit: 22,517,998,136,852.48 would " +
      "come to 22,517,998,146,852.48 that this partition has let in before, and " +
      "45,035,996,273,704.96 may be.",
  );
});

Deno.test("decisionOf() tells why there is nothing to cancel", () => {
  const floor = floorOf();
  assertRefused(
    floor,
    floor.cancels("alice/7"),
    'Refused alice\'s cancel c1 of order 7, unknown-order: no order "7" was ever placed.',
  );
  floor.buys("alice/8", 1, 10);
  const accepted = floor.tells(floor.cancels("alice/8", "c2"));
  assert.equal(
    accepted.headline,
    "Accepted alice's cancel c2 of order 8: the order is live, and its cancel went to the trading " +
      "engine.",
  );
  assertRefused(
    floor,
    floor.cancels("alice/8", "c3"),
    'Refused alice\'s cancel c3 of order 8, order-not-live: order "8" was refused or has ended.',
  );
});

/** A refusal that takes millions of accounts or orders: a smaller one, with the figures of a large one. */
function enlarged(step: Step, reason: RejectReason, partition: Partial<RawGatewayPartition>): Step {
  const { before, sent } = step;
  const raw = before!.raw;
  assert.ok(raw?.kind === "account" || raw?.kind === "gateway");
  return {
    ...step,
    before: { ...before!, raw: { ...raw, partition: { ...raw.partition, ...partition } } },
    // Only the reason is another.
    sent: sent.map((one) => ({ ...one, message: { ...one.message, reason } as Message })),
  };
}

Deno.test("decisionOf() tells how many accounts and live orders a partition has and may have", () => {
  const floor = floorOf();
  const opening = floor.send({ type: "open-account", userId: "carol", cash: -1 });
  assertRefused(
    floor,
    enlarged(opening, "too-many-accounts", { accounts: 2_097_152 }),
    "Refused carol's opening open, too-many-accounts: the partition has 2,097,152 accounts, and " +
      "2,097,152 may be.",
  );
  floor.buys("alice/1", 50, 180);
  const order = enlarged(floor.buys("alice/2", 10, 189.5), "too-many-live-orders", {
    liveOrders: 4_194_304,
  });
  assertRefused(
    floor,
    order,
    "Refused alice's order 2, too-many-live-orders: the partition has 4,194,304 live orders of all " +
      "its users, and 4,194,304 may be.",
  );
});
