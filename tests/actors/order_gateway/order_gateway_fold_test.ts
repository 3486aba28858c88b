import assert from "node:assert/strict";
import {
  MAX_ACCOUNTS,
  MAX_FLOOR_CASH_UNITS,
  MAX_LIVE_ORDERS,
  notificationSchema,
  type OrderCommand,
  orderMessageSchema,
} from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { FloorParametersError } from "../../../actors/floor/floor_parameters.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { OrderBook } from "../../../actors/trading_engine/order_book.ts";
import {
  floorOpened,
  GatewayFloor,
  LIMITS,
  parametersOf,
  PARTITIONS,
  STRANGER,
  USERS,
  type Wish,
} from "./gateway_floor.ts";

const { alice, bob } = USERS;

/** Cash units that this partition lets in. */
const SHARE_OF_CASH = Math.floor(MAX_FLOOR_CASH_UNITS / PARTITIONS);

function order(fields: Partial<Extract<Wish, { type: "place-order" }>> = {}): Wish {
  return {
    type: "place-order",
    userId: alice,
    orderId: "1",
    symbol: "AAPL",
    side: "buy",
    quantity: 10,
    price: 150,
    ...fields,
  };
}

function floor(limits?: Partial<typeof LIMITS>): GatewayFloor {
  return new GatewayFloor(limits).open(alice, 10_000, { AAPL: 100 }).open(bob, 0);
}

Deno.test("orderGatewayFold refuses to fold anything before floor-opened", () => {
  const gateway = new GatewayFloor();
  gateway.state = orderGatewayFold.create(gateway.context);
  assert.throws(() => gateway.send(order()), /^Error: Cannot judge "place-order"/);
});

Deno.test("orderGatewayFold ignores the same opening again and throws at another, naming it", () => {
  const gateway = floor();
  const before = gateway.bytes();
  gateway.apply(floorOpened(parametersOf()), null);
  assert.deepEqual(gateway.bytes(), before);
  assert.throws(
    () => gateway.apply(floorOpened(parametersOf({ answersPerUser: 7 })), null),
    (error) => error instanceof FloorParametersError && /answersPerUser/.test(error.message),
  );
});

Deno.test("orderGatewayFold hands an accepted order to the engine and answers order-placed", () => {
  const gateway = floor();
  const [accepted, placed, ...rest] = gateway.send(order({ timestamp: 1625159076 }));
  assert.deepEqual(rest, []);
  assert.deepEqual(accepted, {
    topic: "orders",
    key: "AAPL",
    correlationId: `${alice}/1`,
    body: {
      type: "order-accepted",
      userId: alice,
      orderId: "1",
      orderNumber: 1,
      symbol: "AAPL",
      side: "buy",
      quantityLots: 10,
      limitTicks: 15_000,
      budgetUnits: 150_000,
      timeInForce: "gtc",
      clientTimestamp: 1625159076,
    },
  });
  assert.deepEqual(placed, {
    topic: "notifications",
    key: alice,
    correlationId: `${alice}/1`,
    body: {
      type: "order-placed",
      duplicate: false,
      userId: alice,
      orderId: "1",
      clientTimestamp: 1625159076,
      orderNumber: 1,
      symbol: "AAPL",
      side: "buy",
      quantityLots: 10,
      limitTicks: 15_000,
      reserved: 150_000,
    },
  });
});

Deno.test("orderGatewayFold emits messages that their schemas accept", () => {
  const gateway = floor();
  const wishes: Wish[] = [
    order(),
    order(),
    order({ orderId: "2", quantity: -1 }),
    order({ orderId: "3", side: "sell", price: null }),
    { type: "cancel-order", orderId: "1" },
    { type: "cancel-order", orderId: "9", cancelId: "x2" },
    { type: "deposit", amount: 5 },
    { type: "deposit", amount: -5, depositId: "d2" },
    { type: "open-account", cash: 1, holdings: {} },
    { type: "open-account", userId: USERS.carol, cash: 1, holdings: { AAPL: 3 } },
  ];
  const envelope = {
    id: "order-commands/1/0/0",
    correlationId: "c",
    causationId: "c",
    sequence: 0,
    timestamp: 1,
  };
  for (const { topic, body } of wishes.flatMap((wish) => gateway.send(wish))) {
    const schema = topic === "orders" ? orderMessageSchema : notificationSchema;
    const message = { ...envelope, ...body };
    assert.deepEqual(schema.parse(message), message);
  }
});

