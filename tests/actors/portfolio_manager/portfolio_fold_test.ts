import assert from "node:assert/strict";
import fc from "fast-check";
import type { FloorParameters, Notification, OrderFilled } from "../../../kafka/messages/mod.ts";
import { DEFAULT_GATEWAY_LIMITS } from "../../../kafka/messages/mod.ts";
import type { FoldContext } from "../../../actors/fold/fold.ts";
import { costOfSale } from "../../../actors/portfolio_manager/portfolio.ts";
import { portfolioFold } from "../../../actors/portfolio_manager/portfolio_fold.ts";
import { portfolioUsers, portfolioView } from "../../../actors/portfolio_manager/portfolio_view.ts";

const PARAMETERS: FloorParameters = {
  foldVersions: { "portfolio-manager": 1 },
  partitions: { notifications: 1 },
  symbols: [
    { symbol: "AAPL", tickSize: 0.01, lotSize: 1 },
    { symbol: "NICKEL", tickSize: 0.05, lotSize: 100 },
  ],
  cashDecimals: 2,
  limits: DEFAULT_GATEWAY_LIMITS,
};
const CONTEXT: FoldContext = { topic: "notifications", partition: 0, partitions: 1 };
const envelope = {
  id: "orders/0/1/0",
  correlationId: "c",
  causationId: "c",
  sequence: 0,
  timestamp: 1,
};
const answer = { ...envelope, duplicate: false };

/** A portfolio manager that is told things. */
class Desk {
  state = portfolioFold.create(CONTEXT);
  #offset = 0;

  constructor() {
    this.tell({ type: "floor-opened", ...envelope, parameters: PARAMETERS });
  }

  tell(message: Notification): this {
    const input = { message, key: null, offset: this.#offset++, now: 1 };
    portfolioFold.apply(this.state, input, { emit: () => assert.fail("emits nothing") });
    return this;
  }

  open(userId: string, cashUnits: number, holdings: Record<string, number> = {}): this {
    return this.tell({
      type: "account-opened",
      ...answer,
      userId,
      commandId: "c",
      cashUnits,
      holdings,
    });
  }

  fill(fill: Partial<OrderFilled>): this {
    return this.tell({
      type: "order-filled",
      ...envelope,
      userId: "501",
      orderId: "1",
      clientTimestamp: 0,
      orderNumber: 1,
      symbol: "AAPL",
      side: "buy",
      priceTicks: 10_000,
      quantityLots: 1,
      remainingLots: 0,
      tradeId: "t",
      liquidity: "taker",
      ...fill,
    });
  }

  view(userId = "501", prices: Record<string, number> = {}) {
    return portfolioView(this.state, userId, (symbol) => prices[symbol])!;
  }

  reload(): Uint8Array {
    const bytes = portfolioFold.encode(this.state);
    this.state = portfolioFold.decode(bytes, CONTEXT);
    return bytes;
  }
}

Deno.test("portfolioFold books purchases at average cost and realises profit at sales", () => {
  const desk = new Desk().open("501", 1_000_000)
    .fill({ quantityLots: 10, priceTicks: 10_000 })
    .fill({ quantityLots: 10, priceTicks: 12_000 })
    .fill({ side: "sell", quantityLots: 5, priceTicks: 13_000 });
  assert.deepEqual(desk.view("501", { AAPL: 100 }), {
    userId: "501",
    cash: 8_450,
    positions: [{
      symbol: "AAPL",
      quantity: 15,
      cost: 1_650,
      averageCost: 110,
      marketPrice: 100,
      marketValue: 1_500,
      unrealised: -150,
      realised: 100,
      trades: 3,
    }],
    realised: 100,
    unrealised: -150,
    equity: 9_950,
    trades: 3,
  });
  assert.equal(desk.state.fills, 3);
});

Deno.test("portfolioFold gives granted shares no cost, so that their sale is all profit", () => {
  const desk = new Desk().open("501", 0, { AAPL: 10 })
    .fill({ side: "sell", quantityLots: 4, priceTicks: 500 });
  const { cash, realised, positions } = desk.view();
  assert.deepEqual([cash, realised, positions[0]?.quantity, positions[0]?.averageCost], [
    20,
    20,
    6,
    0,
  ]);
});

Deno.test("portfolioFold is moved neither by duplicates nor by answers without cash or shares", () => {
  const desk = new Desk().open("501", 1_000).fill({});
  const before = portfolioFold.encode(desk.state);
  const order = { userId: "501", orderId: "1", clientTimestamp: 0 };
  const numbered = { ...order, orderNumber: 1, symbol: "AAPL" };
  desk
    .tell({
      type: "account-opened",
      ...answer,
      duplicate: true,
      userId: "501",
      commandId: "c",
      cashUnits: 1_000,
      holdings: { AAPL: 3 },
    })
    .tell({
      type: "deposit-accepted",
      ...answer,
      duplicate: true,
      userId: "501",
      depositId: "d",
      amountUnits: 5,
    })
    .tell({
      type: "order-placed",
      ...answer,
      ...numbered,
      side: "buy",
      quantityLots: 1,
      limitTicks: 1,
      reserved: 1,
    })
    .tell({ type: "order-rejected", ...answer, ...order, reason: "off-tick", detail: "" })
    .tell({
      type: "order-cancelled",
      ...envelope,
      ...numbered,
      quantityLots: 1,
      reason: "requested",
    });
  assert.deepEqual(portfolioFold.encode(desk.state), before);
});

Deno.test("portfolioFold takes a fill that is read before its account's opening", () => {
  const early = new Desk().fill({ side: "sell", quantityLots: 4, priceTicks: 500 })
    .open("501", 1_000, { AAPL: 10 });
  const late = new Desk().open("501", 1_000, { AAPL: 10 })
    .fill({ side: "sell", quantityLots: 4, priceTicks: 500 });
  assert.deepEqual(early.view(), late.view());
  assert.equal(early.view().positions[0]?.quantity, 6);
});

Deno.test("portfolioFold throws before floor-opened, at another opening and at a foreign symbol", () => {
  const desk = new Desk();
  const opening = { type: "floor-opened" as const, ...envelope };
  desk.tell({ ...opening, parameters: PARAMETERS });
  assert.throws(
    () => desk.tell({ ...opening, parameters: { ...PARAMETERS, cashDecimals: 4 } }),
    /^FloorParametersError: Cannot open the floor: .*cashDecimals/,
  );
  assert.throws(() => desk.fill({ symbol: "MSFT" }), /^Error: Cannot book a fill: symbol "MSFT"/);
  desk.state = portfolioFold.create(CONTEXT);
  assert.throws(() => desk.open("501", 1), /^Error: Cannot book "account-opened"/);
});

Deno.test("portfolioView() knows no unrealised profit without a price of what is held", () => {
  const desk = new Desk().open("501", 1_000_000)
    .fill({ quantityLots: 1 })
    .fill({ symbol: "NICKEL", priceTicks: 20, quantityLots: 2 });
  const partial = desk.view("501", { AAPL: 101.005 });
  assert.deepEqual([partial.unrealised, partial.equity], [null, null]);
  assert.deepEqual(partial.positions.map(({ unrealised }) => unrealised), [1.01, null]);
  const whole = desk.view("501", { AAPL: 99, NICKEL: 1.5 });
  assert.deepEqual([whole.unrealised, whole.equity], [99, 10_099]);
  desk.fill({ symbol: "NICKEL", side: "sell", priceTicks: 20, quantityLots: 2 });
  const sold = desk.view("501", { AAPL: 99 });
  assert.equal(sold.unrealised, -1, "what is sold needs no price");
  assert.equal(sold.positions[1]?.averageCost, null);
});

Deno.test("portfolioView() knows only users it has heard of", () => {
  const desk = new Desk().open("501", 1).open("502", 1);
  assert.equal(portfolioView(desk.state, "503", () => 1), null);
  assert.deepEqual(portfolioUsers(desk.state), ["501", "502"]);
});

Deno.test("costOfSale() rounds down exactly, as big integers do", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 2 ** 43 }),
    fc.integer({ min: 1, max: 2 ** 31 }),
    fc.integer({ min: 1, max: 2 ** 31 }),
    (cost, held, lots) => {
      const expected = lots >= held ? BigInt(cost) : BigInt(cost) * BigInt(lots) / BigInt(held);
      assert.equal(BigInt(costOfSale({ lots: held, cost }, lots)), expected);
    },
  ));
});

