import assert from "node:assert/strict";
import { seededRandom } from "../../../../actors/seeded_random.ts";
import type { StateValue, StateView } from "../../../../sim/actor_log/views/state_view.ts";
import {
  MAX_LADDER_LEVELS,
  MAX_LEVEL_ORDERS,
} from "../../../../sim/actor_log/views/engine_lens.ts";
import { LENSES } from "../../../../sim/actor_log/views/lenses.ts";
import { StepFloor } from "./step_floor.ts";

/** A value under its names. */
function at(view: StateView | null, ...path: readonly string[]): StateValue | undefined {
  let value: StateValue | undefined = view?.value;
  for (const name of path) {
    // Anything else has no names, and then there is nothing.
    value = (value as { readonly [name: string]: StateValue } | undefined)?.[name];
  }
  return value;
}

Deno.test("gatewayLens shows the account of the record's user in decimals and in integers", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000, { AAPL: 5, NICKEL: 200 });
  floor.sells("alice/1", 2, 200);
  const { after } = floor.buys("alice/2", 10, 189.5);
  assert.equal(after!.subject, "account alice");
  assert.deepEqual(at(after, "cash"), { available: "8105.00", reserved: "1895.00" });
  assert.deepEqual(at(after, "holdings"), {
    AAPL: { held: "5", reserved: "2" },
    NICKEL: { held: "200", reserved: "0" },
  });
  assert.equal(at(after, "liveOrders"), 2);
  assert.deepEqual(at(after, "order"), {
    number: 1,
    symbol: "AAPL",
    side: "buy",
    limit: "189.50",
    remaining: "10",
    reserved: "1895.00",
  });
  const { raw } = after!;
  assert.ok(raw?.kind === "account");
  assert.deepEqual([raw.availableUnits, raw.reservedUnits, raw.idsUsed], [810_500, 189_500, 3]);
  assert.deepEqual(raw.holding, { symbol: "AAPL", heldLots: 5, reservedLots: 2 });
});

Deno.test("gatewayLens shows what is kept of an id: nothing, its answer, its fingerprint", () => {
  const floor = new StepFloor({ limits: { answersPerUser: 1 } });
  floor.opens("alice", 10_000);
  const first = floor.buys("alice/1", 1, 10);
  assert.equal(at(first.before, "id", "known"), "never used");
  assert.equal(at(first.after, "id", "firstAnswer"), "accepted");
  assert.equal(at(first.after, "id", "answeredAt"), "2026-11-22T12:00:00.000Z");
  floor.buys("alice/2", 1, 10);
  const stale = floor.buys("alice/1", 1, 10);
  assert.equal(at(stale.before, "id", "known"), "used; only its fingerprint is kept");
  assert.equal(at(stale.before, "id", "firstAnswer"), undefined);
});

Deno.test("reserved cash is the sum over live buys through fills, cancels and snapshots", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000);
  floor.opens("bob", 0, { AAPL: 30 });
  floor.buys("alice/1", 10, 20);
  floor.buys("alice/2", 10, 19);
  floor.sells("bob/1", 4, 19.5);
  floor.buys("alice/3", 5, 18);
  floor.cancels("alice/2");
  const { state, fold } = floor.gateway;
  assert.equal(state.accounts.get("alice")!.reservedCash, 6 * 2_000 + 5 * 1_800);
  const context = { topic: "order-commands", partition: 0, partitions: 1 } as const;
  const restored = fold.decode(fold.encode(state), context);
  assert.equal(restored.accounts.get("alice")!.reservedCash, 6 * 2_000 + 5 * 1_800);
  floor.buys("alice/4", 1, null);
  assert.equal(state.accounts.get("alice")!.reservedCash, 6 * 2_000 + 5 * 1_800);
});