Deno.test("orderGatewayFold numbers orders densely by partition", () => {
  const gateway = floor();
  const numbers = ["1", "2", "3"].map((orderId) =>
    gateway.ask(order({ orderId, price: 1 })).orderNumber
  );
  assert.deepEqual(numbers, [1, 4, 7]);
});

Deno.test("orderGatewayFold gives each mistake in an order its own reason", () => {
  const rows: readonly (readonly [fields: Parameters<typeof order>[0], reason: string])[] = [
    [{ symbol: undefined }, "invalid-symbol"],
    [{ symbol: "" }, "invalid-symbol"],
    [{ symbol: "A".repeat(33) }, "invalid-symbol"],
    [{ symbol: 7 }, "invalid-symbol"],
    [{ symbol: "INVALID" }, "unknown-symbol"],
    [{ symbol: "__proto__" }, "unknown-symbol"],
    [{ side: "hold" }, "invalid-side"],
    [{ side: undefined }, "invalid-side"],
    [{ quantity: 0 }, "invalid-quantity"],
    [{ quantity: -1 }, "invalid-quantity"],
    [{ quantity: "10" }, "invalid-quantity"],
    [{ quantity: NaN }, "invalid-quantity"],
    [{ quantity: 2 ** 40 }, "invalid-quantity"],
    [{ quantity: 1.5 }, "off-lot"],
    [{ symbol: "NICKEL", quantity: 150, price: 1 }, "off-lot"],
    [{ price: 0 }, "invalid-price"],
    [{ price: -3 }, "invalid-price"],
    [{ price: "150" }, "invalid-price"],
    [{ price: { $gt: 0 } }, "invalid-price"],
    [{ price: 1e12 }, "invalid-price"],
    [{ price: 150.005 }, "off-tick"],
    [{ symbol: "NICKEL", quantity: 100, price: 1.01 }, "off-tick"],
    [{ price: null, protectionPrice: 0 }, "invalid-price"],
    [{ price: null, protectionPrice: 1.234 }, "off-tick"],
    [{ price: 1, protectionPrice: 2 }, "invalid-price"],
    [{ price: null, protectionPrice: 2, side: "sell" }, "invalid-price"],
    [{ timeInForce: "day" }, "invalid-time-in-force"],
    [{ price: null, timeInForce: "gtc" }, "invalid-time-in-force"],
    // The first mistake counts: schema, then symbol, then tick, then lot.
    [{ symbol: "INVALID", side: "hold" }, "invalid-side"],
    [{ symbol: "INVALID", price: 150.005 }, "unknown-symbol"],
    [{ quantity: 1.5, price: 150.005 }, "off-tick"],
    [{ quantity: -1, timeInForce: "day" }, "invalid-quantity"],
  ];
  for (const [fields, reason] of rows) {
    const gateway = floor();
    const before = gateway.figures(alice);
    const emitted = gateway.send(order(fields));
    assert.equal(emitted.length, 1, JSON.stringify(fields));
    assert.equal(emitted[0]!.body.reason, reason, JSON.stringify(fields));
    assert.ok(emitted[0]!.body.detail.length > 0);
    assert.deepEqual(gateway.figures(alice), before);
  }
});

Deno.test("orderGatewayFold gives a resend its first answer again, also when that was a refusal", () => {
  const wishes = [
    order(),
    order({ price: 150.005 }),
    order({ symbol: "INVALID" }),
    order({ quantity: 1_000 }),
    order({ side: "sell", quantity: 500 }),
    order({ price: undefined }),
  ];
  for (const wish of wishes) {
    const gateway = floor();
    const first = gateway.ask(wish);
    gateway.send({ type: "deposit", amount: 1_000_000 });
    const before = gateway.bytes();
    const emitted = gateway.send({ ...wish, timestamp: 77, id: "again" });
    assert.equal(emitted.length, 1);
    assert.deepEqual(emitted[0]!.body, { ...first, duplicate: true, clientTimestamp: 77 });
    assert.deepEqual(gateway.bytes(), before, "a resend changes nothing");
  }
});

