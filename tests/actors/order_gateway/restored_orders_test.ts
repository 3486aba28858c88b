import assert from "node:assert/strict";
import fc from "fast-check";
import { Account } from "../../../actors/order_gateway/account.ts";
import { type LiveOrder, LiveOrders } from "../../../actors/order_gateway/live_orders.ts";
import {
  NUMBERS_PER_ORDER,
  RestoredOrders,
  writeOrder,
} from "../../../actors/order_gateway/restored_orders.ts";
import { Instruments } from "../../../actors/instruments.ts";
import { parametersOf } from "../../sim/actor_log/views/step_floor.ts";

const { limits } = parametersOf();
const instruments = new Instruments(parametersOf());

/** Three accounts, and orders of theirs in the order of placing. */
function ordersOf(owners: readonly number[]): {
  readonly accounts: readonly Account[];
  readonly orders: readonly LiveOrder[];
} {
  const accounts = ["alice", "bob", "carol"].map((userId, index) =>
    Account.open({ userId, index, symbols: instruments.list.length }, limits, 0)
  );
  const orders = owners.map((owner, i): LiveOrder => ({
    orderNumber: 7 * i + 2,
    ordinal: 3 * i + 1,
    account: accounts[owner]!,
    instrument: instruments.list[i % 2]!,
    side: i % 3 === 0 ? "sell" : "buy",
    limitTicks: i % 4 === 0 ? null : 100 + i,
    remainingLots: i + 1,
    reserved: 10 * i + 5,
  }));
  return { accounts, orders };
}

function restoredOf({ accounts, orders }: ReturnType<typeof ordersOf>): LiveOrders {
  const numbers = new Float64Array(orders.length * NUMBERS_PER_ORDER);
  orders.forEach((order, i) => writeOrder(order, numbers, i * NUMBERS_PER_ORDER));
  const live = new LiveOrders();
  live.restore(new RestoredOrders(numbers, { accounts, instruments: instruments.list }));
  return live;
}

Deno.test("LiveOrders.restore() finds every order by its number and by its id, and no other", () => {
  const asked = fc.array(fc.record({ order: fc.nat(60), by: fc.constantFrom("number", "id") }));
  fc.assert(fc.property(fc.array(fc.nat(2), { maxLength: 40 }), asked, (owners, questions) => {
    const given = ordersOf(owners);
    const live = restoredOf(given);
    const found = new Map<number, LiveOrder>();
    for (const { order: i, by } of questions) {
      const expected = given.orders[i];
      const account = expected?.account ?? given.accounts[0]!;
      const order = by === "number" ? live.get(7 * i + 2) : live.find(account, 3 * i + 1);
      assert.deepEqual(order, expected);
      assert.equal(live.get(7 * i + 3), undefined);
      // What was found once is that order from then on.
      if (order !== undefined) assert.equal(order, found.get(i) ?? order);
      if (order !== undefined) found.set(i, order);
      assert.equal(live.size, given.orders.length);
    }
    assert.deepEqual([...live.values()], given.orders);
    for (const [i, order] of found) assert.equal(live.get(7 * i + 2), order);
  }));
});

Deno.test("LiveOrders.restore() counts for each account what its orders are and reserve", () => {
  const given = ordersOf([0, 1, 0, 0, 2, 1]);
  const live = restoredOf(given);
  assert.deepEqual(given.accounts.map(({ liveOrders }) => liveOrders), [3, 2, 1]);
  assert.deepEqual(given.accounts.map(({ reservedCash }) => reservedCash), [25, 15 + 55, 45]);
  const { orderNumber, remainingLots, account, instrument } = given.orders[5]!;
  live.release({
    type: "release-order",
    id: "orders/0/1/0",
    correlationId: "bob/5",
    causationId: "c",
    sequence: 0,
    timestamp: 0,
    userId: account.userId,
    orderNumber,
    symbol: instrument.symbol,
    quantityLots: remainingLots,
  });
  assert.equal(live.size, 5);
  assert.equal(live.get(orderNumber), undefined);
  assert.equal(live.find(account, 16), undefined);
  assert.deepEqual([...live.values()], given.orders.slice(0, 5));
  assert.deepEqual([account.liveOrders, account.reservedCash, account.availableCash], [1, 15, 55]);
});
