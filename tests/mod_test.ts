/**
 * The public API: its names, the program that its description shows, and what it refuses.
 */

import assert from "node:assert/strict";
import * as outcry from "../mod.ts";
import {
  type ActorView,
  type Floor,
  InvalidCommandError,
  type Notification,
  OrderRejectedError,
  type OrderRequest,
  startFloor,
} from "../mod.ts";

const VALUES = [
  "ActorCallError",
  "AnswerTimeoutError",
  "CommandRejectedError",
  "DEFAULT_GATEWAY_LIMITS",
  "DEFAULT_PARTITION_COUNTS",
  "EventLogError",
  "Floor",
  "FloorFailedError",
  "FloorParametersError",
  "Instruments",
  "InvalidCommandError",
  "InvalidPriceError",
  "JoinedFloor",
  "MarketDataPublisher",
  "MetricRegistry",
  "MetricsPortError",
  "NotificationRequestError",
  "OrderClient",
  "OrderRejectedError",
  "PartitionFold",
  "PublishError",
  "REJECT_REASONS",
  "RemoteError",
  "ScenarioError",
  "SequenceGapError",
  "TOPICS",
  "TOPIC_NAMES",
  "TOPOLOGY",
  "UnreadableRunError",
  "decisionOf",
  "decodeRecord",
  "differenceOf",
  "encodeMessage",
  "eventSentence",
  "formatPlace",
  "isAnswer",
  "joinFloor",
  "messageLine",
  "openActorLog",
  "openEventLog",
  "openFloor",
  "openMemoryLog",
  "packState",
  "parsePlace",
  "readFloorParameters",
  "scenario",
  "seededRandom",
  "serveMetrics",
  "startFloor",
  "systemClock",
  "topicSettings",
  "unitsOf",
  "unpackState",
];

function memoryFloor(): Promise<Floor> {
  return startFloor({
    log: "memory",
    symbols: ["AAPL", { symbol: "GOOGL", tickSize: 0.05, lotSize: 10 }],
    accounts: [
      { userId: "501", cash: 1_000_000, holdings: { AAPL: 1_000 } },
      { userId: "502", cash: 0, holdings: { AAPL: 1_000 } },
    ],
  });
}

function namesOf(view: ActorView): readonly string[] {
  return [view.id, ...view.children.flatMap(namesOf)];
}

async function firstNotifications(
  floor: Floor,
  userId: string,
  count: number,
): Promise<Notification[]> {
  const found: Notification[] = [];
  for await (const { notification } of floor.notifications(userId)) {
    found.push(notification);
    if (found.length === count) break;
  }
  return found;
}

Deno.test("mod.ts exports the values that are written down here, and no others", () => {
  assert.deepEqual(Object.keys(outcry).sort(), VALUES);
});

Deno.test("startFloor() carries the program of the API's description from the first price to rest", async () => {
  await using floor = await memoryFloor();
  const order = { userId: "501", symbol: "AAPL", quantity: 10, side: "buy" } as const;
  await floor.marketData.publish("AAPL", 189.5, 1625159076);
  const receipt = await floor.orders.sendOrder({
    ...order,
    orderId: "1001",
    price: 189.5,
    timestamp: 1625159076,
  });
  assert.equal(receipt.orderId, "1001");
  assert.equal(receipt.limitTicks, 18_950);
  await floor.orders.cancelOrder({ orderId: "1001", userId: "501", timestamp: 1625159077 });
  await floor.idle();

  const portfolio = await floor.portfolio("501");
  assert.equal(portfolio?.cash, 1_000_000);
  assert.equal(portfolio?.positions[0]?.quantity, 1_000);
  assert.equal(portfolio?.positions[0]?.marketPrice, 189.5);
  assert.equal(await floor.portfolio("nobody"), null);

  const told = await firstNotifications(floor, "501", 4);
  // The cancel's acceptance and its outcome come from two actors: their order is not promised.
  assert.deepEqual(told.slice(0, 2).map(({ type }) => type), ["account-opened", "order-placed"]);
  assert.deepEqual(told.slice(2).map(({ type }) => type).sort(), [
    "cancel-accepted",
    "order-cancelled",
  ]);

  const tree = await floor.actors();
  for (const name of ["trading-engine-0", "order-gateway-0", "portfolio-manager-0", "notifier-0"]) {
    assert.ok(namesOf(tree).includes(name), name);
  }
  assert.equal(tree.lag, 0);

  await floor.actor("trading-engine-0").crash();
  await floor.orders.sendOrder({ ...order, orderId: "1002", price: 190 });
  await floor.orders.sendOrder({ ...order, orderId: "1", userId: "502", side: "sell" });
  await floor.idle();
  assert.equal((await floor.portfolio("501"))?.cash, 1_000_000 - 1_900);
  assert.equal((await floor.portfolio("502"))?.cash, 1_900);
  assert.throws(() => floor.actor("trading-engine-7"), /running are .*trading-engine-0/);
});