Deno.test("orderGatewayFold refuses an id with another body, but names the body's own mistake first", () => {
  const gateway = floor();
  gateway.send(order());
  assert.equal(gateway.outcome(order({ quantity: 11 })), "id-conflict");
  assert.equal(gateway.outcome(order({ timeInForce: "gtc" })), "id-conflict");
  assert.equal(gateway.outcome(order({ quantity: -1 })), "invalid-quantity");
  assert.equal(gateway.outcome(order({ price: 150.001 })), "off-tick");
  assert.equal(gateway.ask(order()).duplicate, true);
  gateway.send(order({ orderId: "2", quantity: 1.5 }));
  assert.equal(gateway.outcome(order({ orderId: "2", quantity: 1 })), "id-conflict");
});

Deno.test("orderGatewayFold keeps ids of users and of kinds of commands apart", () => {
  const gateway = floor();
  gateway.send({ type: "deposit", userId: bob, amount: 5_000 });
  assert.equal(gateway.outcome(order({ orderId: "7" })), "order-placed");
  assert.equal(gateway.outcome(order({ orderId: "7", userId: bob, quantity: 1 })), "order-placed");
  assert.equal(gateway.outcome({ type: "deposit", depositId: "7", amount: 1 }), "deposit-accepted");
  assert.equal(
    gateway.outcome({ type: "cancel-order", orderId: "7", cancelId: "7" }),
    "cancel-accepted",
  );
});

Deno.test("orderGatewayFold answers stale past the newest answers and past the horizon", () => {
  const gateway = floor({ answersPerUser: 2, answerHorizonMs: 500 });
  gateway.send(order({ orderId: "1", quantity: 1 }));
  gateway.send(order({ orderId: "2", quantity: 1 }));
  assert.equal(gateway.ask(order({ orderId: "1", quantity: 1 })).duplicate, true);
  gateway.send(order({ orderId: "3", quantity: 1 }));
  assert.equal(gateway.outcome(order({ orderId: "1", quantity: 1 })), "stale");
  assert.equal(gateway.outcome(order({ orderId: "1", quantity: 9 })), "stale");
  gateway.now += 500;
  assert.equal(gateway.ask(order({ orderId: "3", quantity: 1 })).duplicate, true);
  gateway.now += 1;
  assert.equal(gateway.outcome(order({ orderId: "3", quantity: 1 })), "stale");
  assert.equal(gateway.figures(alice)[1], 45_000, "three orders are live, and only three");
});

Deno.test("orderGatewayFold still cancels a live order whose answer is forgotten", () => {
  const gateway = floor({ answersPerUser: 1 });
  gateway.send(order({ orderId: "1", quantity: 1 }));
  gateway.send(order({ orderId: "2", quantity: 1 }));
  assert.equal(gateway.outcome(order({ orderId: "1", quantity: 1 })), "stale");
  assert.equal(gateway.outcome({ type: "cancel-order", orderId: "1" }), "cancel-accepted");
});

Deno.test("orderGatewayFold refuses new ids at the bound and goes on with the old ones", () => {
  // The account's own opening is the first id.
  const gateway = floor({ fingerprintsPerUser: 3 });
  assert.equal(gateway.outcome(order({ orderId: "1", quantity: 1 })), "order-placed");
  assert.equal(gateway.outcome(order({ orderId: "2", quantity: 1 })), "order-placed");
  const before = gateway.bytes();
  assert.equal(gateway.outcome(order({ orderId: "3", quantity: 1 })), "id-space-exhausted");
  assert.equal(gateway.outcome({ type: "deposit", amount: 1 }), "id-space-exhausted");
  assert.equal(gateway.outcome({ type: "cancel-order" }), "id-space-exhausted");
  assert.equal(gateway.outcome(order({ orderId: "4", quantity: -1 })), "invalid-quantity");
  assert.deepEqual(gateway.bytes(), before);
  assert.equal(gateway.ask(order({ orderId: "1", quantity: 1 })).duplicate, true);
});

