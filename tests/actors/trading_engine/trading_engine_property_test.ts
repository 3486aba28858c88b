import fc from "fast-check";
import assert from "node:assert/strict";
import { orderMessageSchema } from "../../../kafka/messages/mod.ts";
import { notificationSchema } from "../../../kafka/messages/notifications.ts";
import { orderCommandSchema } from "../../../kafka/messages/commands.ts";
import { marketDataSchema } from "../../../kafka/messages/market_data.ts";
import { type Emitted, EngineFloor } from "./engine_floor.ts";

const USERS = ["alice", "bob", "carol"];

const step = fc.record({
  kind: fc.constantFrom("sell", "buy", "cancel"),
  user: fc.constantFrom(...USERS),
  symbol: fc.constantFrom("AAPL", "GOOGL"),
  lots: fc.integer({ min: 1, max: 9 }),
  ticks: fc.option(fc.integer({ min: 60, max: 68 }), { freq: 6 }),
  timeInForce: fc.constantFrom("gtc" as const, "ioc" as const),
  budgetUnits: fc.integer({ min: 0, max: 30_000 }),
  target: fc.nat(),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

/** Plays the steps; the floor restores itself from its bytes before step `restoreAt`. */
function play(
  steps: readonly Step[],
  restoreAt = -1,
): { emitted: Emitted[][]; floor: EngineFloor } {
  const floor = new EngineFloor();
  floor.opens();
  const sent: { who: string; symbol: string }[] = [];
  const emitted = steps.map((next, n) => {
    if (n === restoreAt) floor.restores();
    const { symbol, timeInForce, budgetUnits } = next;
    if (next.kind === "cancel") {
      const target = sent[next.target % Math.max(1, sent.length)];
      return target === undefined ? [] : floor.cancels(target.who, target.symbol);
    }
    const who = `${next.user}/${n}`;
    sent.push({ who, symbol });
    if (next.kind === "sell") {
      return floor.sells(who, next.lots, next.ticks, { symbol, timeInForce });
    }
    return floor.buys(who, next.lots, next.ticks, { symbol, timeInForce, budgetUnits });
  });
  return { emitted, floor };
}

const steps = fc.array(step, { maxLength: 120, size: "max" });

Deno.test("encode() and decode() at any point change nothing that follows", () => {
  fc.assert(
    fc.property(steps, fc.nat({ max: 120 }), (all, at) => {
      const straight = play(all);
      const restored = play(all, at % (all.length + 1));
      assert.deepEqual(restored.emitted, straight.emitted);
      assert.deepEqual(restored.floor.bytes(), straight.floor.bytes());
    }),
    { numRuns: 100 },
  );
});

Deno.test("tradingEngineFold ends every order once, and settles both legs of every trade", () => {
  fc.assert(
    fc.property(steps, (all) => {
      const { emitted, floor } = play(all);
      const bodies = emitted.flat().map(([, , , body]) => body);
      const ends = bodies.filter((body) =>
        body.type === "order-cancelled" ||
        body.type === "order-filled" && body.remainingLots === 0
      ).map((body) => body.orderNumber);
      assert.equal(new Set(ends).size, ends.length);
      const orders = all.filter(({ kind }) => kind !== "cancel").length;
      assert.equal(orders - ends.length, floor.state.orders.count);
      const trades = bodies.filter((body) => body.type === "trade");
      for (const trade of trades) {
        const legs = bodies.filter((body) =>
          body.type === "settle-fill" && body.tradeId === trade.tradeId
        );
        assert.deepEqual(legs.map(({ side }) => side).sort(), ["buy", "sell"]);
        for (const leg of legs) {
          assert.deepEqual([leg.priceTicks, leg.quantityLots], [
            trade.priceTicks,
            trade.quantityLots,
          ]);
        }
      }
    }),
    { numRuns: 100 },
  );
});

Deno.test("tradingEngineFold emits bodies that their topics' schemas accept, unchanged", () => {
  const schemas: Record<string, { parse(message: unknown): unknown }> = {
    "orders": orderMessageSchema,
    "notifications": notificationSchema,
    "order-commands": orderCommandSchema,
    "market-data": marketDataSchema,
  };
  const { emitted } = play(fc.sample(steps, { seed: 7, numRuns: 30 }).flat());
  const types = new Set<unknown>();
  for (const [topic, , correlationId, body] of emitted.flat()) {
    const envelope = { id: "orders/0/0/0", causationId: "c", sequence: 0, timestamp: 0 };
    const message = { ...body, ...envelope, correlationId };
    assert.deepEqual(schemas[topic]!.parse(message), message);
    types.add(body.type);
  }
  assert.deepEqual([...types].sort(), [
    "cancel-missed",
    "order-cancelled",
    "order-filled",
    "quote",
    "release-order",
    "settle-fill",
    "trade",
  ]);
});
