import assert from "node:assert/strict";
import fc from "fast-check";
import type { GatewayLimits, OrderCommand } from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import { GatewayFloor, parametersOf, PARTITIONS, STRANGER, USERS } from "./gateway_floor.ts";
import { ReferenceGateway } from "./reference_gateway.ts";

const SYMBOLS = ["AAPL", "NICKEL"];
const HOME = [USERS.alice, USERS.bob, USERS.carol];

const user = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(USERS.alice, USERS.bob) },
  { weight: 1, arbitrary: fc.constantFrom(USERS.carol, STRANGER) },
);
const id = fc.integer({ min: 1, max: 12 }).map(String);
const symbol = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...SYMBOLS) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("INVALID", "", 5, undefined) },
);
const side = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("buy", "sell") },
  { weight: 1, arbitrary: fc.constantFrom<unknown>("hold", null) },
);
const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 40 }).map((n) => n * 5 / 100) },
  { weight: 3, arbitrary: fc.constantFrom<unknown>(null, undefined) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(-1, "9", 0, 0.015, 1.01) },
);
const quantity = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(100, 200, 300) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>(1, 7, 0, -5, "100", 0.5) },
);
const protectionPrice = fc.oneof(
  { weight: 9, arbitrary: fc.constant<unknown>(undefined) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(1.5, 0, 0.05) },
);
const timeInForce = fc.oneof(
  { weight: 9, arbitrary: fc.constant<unknown>(undefined) },
  { weight: 2, arbitrary: fc.constantFrom<unknown>("gtc", "ioc", "day") },
);
const place = fc.record({
  kind: fc.constant("place-order" as const),
  userId: user,
  orderId: id,
  symbol,
  side,
  quantity,
  price,
  protectionPrice,
  timeInForce,
});
const settle = fc.record({
  kind: fc.constantFrom("settle-fill" as const, "release-order" as const),
  /** Which of all live orders. */
  pick: fc.nat(20),
  priceTicks: fc.integer({ min: 0, max: 200 }),
  share: fc.integer({ min: 0, max: 4 }),
  tamper: fc.oneof(
    { weight: 9, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: fc.constantFrom("user", "symbol", "side", "number", "key") },
  ),
});
const step = fc.oneof(
  { weight: 8, arbitrary: place },
  { weight: 5, arbitrary: settle },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("cancel-order" as const),
      userId: user,
      orderId: id,
      cancelId: id,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("deposit" as const),
      userId: user,
      depositId: id,
      amount: fc.constantFrom<unknown>(50, 120.5, 0, -1, 0.001, "5", 15_000_000_000_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("open-account" as const),
      userId: user,
      commandId: id,
      cash: fc.constantFrom<unknown>(0, 100, 250.25, -1, "5"),
      holdings: fc.constantFrom<unknown>({}, { AAPL: 500 }, { NICKEL: 300 }, { AAPL: -1 }, {
        MSFT: 1,
      }),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "again" as const }) },
);
const stream = fc.array(
  fc.record({ step, waitMs: fc.constantFrom(0, 0, 1, 20, 400), reload: fc.boolean() }),
  { minLength: 1, maxLength: 150, size: "max" },
);
const limits: fc.Arbitrary<Partial<GatewayLimits>> = fc.record({
  ordersPerSecond: fc.constantFrom(1, 3, 1_000),
  orderBurst: fc.constantFrom(1, 3, 500),
  liveOrdersPerUser: fc.constantFrom(2, 100),
  answersPerUser: fc.constantFrom(1, 4, 20, 1_000),
  answerHorizonMs: fc.constantFrom(100, 1_000_000),
  fingerprintsPerUser: fc.constantFrom(20, 1_000_000),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Alice and Bob have accounts from the start. */
const PRELUDE = [USERS.alice, USERS.bob].map((userId) => ({
  kind: "open-account" as const,
  userId,
  commandId: "1",
  cash: 900,
  holdings: { AAPL: 500, NICKEL: 300 },
}));

const envelope = { id: "m", correlationId: "c" };

/** A step as a message: settlements are about an order that the reference holds live. */
function messageOf(
  wish: Exclude<Step, { kind: "again" }>,
  reference: ReferenceGateway,
  timestamp: number,
): { message: OrderCommand; key: string } {
  if (!("pick" in wish)) {
    const { kind: type, ...fields } = wish;
    // Each kind's record has exactly the fields of the command of that name.
    const message = { type, ...envelope, timestamp, ...fields } as OrderCommand;
    return { message, key: fields.userId };
  }
  const { kind: type, pick, priceTicks, share, tamper } = wish;
  const live = HOME.flatMap((userId) =>
    reference.liveOrders(userId).map((order) => ({ userId, order }))
  );
  const { userId, order } = live[pick % Math.max(1, live.length)] ?? { userId: USERS.alice };
  const left = order === undefined
    ? 100
    : order.quantityLots - order.fills.reduce((sum, { lots }) => sum + lots, 0);
  const wanted = { buy: "sell", sell: "buy" } as Record<string, string>;
  const trueSide = order?.side ?? "buy";
  const trueSymbol = order?.symbol ?? "AAPL";
  const message = {
    type,
    ...envelope,
    timestamp,
    userId: tamper === "user" ? USERS.bob : userId,
    orderNumber: (order?.orderNumber ?? 1) + (tamper === "number" ? 3_000 : 0),
    symbol: tamper === "symbol" ? SYMBOLS.find((s) => s !== trueSymbol) : trueSymbol,
    side: tamper === "side" ? wanted[trueSide] : trueSide,
    priceTicks: order?.limitTicks ? Math.min(priceTicks, order.limitTicks + 3) : priceTicks,
    // From nothing to one more than is left; a release mostly says what is left.
    quantityLots: type === "release-order" && share > 0
      ? left
      : share === 4
      ? left + 1
      : Math.floor(left * share / 3),
    tradeId: "t",
    // Spelled out above, field by field.
  } as OrderCommand;
  return { message, key: tamper === "key" ? USERS.carol : userId };
}

Deno.test("orderGatewayFold does what a slow gateway with a full history does", () => {
  fc.assert(
    fc.property(stream, limits, (steps, wished) => {
      const gateway = new GatewayFloor(wished);
      const reference = referenceOf(gateway, wished);
      let last: ReturnType<typeof messageOf> | null = null;
      const all = [
        ...PRELUDE.map((wish) => ({ step: wish, waitMs: 0, reload: false })),
        ...steps,
      ];
      all.forEach(({ step: wish, waitMs, reload }, i) => {
        gateway.now += waitMs;
        const sent = wish.kind === "again" ? last : messageOf(wish, reference, i);
        if (sent === null) return;
        last = sent;
        const { message, key } = sent;
        const found = gateway.apply(message, key).map(({ topic, key, body }) => {
          const { detail: _, ...rest } = body;
          return { topic, key, body: rest };
        });
        assert.deepEqual(found, reference.apply(message, key, gateway.now), `step ${i}`);
        if (reload) assert.deepEqual(gateway.reload(), gateway.bytes());
      });
      compareBalances(gateway, reference);
    }),
    { numRuns: 200 },
  );
});

function referenceOf(gateway: GatewayFloor, wished: Partial<GatewayLimits>): ReferenceGateway {
  const { partition } = gateway.context;
  return new ReferenceGateway(parametersOf(wished), {
    home: (userId) => partitionForKey(userId, PARTITIONS) === partition,
    numberOf: (count) => count * PARTITIONS + partition,
  });
}

function compareBalances(gateway: GatewayFloor, reference: ReferenceGateway): void {
  assert.equal(gateway.state.refusedSettlements, reference.refusedSettlements);
  assert.equal(gateway.state.accounts.size, reference.accounts.length);
  for (const expected of reference.accounts) {
    const found = gateway.state.accounts.get(expected.userId)!;
    const reserved = reference.reservedCash(expected);
    assert.equal(gateway.reservedCash(expected.userId), reserved);
    assert.equal(found.availableCash + reserved, reference.cash(expected));
    assert.ok(reserved >= 0 && found.availableCash >= 0);
    SYMBOLS.forEach((name, index) => {
      assert.equal(found.holdings[index], reference.lots(expected, name));
      assert.equal(found.reservedLots[index], reference.reservedLots(expected, name));
      assert.ok(found.availableLots(index) >= 0 && found.reservedLots[index]! >= 0);
    });
    assert.equal(found.liveOrders, reference.liveOrders(expected.userId).length);
  }
}

Deno.test("orderGatewayFold goes on from its bytes as if it had never been stored", () => {
  fc.assert(
    fc.property(stream, fc.nat(), limits, (steps, cut, wished) => {
      const straight = new GatewayFloor(wished);
      const stored = new GatewayFloor(wished);
      const reference = referenceOf(straight, wished);
      for (const wish of PRELUDE) {
        const { message, key } = messageOf(wish, reference, 0);
        for (const each of [straight, stored]) each.apply(message, key);
        reference.apply(message, key, straight.now);
      }
      steps.forEach(({ step: wish, waitMs }, i) => {
        if (wish.kind === "again") return;
        straight.now += waitMs;
        stored.now += waitMs;
        const { message, key } = messageOf(wish, reference, i);
        reference.apply(message, key, straight.now);
        if (i === cut % steps.length) stored.reload();
        assert.deepEqual(stored.apply(message, key), straight.apply(message, key));
      });
      assert.deepEqual(stored.bytes(), orderGatewayFold.encode(straight.state));
    }),
    { numRuns: 60 },
  );
});