Deno.test("orderGatewayFold refuses orders above the rate, and those have not used their ids", () => {
  const gateway = floor({ ordersPerSecond: 10, orderBurst: 2 });
  const one = (orderId: string) => order({ orderId, quantity: 1 });
  assert.equal(gateway.outcome(one("1")), "order-placed");
  assert.equal(gateway.outcome(one("2")), "order-placed");
  assert.equal(gateway.outcome(one("3")), "rate-limited");
  assert.equal(gateway.ask(one("2")).duplicate, true, "a resend takes no token");
  assert.equal(gateway.outcome(order({ orderId: "8", side: "hold" })), "invalid-side");
  gateway.now += 99;
  assert.equal(gateway.outcome(one("3")), "rate-limited");
  gateway.now += 1;
  assert.equal(gateway.outcome(order({ orderId: "3", quantity: 2 })), "order-placed");
  assert.equal(gateway.outcome({ type: "cancel-order", orderId: "3" }), "cancel-accepted");
  assert.equal(gateway.outcome({ type: "deposit", amount: 1 }), "deposit-accepted");
});

Deno.test("orderGatewayFold bounds live orders until one has ended", () => {
  const gateway = floor({ liveOrdersPerUser: 1 });
  gateway.send(order({ quantity: 1 }));
  assert.equal(gateway.outcome(order({ orderId: "2", quantity: 1 })), "too-many-live-orders");
  gateway.release(alice, { orderNumber: 1, quantityLots: 1 });
  assert.equal(gateway.outcome(order({ orderId: "3", quantity: 1 })), "order-placed");
});

Deno.test("orderGatewayFold reserves a limit buy at its limit and frees price improvement at once", () => {
  const gateway = floor();
  gateway.send(order());
  assert.deepEqual(gateway.figures(alice), [1_000_000, 150_000, 100, 0]);
  gateway.fill(alice, { orderNumber: 1, priceTicks: 14_000, quantityLots: 4 });
  assert.deepEqual(gateway.figures(alice), [944_000, 90_000, 104, 0]);
  gateway.fill(alice, { orderNumber: 1, priceTicks: 15_000, quantityLots: 6 });
  assert.deepEqual(gateway.figures(alice), [854_000, 0, 110, 0]);
  assert.equal(gateway.outcome({ type: "cancel-order" }), "order-not-live");
});

Deno.test("orderGatewayFold bounds a market buy by its protection price", () => {
  const gateway = floor();
  const wish = order({ price: null, protectionPrice: 160 });
  const [accepted] = gateway.send(wish);
  const { limitTicks, budgetUnits, timeInForce } = accepted!.body;
  assert.deepEqual([limitTicks, budgetUnits, timeInForce], [16_000, 160_000, "ioc"]);
});

Deno.test("orderGatewayFold lets a bare market buy spend all that is available, and no more", () => {
  const gateway = floor();
  gateway.send(order({ quantity: 20 }));
  const [accepted] = gateway.send(order({ orderId: "2", price: undefined }));
  const { limitTicks, budgetUnits, timeInForce } = accepted!.body;
  assert.deepEqual([limitTicks, budgetUnits, timeInForce], [null, 700_000, "ioc"]);
  assert.equal(
    gateway.outcome(order({ orderId: "3", price: 0.01, quantity: 1 })),
    "insufficient-cash",
  );
  assert.equal(gateway.outcome(order({ orderId: "4", price: null })), "insufficient-cash");
  gateway.fill(alice, { orderNumber: 4, priceTicks: 60_000, quantityLots: 4 });
  assert.deepEqual(gateway.figures(alice), [760_000, 760_000, 104, 0]);
  gateway.fill(alice, { orderNumber: 4, priceTicks: 60_000, quantityLots: 6 });
  assert.deepEqual(gateway.figures(alice), [400_000, 300_000, 110, 0], "the rest is released");
});

Deno.test("orderGatewayFold reserves the holdings of a sell and pays what it fetched", () => {
  const gateway = floor();
  const [accepted] = gateway.send(order({ side: "sell", quantity: 60, price: null }));
  assert.equal(accepted!.body.budgetUnits, null);
  assert.equal(accepted!.body.timeInForce, "ioc");
  assert.equal(
    gateway.outcome(order({ orderId: "2", side: "sell", quantity: 41 })),
    "insufficient-holdings",
  );
  gateway.fill(alice, { orderNumber: 1, side: "sell", priceTicks: 200, quantityLots: 25 });
  assert.deepEqual(gateway.figures(alice), [1_005_000, 0, 75, 35]);
  gateway.release(alice, { orderNumber: 1, quantityLots: 35 });
  assert.deepEqual(gateway.figures(alice), [1_005_000, 0, 75, 0]);
});

