import assert from "node:assert/strict";
import {
  checkFlow,
  FLOW_KINDS,
  type FlowKind,
  type OrderFlowOptions,
  type OrderMix,
} from "../../../actors/order_command_producer/options.ts";
import { type DrawnCommand, OrderFlow } from "../../../actors/order_command_producer/order_flow.ts";
import { LATEST_COMMANDS } from "../../../actors/order_command_producer/recent_orders.ts";
import { decodeText, type Intent, type PlaceOrder } from "../../../kafka/messages/mod.ts";

const OPTIONS: OrderFlowOptions = {
  users: [{ userId: "alice" }, { userId: "bob", weight: 3 }],
  symbols: [
    { symbol: "AAPL", tickSize: 0.01, lotSize: 1, referencePrice: 189.5 },
    { symbol: "IBM", tickSize: 0.05, lotSize: 0.1, referencePrice: 120 },
  ],
  floodingUser: "mallory",
};
const ANCHORS: Record<string, number> = { AAPL: 18950, IBM: 2400 };

function flowOf(mix?: OrderMix): OrderFlow {
  return new OrderFlow({ ...OPTIONS, ...(mix === undefined ? {} : { mix }) }, {
    producer: "traders-0",
    seed: 5,
    view: { anchorTicks: (symbol) => ANCHORS[symbol]! },
  });
}

function draw(flow: OrderFlow, from: number, to: number): readonly DrawnCommand[] {
  return Array.from(
    { length: to - from },
    (_, i) => flow.draw({ number: from + i, arrival: (from + i) * 2, intendedAt: 1_000 + i }),
  );
}

function order(drawn: DrawnCommand): PlaceOrder {
  assert.ok(typeof drawn.value === "string");
  const decoded = decodeText("order-commands", drawn.value);
  assert.ok(decoded.ok && decoded.message.type === "place-order");
  return decoded.message;
}

const EVERYTHING: OrderMix = Object.fromEntries(FLOW_KINDS.map((kind) => [kind, 0.1]));

Deno.test("OrderFlow.draw() keeps to the mix", () => {
  const drawn = draw(flowOf({ limit: 6, market: 2, cancel: 1, duplicate: 1 }), 0, 20_000);
  const share = (kind: FlowKind) => drawn.filter((one) => one.kind === kind).length / drawn.length;
  assert.ok(Math.abs(share("limit") - 0.6) < 0.02);
  assert.ok(Math.abs(share("market") - 0.2) < 0.02);
  assert.ok(Math.abs(share("cancel") - 0.1) < 0.01);
  assert.ok(Math.abs(share("duplicate") - 0.1) < 0.01);
  const bobs = drawn.filter(({ key }) => key === "bob").length / drawn.length;
  assert.ok(Math.abs(bobs - 0.75) < 0.02);
});

Deno.test("OrderFlow.draw() prices limit orders around the anchor, on the tick", () => {
  const orders = draw(flowOf({ limit: 1 }), 0, 20_000).map(order);
  const offsets: number[] = [];
  let through = 0;
  for (const { symbol, price, side, quantity } of orders) {
    const [tick, lot] = symbol === "AAPL" ? [0.01, 1] : [0.05, 0.1];
    const ticks = Math.round(Number(price) / tick);
    assert.equal(Number((ticks * tick).toFixed(2)), price);
    const lots = Math.round(Number(quantity) / lot);
    assert.ok(lots >= 1 && lots <= 100);
    assert.equal(Number((lots * lot).toFixed(1)), quantity);
    const away = ticks - ANCHORS[String(symbol)]!;
    offsets.push(Math.abs(away));
    if ((side === "buy") === (away > 0)) through++;
  }
  const mean = offsets.reduce((sum, offset) => sum + offset, 0) / offsets.length;
  assert.ok(Math.abs(mean - 5) < 0.15, `${mean}`);
  assert.ok(Math.abs(through / orders.length - 0.2) < 0.02);
});

Deno.test("OrderFlow.draw(): market buys carry a protection price, sells none", () => {
  for (
    const { side, symbol, price, protectionPrice } of draw(flowOf({ market: 1 }), 0, 200).map(order)
  ) {
    assert.equal(price, undefined);
    if (side === "sell") assert.equal(protectionPrice, undefined);
    else assert.ok(Number(protectionPrice) > (symbol === "AAPL" ? 189.5 : 120) * 1.049);
  }
});