Deno.test("sendOrder() and publish() take small timestamps as they are", async () => {
  await using floor = await memoryFloor();
  await floor.marketData.publish("AAPL", 189.5, 1625159076);
  const receipt = await floor.orders.sendOrder({
    orderId: 1001,
    userId: 501,
    symbol: "AAPL",
    quantity: 10,
    side: "buy",
    price: 189.5,
    timestamp: 0,
  });
  assert.equal(receipt.clientTimestamp, 0);
  const topic = "market-data";
  const partitions = await floor.log.partitionCount(topic);
  const reader = floor.log.openReader(
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition, offset: 0 })),
  );
  try {
    const [batch] = await reader.poll({ timeoutMs: 5_000 });
    const decoded = outcry.decodeRecord(topic, batch!.records[0]!);
    assert.ok(decoded.ok && decoded.message.type === "price");
    assert.equal(decoded.message.timestamp, 1625159076);
  } finally {
    reader.close();
  }
});

const GOOD: OrderRequest = {
  orderId: "1003",
  userId: "501",
  symbol: "GOOGL",
  quantity: 20,
  side: "buy",
  price: 100.05,
};

/** What the gateway refuses, and with which reason. */
const REFUSED: readonly (readonly [string, Partial<Record<keyof OrderRequest, unknown>>])[] = [
  ["off-tick", { price: 100.01 }],
  ["invalid-price", { price: -1 }],
  ["invalid-price", { price: "100" }],
  ["off-lot", { quantity: 15 }],
  ["off-lot", { quantity: 0.5 }],
  ["invalid-quantity", { quantity: 0 }],
  ["invalid-quantity", { quantity: -20 }],
  ["invalid-side", { side: "hold" }],
  ["invalid-symbol", { symbol: "" }],
  ["unknown-symbol", { symbol: "INVALID" }],
  ["invalid-time-in-force", { timeInForce: "day" }],
  ["unknown-account", { userId: "nobody" }],
  ["insufficient-cash", { quantity: 1_000_000 }],
  ["insufficient-holdings", { side: "sell" }],
];

/** What cannot even be answered, so that it is refused before it is sent. */
const UNSENT: readonly (readonly [string, RegExp, Partial<Record<keyof OrderRequest, unknown>>])[] =
  [
    ["invalid-order-id", /orderId is empty/, { orderId: "" }],
    ["invalid-order-id", /orderId has 129 characters, more than 128/, { orderId: "1".repeat(129) }],
    ["invalid-user-id", /userId is empty/, { userId: "" }],
    ["invalid-user-id", /userId has 129 characters, more than 128/, { userId: "5".repeat(129) }],
    ["invalid-timestamp", /timestamp is -1/, { timestamp: -1 }],
    ["invalid-field", /price is NaN/, { price: NaN }],
  ];

Deno.test("sendOrder() refuses each mistake with a reason of its own, and nothing changes", async () => {
  await using floor = await memoryFloor();
  let count = 0;
  for (const [reason, wrong] of REFUSED) {
    // A caller in JavaScript may send anything.
    const request = { ...GOOD, orderId: `r${count++}`, ...wrong } as OrderRequest;
    const error = await floor.orders.sendOrder(request).then(() => null, (thrown) => thrown);
    assert.ok(error instanceof OrderRejectedError, `${JSON.stringify(wrong)}: ${error}`);
    assert.equal(error.reason, reason, JSON.stringify(wrong));
    assert.equal(error.code, reason);
  }
  for (const [code, message, wrong] of UNSENT) {
    const request = { ...GOOD, ...wrong } as OrderRequest; // as above
    const error = await floor.orders.sendOrder(request).then(() => null, (thrown) => thrown);
    assert.ok(error instanceof InvalidCommandError, `${JSON.stringify(wrong)}: ${error}`);
    assert.equal(error.code, code);
    assert.match(error.message, message);
  }
  await floor.idle();
  assert.equal((await floor.portfolio("501"))?.cash, 1_000_000);
  assert.equal((await floor.orders.sendOrder(GOOD)).quantityLots, 2);
});