Deno.test("orderGatewayFold refuses settlements that match no reservation, and only counts them", () => {
  const gateway = floor();
  gateway.send(order());
  gateway.send(order({ orderId: "2", price: null }));
  gateway.send(order({ orderId: "3", side: "sell", quantity: 5, price: 10 }));
  const [limited, market, sale] = [1, 4, 7];
  const before = gateway.figures(alice);
  const fills: Parameters<GatewayFloor["fill"]>[1][] = [
    { orderNumber: 99 },
    { orderNumber: limited, symbol: "NICKEL" },
    { orderNumber: limited, side: "sell" },
    { orderNumber: limited, quantityLots: 11 },
    { orderNumber: limited, quantityLots: 0 },
    { orderNumber: limited, priceTicks: 0 },
    { orderNumber: limited, priceTicks: 15_001 },
    { orderNumber: market, priceTicks: 85_001, quantityLots: 10 },
    { orderNumber: sale, side: "sell", quantityLots: 6 },
    { orderNumber: sale, side: "sell", priceTicks: 999 },
    { orderNumber: sale, side: "sell", priceTicks: 2 ** 27 + 1 },
    { orderNumber: sale, side: "sell", priceTicks: 2 ** 53 - 1 },
  ];
  for (const fill of fills) {
    gateway.fill(alice, fill);
    assert.deepEqual(gateway.figures(alice), before, JSON.stringify(fill));
  }
  gateway.fill(bob, { orderNumber: limited });
  gateway.release(bob, { orderNumber: limited, quantityLots: 10 });
  gateway.release(alice, { orderNumber: limited, quantityLots: 9 });
  gateway.release(alice, { orderNumber: limited, quantityLots: 10, symbol: "NICKEL" });
  assert.deepEqual(gateway.figures(alice), before);
  assert.equal(gateway.state.refusedSettlements, fills.length + 4);
  assert.equal(gateway.state.live.size, 3);
});

Deno.test("orderGatewayFold.admits() tells settlements that fit from those that do not", () => {
  const gateway = floor();
  gateway.send(order());
  const fill = {
    type: "settle-fill",
    id: "orders/0/1/0",
    correlationId: "c",
    causationId: "c",
    sequence: 0,
    timestamp: 0,
    userId: alice,
    orderNumber: 1,
    symbol: "AAPL",
    side: "buy",
    priceTicks: 15_000,
    quantityLots: 10,
    tradeId: "t",
  } as const;
  const admits = orderGatewayFold.admits!;
  const admitted = (message: OrderCommand, key: string | null) =>
    admits(gateway.state, { message, key });
  assert.equal(admitted(fill, alice), true);
  assert.equal(admitted({ ...fill, quantityLots: 11 }, alice), false);
  assert.equal(admitted(fill, bob), false);
  assert.equal(admitted(fill, null), false);
  assert.equal(admitted(floorOpened(parametersOf()), null), true);
});

Deno.test("orderGatewayFold answers cancels by what became of the order", () => {
  const gateway = floor();
  gateway.send(order({ quantity: 1 }));
  gateway.send(order({ orderId: "2", quantity: -1 }));
  const cancel = (orderId: string, cancelId: string): Wish => ({
    type: "cancel-order",
    orderId,
    cancelId,
  });
  const [requested, answer] = gateway.send(cancel("1", "x1"));
  assert.deepEqual(requested, {
    topic: "orders",
    key: "AAPL",
    correlationId: `${alice}/1`,
    body: {
      type: "cancel-requested",
      userId: alice,
      orderId: "1",
      orderNumber: 1,
      cancelId: "x1",
      symbol: "AAPL",
    },
  });
  assert.equal(answer!.body.type, "cancel-accepted");
  assert.equal(gateway.send(cancel("1", "x1")).length, 1, "a resend asks the engine nothing");
  assert.equal(gateway.send(cancel("1", "x2")).length, 2, "another cancel is handed on");
  assert.equal(gateway.outcome(cancel("2", "x1")), "id-conflict");
  assert.equal(gateway.outcome(cancel("2", "x3")), "order-not-live");
  assert.equal(gateway.outcome(cancel("9", "x4")), "unknown-order");
  gateway.release(alice, { orderNumber: 1 });
  assert.equal(gateway.outcome(cancel("1", "x5")), "order-not-live");
  assert.equal(gateway.ask(cancel("1", "x1")).type, "cancel-accepted", "the first answer stays");
});