Deno.test("OrderFlow.draw() cancels and repeats its own recent orders only", () => {
  const drawn = draw(flowOf({ limit: 5, cancel: 2, duplicate: 2, conflict: 1 }), 0, 5_000);
  const placed = new Map<string, PlaceOrder>();
  const cancelled = new Set<string>();
  for (const [number, one] of drawn.entries()) {
    const id = `traders-0/${number}`;
    const decoded = decodeText("order-commands", String(one.value));
    assert.ok(decoded.ok);
    const { message } = decoded;
    assert.equal(message.id, id);
    if (message.type === "cancel-order") {
      assert.equal(message.userId, placed.get(message.orderId)?.userId);
      assert.ok(!cancelled.has(message.orderId));
      cancelled.add(message.orderId);
      continue;
    }
    assert.ok(message.type === "place-order");
    const first = placed.get(message.orderId);
    if (one.kind === "limit") placed.set(message.orderId, message);
    else if (one.kind === "duplicate") {
      assert.deepEqual({ ...message, id: first?.id, timestamp: first?.timestamp }, first);
    } else {
      assert.equal(one.kind, "conflict");
      assert.ok(Number(message.quantity) > Number(first?.quantity));
      assert.equal(message.side, first?.side);
    }
  }
  assert.ok(cancelled.size > 500);
});

Deno.test("OrderFlow.draw() cancels recent limit orders that the market has not reached", () => {
  const drawn = draw(flowOf({ limit: 5, market: 3, cancel: 2 }), 0, 5_000);
  const rests = ({ symbol, side, price }: PlaceOrder) => {
    if (price === undefined) return false;
    const ticks = Math.round(Number(price) / (symbol === "AAPL" ? 0.01 : 0.05));
    const anchor = ANCHORS[String(symbol)]!;
    return side === "buy" ? ticks < anchor : ticks > anchor;
  };
  let cancels = 0;
  let resting = 0;
  for (const [number, { kind, value }] of drawn.entries()) {
    if (kind !== "cancel") continue;
    const placed = Number(JSON.parse(String(value)).orderId.slice("traders-0-".length));
    cancels++;
    if (rests(order(drawn[placed]!)) && number - placed <= LATEST_COMMANDS) resting++;
  }
  assert.ok(cancels > 900);
  assert.ok(resting / cancels > 0.98, `${resting} of ${cancels}`);
});

Deno.test("OrderFlow.draw() spoils what it is told to spoil", () => {
  const drawn = draw(flowOf({ ...EVERYTHING }), 0, 5_000);
  const of = (kind: FlowKind) => drawn.filter((one) => one.kind === kind);
  for (const kind of FLOW_KINDS) assert.ok(of(kind).length > 300, kind);
  for (const { value } of of("malformed")) {
    assert.ok(typeof value !== "string" || !decodeText("order-commands", value).ok);
  }
  assert.ok(of("malformed").some(({ value }) => typeof value !== "string"));
  for (const one of of("invalidSymbol")) assert.equal(order(one).symbol, "INVALID");
  for (const one of of("flood")) assert.equal(order(one).userId, "mallory");
  for (const one of of("invalidField")) {
    const { side, quantity, price, symbol } = order(one);
    const ticks = Number(price) / (symbol === "AAPL" ? 0.01 : 0.05);
    const offTick = Math.abs(ticks - Math.round(ticks)) > 0.4 || Number.isNaN(ticks);
    assert.ok(side === "hold" || Number(quantity) <= 0 || offTick);
  }
});

Deno.test("OrderFlow.restore(): a producer that comes back goes on as it would have", () => {
  const whole = draw(flowOf(EVERYTHING), 0, 2_000);
  for (const from of [1, 300, 1_500]) {
    const first = flowOf(EVERYTHING);
    const intents = draw(first, 0, from).map((one, number) => ({
      number,
      value: typeof one.value === "string" ? one.value : "",
      encoding: typeof one.value === "string" ? "text" : "base64",
    } as Intent)); // The other fields play no part.
    const second = flowOf(EVERYTHING);
    second.restore(intents.slice(-512));
    const rest = Array.from({ length: 2_000 - from }, (_, i) => {
      const number = from + i;
      return second.draw({ number, arrival: number * 2, intendedAt: 1_000 + number });
    });
    assert.deepEqual(rest, whole.slice(from));
  }
});

Deno.test("checkFlow() names what makes no flow", () => {
  const make = (wrong: Partial<OrderFlowOptions>) => () => checkFlow({ ...OPTIONS, ...wrong });
  assert.throws(make({ users: [] }), /number of users/);
  assert.throws(make({ mix: { limit: -1 } }), /mix.limit cannot be -1/);
  assert.throws(make({ mix: {} }), /sum of the mix/);
  assert.throws(make({ mix: { limit: 1, limt: 1 } as OrderMix }), /kind cannot be limt/);
  assert.throws(make({ marketableShare: 2 }), /marketableShare cannot be 2/);
  assert.throws(make({ mix: { flood: 1 }, floodingUser: "" }), /floodingUser/);
  make({})();
});