interface Booked {
  readonly userId: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly priceTicks: number;
  readonly quantityLots: number;
}

/** A portfolio worked out from all its fills with big integers. */
function recompute(fills: readonly Booked[], userId: string, symbol: string) {
  const worth = symbol === "AAPL" ? 1n : 500n;
  let [lots, cost, realised, spent, earned] = [100n, 0n, 0n, 0n, 0n];
  for (const fill of fills) {
    if (fill.userId !== userId || fill.symbol !== symbol) continue;
    const traded = BigInt(fill.quantityLots);
    const units = BigInt(fill.priceTicks) * traded * worth;
    if (fill.side === "buy") {
      lots += traded;
      cost += units;
      spent += units;
    } else {
      const share = traded >= lots ? cost : cost * traded / lots;
      lots -= traded;
      cost -= share;
      realised += units - share;
      earned += units;
    }
  }
  assert.equal(earned - spent, realised - cost, "cash moved is profit less what is still held");
  return {
    lots: Number(lots),
    cost: Number(cost),
    realised: Number(realised),
    moved: earned - spent,
  };
}

Deno.test("portfolioFold holds what a recomputation from all fills gives, also through its bytes", () => {
  const users = ["501", "502"];
  const symbols = ["AAPL", "NICKEL"];
  const fill = fc.record({
    userId: fc.constantFrom(...users),
    symbol: fc.constantFrom(...symbols),
    side: fc.constantFrom("buy" as const, "sell" as const),
    priceTicks: fc.integer({ min: 1, max: 50_000 }),
    quantityLots: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(fc.property(
    fc.array(fill, { maxLength: 100, size: "max" }),
    fc.nat(100),
    (wanted, cut) => {
      const desk = new Desk();
      for (const userId of users) desk.open(userId, 1_000, { AAPL: 100, NICKEL: 100 });
      const fills: Booked[] = [];
      wanted.forEach((each, i) => {
        const held = recompute(fills, each.userId, each.symbol).lots;
        if (each.side === "sell" && each.quantityLots > held) return;
        fills.push(each);
        desk.fill(each);
        if (i === cut) assert.deepEqual(desk.reload(), portfolioFold.encode(desk.state));
      });
      for (const userId of users) {
        const portfolio = desk.state.portfolios.get(userId)!;
        let cash = 1_000n;
        for (const symbol of symbols) {
          const { moved, ...expected } = recompute(fills, userId, symbol);
          const { trades: _, ...position } = portfolio.positions.get(symbol)!;
          assert.deepEqual(position, expected);
          cash += moved;
        }
        assert.equal(BigInt(portfolio.cash), cash);
      }
      assert.equal(desk.state.fills, fills.length);
    },
  ));
});