Deno.test("orderGatewayFold opens accounts once, with exact cash and whole lots", () => {
  const open = (fields: Partial<Extract<Wish, { type: "open-account" }>>): Wish => ({
    type: "open-account",
    userId: alice,
    cash: 10,
    holdings: { AAPL: 5 },
    ...fields,
  });
  const rows: readonly (readonly [Parameters<typeof open>[0], string])[] = [
    [{ cash: "10" }, "invalid-amount"],
    [{ cash: -1 }, "invalid-amount"],
    [{ cash: 0.001 }, "invalid-amount"],
    [{ cash: undefined }, "invalid-amount"],
    [{ cash: SHARE_OF_CASH / 100 }, "account-opened"],
    [{ cash: (SHARE_OF_CASH + 1) / 100 }, "cash-limit"],
    [{ cash: 1e200 }, "cash-limit"],
    [{ cash: 0 }, "account-opened"],
    [{ holdings: undefined }, "invalid-holdings"],
    [{ holdings: [] }, "invalid-holdings"],
    [{ holdings: { AAPL: -1 } }, "invalid-holdings"],
    [{ holdings: { AAPL: "1" } }, "invalid-holdings"],
    [{ holdings: { AAPL: 2 ** 31 } }, "invalid-holdings"],
    [{ holdings: { AAPL: 0.5 } }, "off-lot"],
    [{ holdings: { MSFT: 1 } }, "unknown-symbol"],
    [{ holdings: { AAPL: 0, NICKEL: 300 } }, "account-opened"],
  ];
  for (const [fields, expected] of rows) {
    const gateway = new GatewayFloor();
    assert.equal(gateway.outcome(open(fields)), expected, JSON.stringify(fields));
    assert.equal(gateway.state.accounts.size, expected === "account-opened" ? 1 : 0);
  }
  const gateway = new GatewayFloor();
  const [first] = gateway.send(open({}));
  assert.deepEqual([first!.body.cashUnits, first!.body.holdings], [1_000, { AAPL: 5 }]);
  assert.equal(first!.correlationId, `${alice}/c1`);
  assert.deepEqual(gateway.ask(open({})), { ...first!.body, duplicate: true });
  assert.equal(gateway.outcome(open({ cash: 11 })), "id-conflict");
  assert.equal(gateway.outcome(open({ commandId: "c2" })), "account-exists");
  assert.equal(gateway.ask(open({ commandId: "c2" })).duplicate, true);
  assert.deepEqual(gateway.figures(alice), [1_000, 0, 5, 0]);
});

Deno.test("orderGatewayFold takes deposits once and within the limit", () => {
  const gateway = floor();
  const deposit = (depositId: string, amount: unknown): Wish => ({
    type: "deposit",
    depositId,
    amount,
  });
  const [accepted] = gateway.send(deposit("1", 2.5));
  assert.deepEqual([accepted!.body.amountUnits, accepted!.correlationId], [250, `${alice}/1`]);
  assert.equal(gateway.ask(deposit("1", 2.5)).duplicate, true);
  assert.equal(gateway.outcome(deposit("1", 3)), "id-conflict");
  for (const bad of [0, -1, 0.001, "5", null, NaN, Infinity]) {
    assert.equal(gateway.outcome(deposit(`bad ${bad}`, bad)), "invalid-amount", String(bad));
  }
  assert.equal(gateway.outcome(deposit("2", SHARE_OF_CASH / 100)), "cash-limit");
  assert.equal(gateway.outcome(deposit("3", 2 ** 52 / 100)), "cash-limit");
  assert.equal(gateway.figures(alice)[0], 1_000_250);
});