Deno.test("lenses say plainly what belongs to nobody: floor, malformed bytes, strangers", () => {
  const floor = new StepFloor();
  const [opening] = floor.steps;
  assert.deepEqual(opening!.before, { subject: "floor", value: { opened: false } });
  assert.equal(at(opening!.after, "opened"), true);
  floor.opens("alice", 10.5);
  const malformed = floor.publish("order-commands", "alice", "{");
  assert.equal(malformed.after!.subject, "floor");
  assert.equal(at(malformed.after, "cashLetIn"), "10.50");
  const stranger = floor.buys("mallory/1", 1, 10);
  assert.deepEqual(stranger.after!.subject, "account mallory");
  assert.deepEqual(stranger.after!.value, { account: "none in this partition" });
  for (const topic of ["orders", "notifications"] as const) {
    assert.equal(floor.publish(topic, "alice", "{").before!.subject, "floor");
  }
});

Deno.test("engineLens shows the book as a ladder, cut at named limits", () => {
  const floor = new StepFloor();
  floor.opens("alice", 100_000);
  for (let i = 0; i < MAX_LADDER_LEVELS + 2; i++) floor.buys(`alice/${i}`, 1, 100 - i);
  for (let i = 0; i < MAX_LEVEL_ORDERS + 1; i++) floor.buys(`alice/b${i}`, 2, 100);
  const view = floor.last("trading-engine", "order-accepted").after!;
  const { bids, asks, hiddenBids, hiddenAsks } = view.ladder!;
  assert.deepEqual([bids.length, hiddenBids], [MAX_LADDER_LEVELS, 2]);
  assert.deepEqual([asks, hiddenAsks], [[], 0]);
  const [best] = bids;
  assert.deepEqual([best!.priceTicks, best!.lots, best!.orderCount], [10_000, 19, 10]);
  assert.equal(best!.orders.length, MAX_LEVEL_ORDERS);
  assert.deepEqual(
    best!.orders.slice(0, 2).map(({ userId, orderId, lots }) => [userId, orderId, lots]),
    [
      ["alice", "0", 1],
      ["alice", "b0", 2],
    ],
  );
  assert.deepEqual(at(view, "bestBid"), { price: "100.00", quantity: "19" });
  assert.equal(at(view, "order", "id"), "b8");
});

Deno.test("engineLens counts a level's orders through fills and cancels", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000);
  floor.opens("bob", 0, { AAPL: 9 });
  for (const id of [1, 2, 3]) floor.buys(`alice/${id}`, 2, 50);
  floor.sells("bob/1", 3, 50);
  const counts = () => floor.last("trading-engine", "order-accepted").after!.ladder!.bids[0]!;
  assert.deepEqual([counts().lots, counts().orderCount], [3, 2]);
  floor.cancels("alice/3");
  const level = floor.last("trading-engine", "cancel-requested").after!.ladder!.bids[0]!;
  assert.deepEqual([level.lots, level.orderCount, level.orders[0]!.lots], [1, 1, 1]);
});

Deno.test("engineLens opens no book by looking at one", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000);
  floor.buys("alice/1", 1, 10);
  const { before } = floor.last("trading-engine", "order-accepted");
  assert.deepEqual(before!.value, {
    trades: 0,
    bestBid: null,
    bestAsk: null,
    order: "not in the book",
  });
  assert.equal(floor.engine.state.findBook("NICKEL"), null);
});

Deno.test("portfolioLens shows the positions of the record's user", () => {
  const floor = new StepFloor();
  floor.opens("alice", 1_000);
  floor.opens("bob", 0, { AAPL: 3 });
  floor.sells("bob/1", 3, 100);
  floor.buys("alice/1", 2, 100);
  const { before, after } = floor.last("portfolio-manager", "order-filled", "alice");
  assert.equal(after!.subject, "portfolio alice");
  assert.equal(at(before, "cash"), "1000.00");
  assert.deepEqual(after!.value, {
    cash: "800.00",
    positions: { AAPL: { quantity: "2", cost: "200.00", realised: "0.00", trades: 1 } },
    trades: 1,
  });
  const placed = floor.last("portfolio-manager", "order-placed", "alice");
  assert.deepEqual(placed.before, placed.after);
});