Deno.test("orderGatewayFold leaves no trace of strangers and of records in the wrong place", () => {
  const gateway = floor();
  const before = gateway.bytes();
  const opening: Wish = { type: "open-account", userId: STRANGER, cash: 1, holdings: {} };
  assert.equal(gateway.outcome(opening), "wrong-partition");
  assert.equal(gateway.outcome(order(), bob), "wrong-partition");
  assert.equal(gateway.outcome(order({ userId: STRANGER })), "wrong-partition");
  assert.equal(gateway.outcome(order({ userId: USERS.carol })), "unknown-account");
  assert.equal(gateway.outcome(order({ userId: USERS.carol, quantity: -1 })), "unknown-account");
  assert.deepEqual(gateway.bytes(), before);
  gateway.open(USERS.carol, 10);
  assert.equal(
    gateway.outcome(order({ userId: USERS.carol, price: 1, quantity: 2 })),
    "order-placed",
  );
});

Deno.test("orderGatewayFold answers a body nested deeper than the machine's stack", () => {
  const gateway = floor();
  let deep: unknown = 1;
  for (let i = 0; i < 200_000; i++) deep = [deep];
  assert.equal(gateway.outcome(order({ price: deep })), "invalid-price");
  assert.equal(gateway.ask(order({ price: deep })).duplicate, true);
});

Deno.test("orderGatewayFold restores an unopened and an open state byte for byte", () => {
  const gateway = new GatewayFloor();
  gateway.state = orderGatewayFold.create(gateway.context);
  assert.deepEqual(gateway.reload(), gateway.bytes());
  const busy = floor({ answersPerUser: 3 });
  for (let i = 0; i < 30; i++) busy.send(order({ orderId: `o${i}`, quantity: 1, price: 1 }));
  busy.send(order({ orderId: "s", side: "sell" }));
  const bytes = busy.reload();
  assert.deepEqual(busy.bytes(), bytes);
  assert.equal(busy.outcome(order({ orderId: "o0", quantity: 1, price: 1 })), "stale");
  assert.equal(busy.ask(order({ orderId: "o29", quantity: 1, price: 1 })).duplicate, true);
});

Deno.test("orderGatewayFold lets in no more cash than its share, from all users and ways together", () => {
  const gateway = new GatewayFloor();
  const deposit = (userId: string, depositId: string, amount: number): Wish => ({
    type: "deposit",
    userId,
    depositId,
    amount,
  });
  const opening = (userId: string, cash: number): Wish => ({
    type: "open-account",
    userId,
    cash,
    holdings: {},
  });
  gateway.open(alice, (SHARE_OF_CASH - 3) / 100);
  assert.equal(gateway.outcome(opening(bob, 0.04)), "cash-limit");
  assert.equal(gateway.state.accounts.size, 1, "a refused opening leaves nothing behind");
  gateway.open(bob, 0.01);
  assert.equal(gateway.outcome(deposit(bob, "1", 0.03)), "cash-limit");
  assert.equal(gateway.outcome(deposit(bob, "2", 0.02)), "deposit-accepted");
  gateway.reload();
  assert.equal(gateway.outcome(deposit(alice, "3", 0.01)), "cash-limit");
  assert.equal(gateway.ask(deposit(bob, "1", 0.03)).duplicate, true);
  assert.equal(gateway.state.cashLetIn, SHARE_OF_CASH);
});

Deno.test("orderGatewayFold accepts a buy with all the cash of a floor, and a sale that brings it", () => {
  const gateway = new GatewayFloor({}, { partition: 0, partitions: 1 });
  gateway.open(alice, 2 ** 51 / 100, { AAPL: 2 ** 31 - 1 }).open(bob, 2 ** 51 / 100);
  gateway.send(order({ orderId: "s", side: "sell", quantity: 2 ** 24, price: 1_000_000 }));
  const all = { orderNumber: 0, side: "sell", priceTicks: 2 ** 27, quantityLots: 2 ** 24 } as const;
  gateway.fill(alice, all);
  assert.equal(gateway.state.refusedSettlements, 0);
  const [accepted] = gateway.send(order({ orderId: "b", price: null }));
  assert.equal(accepted!.body.budgetUnits, MAX_FLOOR_CASH_UNITS);
  new OrderBook({ unitsPerTickLot: 1 }).place(accepted!.body);
  // All of it spent, and earned again from another engine before that purchase is settled.
  gateway.send(order({ orderId: "t", side: "sell", quantity: 2 ** 25, price: 1_000_000 }));
  gateway.fill(alice, { ...all, orderNumber: 2, quantityLots: 2 ** 25 });
  assert.equal(gateway.state.refusedSettlements, 0);
  const [second] = gateway.send(order({ orderId: "c", price: null }));
  assert.equal(second!.body.budgetUnits, MAX_FLOOR_CASH_UNITS);
  gateway.reload();
  gateway.release(alice, { orderNumber: 1, quantityLots: 10 });
  assert.equal(gateway.state.accounts.get(alice)!.availableCash, MAX_FLOOR_CASH_UNITS);
  gateway.send(order({ orderId: "u", side: "sell", quantity: 1, price: 1 }));
  gateway.fill(alice, { orderNumber: 4, side: "sell", priceTicks: 100 });
  assert.equal(gateway.state.refusedSettlements, 1, "there is no such cash on any floor");
});

Deno.test("orderGatewayFold bounds the live orders of all users, so that no engine's books overflow", () => {
  const partitions = MAX_LIVE_ORDERS / 4;
  const partition = partitionForKey(alice, partitions);
  const gateway = new GatewayFloor({}, { partition, partitions }).open(alice, 100);
  const buy = (orderId: string) => order({ orderId, quantity: 1, price: 1 });
  for (let i = 0; i < 4; i++) assert.equal(gateway.outcome(buy(`o${i}`)), "order-placed");
  const refusal = gateway.ask(buy("more"));
  assert.equal(refusal.reason, "too-many-live-orders");
  assert.match(refusal.detail, /partition has 4 live orders/);
  gateway.release(alice, { orderNumber: partition, quantityLots: 1 });
  assert.equal(gateway.outcome(buy("again")), "order-placed");
  assert.deepEqual(gateway.ask(buy("more")), { ...refusal, duplicate: true, clientTimestamp: 9 });
});

Deno.test("orderGatewayFold bounds the accounts of a partition", () => {
  const [first, second] = neighbours(MAX_ACCOUNTS);
  const gateway = new GatewayFloor({}, {
    partition: partitionForKey(first, MAX_ACCOUNTS),
    partitions: MAX_ACCOUNTS,
  }).open(first, 1);
  const opening: Wish = { type: "open-account", userId: second, cash: 1, holdings: {} };
  assert.equal(gateway.outcome(opening), "too-many-accounts");
  assert.equal(gateway.outcome({ ...opening, cash: -1 }), "invalid-amount");
  assert.equal(gateway.state.accounts.size, 1);
});

/** Two users whose keys go to the same of very many partitions. */
function neighbours(partitions: number): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0;; i++) {
    const partition = partitionForKey(`user-${i}`, partitions);
    const other = seen.get(partition);
    if (other !== undefined) return [other, `user-${i}`];
    seen.set(partition, `user-${i}`);
  }
}

Deno.test("orderGatewayFold answers account-exists where an opening's answer is forgotten", () => {
  const gateway = new GatewayFloor({ answerHorizonMs: 500, fingerprintsPerUser: 2 });
  const opening: Wish = { type: "open-account", cash: 10, holdings: {} };
  const other: Wish = { ...opening, commandId: "c2" };
  assert.equal(gateway.outcome(opening), "account-opened");
  assert.equal(gateway.outcome(other), "account-exists");
  gateway.now += 500;
  assert.equal(gateway.ask(opening).type, "account-opened");
  assert.equal(gateway.outcome({ ...opening, cash: 11 }), "id-conflict");
  gateway.now += 1;
  const before = gateway.bytes();
  for (const wish of [opening, other, { ...opening, cash: 11 }, { ...opening, commandId: "c3" }]) {
    const { reason, duplicate } = gateway.ask(wish);
    assert.deepEqual([reason, duplicate], ["account-exists", false]);
  }
  assert.equal(gateway.outcome({ ...opening, cash: -1 }), "invalid-amount");
  assert.deepEqual(gateway.bytes(), before);
});