Deno.test("no lens changes the state that it looks at", () => {
  const floor = new StepFloor();
  floor.opens("alice", 10_000, { AAPL: 100 });
  for (let i = 0; i < 5; i++) {
    floor.buys(`alice/b${i}`, 3, 50 + i);
    floor.sells(`alice/s${i}`, 2, 60 + i);
  }
  const { gateway, engine, portfolios } = floor;
  const bytes = () => [
    gateway.fold.encode(gateway.state),
    engine.fold.encode(engine.state),
    portfolios.fold.encode(portfolios.state),
  ];
  const before = bytes();
  for (const { actor, record: { message, key } } of [...floor.steps]) {
    // A message of the role's own topic, by its step.
    if (actor === "order-gateway") LENSES[actor].view(gateway.state, { message, key } as never);
    if (actor === "trading-engine") LENSES[actor].view(engine.state, { message, key } as never);
    if (actor === "portfolio-manager") {
      LENSES[actor].view(portfolios.state, { message, key } as never);
    }
  }
  assert.deepEqual(bytes(), before);
});

Deno.test("lenses agree with slow sums over all orders, whatever happened before", () => {
  const random = seededRandom(6, "lenses");
  const floor = new StepFloor();
  const users = ["alice", "bob", "carol"];
  for (const user of users) floor.opens(user, 20_000, { AAPL: 200 });
  for (let i = 0; i < 400; i++) {
    const user = users[Math.floor(random() * users.length)]!;
    const price = random() < 0.1 ? null : 95 + Math.floor(random() * 10);
    const quantity = 1 + Math.floor(random() * 9);
    const kind = random();
    if (kind < 0.2) floor.cancels(`${user}/${Math.floor(random() * i)}`, `c${i}`);
    else if (kind < 0.6) floor.buys(`${user}/${i}`, quantity, price);
    else floor.sells(`${user}/${i}`, quantity, price);
    assert.deepEqual(laddersOf(floor), slowLevels(floor), `after ${i}`);
    for (const account of floor.gateway.state.accounts.values()) {
      const slow = [...floor.gateway.state.live.values()]
        .filter((order) => order.account === account && order.side === "buy")
        .reduce((sum, { reserved }) => sum + reserved, 0);
      assert.equal(account.reservedCash, slow, `${account.userId} after ${i}`);
    }
  }
});

type Levels = Record<"bids" | "asks", readonly (readonly number[])[]>;

/** Price, lots and orders of each level, as the lens shows them. */
function laddersOf({ engine }: StepFloor): Levels {
  // Any order of the symbol will do.
  const message = { type: "cancel-requested", symbol: "AAPL", orderNumber: -1 } as never;
  const { bids, asks } = LENSES["trading-engine"].view(engine.state, { message, key: null })
    .ladder!;
  const rows = (levels: typeof bids) =>
    levels.map(({ priceTicks, lots, orderCount }) => [priceTicks, lots, orderCount]);
  return { bids: rows(bids), asks: rows(asks) };
}

/** The same, order by order. */
function slowLevels({ engine: { state } }: StepFloor): Levels {
  const opened = state.findBook("AAPL");
  const rows = (side: "bids" | "asks") => {
    const levels = new Map<number, [number, number]>();
    for (const slot of opened?.book[side].slots() ?? []) {
      const ticks = opened!.book[side].ticksOf(state.orders.levels[slot]!);
      const [lots, count] = levels.get(ticks) ?? [0, 0];
      levels.set(ticks, [lots + state.orders.lots[slot]!, count + 1]);
    }
    return [...levels].map(([ticks, sums]) => [ticks, ...sums]).slice(0, MAX_LADDER_LEVELS);
  };
  return { bids: rows("bids"), asks: rows("asks") };
}
