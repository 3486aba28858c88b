/**
 * Portfolios read from snapshot and tail, compared with what their owner says.
 */

import assert from "node:assert/strict";
import fc from "fast-check";
import type { PartitionCounts } from "../../../actors/fold/partition_fold.ts";
import {
  MAX_KEPT_PARTITIONS,
  PortfolioReader,
} from "../../../actors/portfolio_manager/portfolio_reader.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { encodeMessage, type FloorOpened } from "../../../kafka/messages/mod.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import { type Floor, OrderRejectedError, startFloor } from "../../../mod.ts";

const USERS = ["501", "502", "503", "504"];
const SYMBOLS = ["AAPL", "IBM"];

interface Step {
  readonly user: string;
  readonly symbol: string;
  readonly side: "buy" | "sell";
  readonly quantity: number;
  readonly price: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  user: fc.constantFrom(...USERS),
  symbol: fc.constantFrom(...SYMBOLS),
  side: fc.constantFrom("buy", "sell"),
  quantity: fc.integer({ min: 1, max: 30 }),
  price: fc.integer({ min: 99, max: 101 }),
});

async function openFloor(partitions = 2): Promise<Floor> {
  return await startFloor({
    log: "memory",
    symbols: SYMBOLS,
    partitions: { notifications: partitions },
    accounts: USERS.map((userId) => ({
      userId,
      cash: 100_000,
      holdings: { AAPL: 500, IBM: 500 },
    })),
  });
}

let played = 0;

async function play(floor: Floor, steps: readonly Step[]): Promise<void> {
  for (const { user: userId, ...order } of steps) {
    await floor.orders.sendOrder({ orderId: `o${played++}`, userId, ...order }).catch((error) => {
      if (!(error instanceof OrderRejectedError)) throw error;
    });
  }
  await floor.idle();
}

function readerOn(floor: Floor, log: EventLog = floor.log): PortfolioReader {
  // Made with every topic of the table.
  const partitions = floor.parameters.partitions as PartitionCounts;
  return new PortfolioReader({ log, clock: systemClock, partitions });
}

async function endOf(floor: Floor, userId: string): Promise<number> {
  const [topic] = await floor.log.describeTopics(["notifications"]);
  const offsets = topic?.offsets ?? [];
  return offsets[partitionForKey(userId, offsets.length)]?.end ?? 0;
}

/** What the reader and the floor's own instance say of every user, and of one unknown. */
async function assertSame(floor: Floor, reader: PortfolioReader): Promise<void> {
  for (const user of [...USERS, "nobody"]) {
    const read = await reader.portfolio(user, await endOf(floor, user));
    assert.deepEqual(read, await floor.portfolio(user));
    assert.equal(read === null, user === "nobody");
  }
}

Deno.test("PortfolioReader equals the owner's answers, from nothing, from a snapshot and folded on", async () => {
  const session = fc.array(step, { minLength: 1, maxLength: 25 });
  await fc.assert(
    fc.asyncProperty(session, session, session, async (one, two, three) => {
      await using floor = await openFloor();
      await play(floor, one);
      const early = readerOn(floor);
      await assertSame(floor, early);
      // The owner leaves a snapshot; what follows is the tail.
      await floor.removeInstance("portfolio-manager-0");
      await play(floor, two);
      const late = readerOn(floor);
      const unowned = await Promise.all(USERS.map((user) => floor.portfolio(user)));
      await floor.addInstance("portfolio-manager");
      await floor.idle();
      assert.deepEqual(await Promise.all(USERS.map((user) => floor.portfolio(user))), unowned);
      await assertSame(floor, late);
      await assertSame(floor, early);
      await play(floor, three);
      await assertSame(floor, late);
      await assertSame(floor, early);
    }),
    { numRuns: 12 },
  );
});

Deno.test("PortfolioReader passes over the poison that the owner has marked", async () => {
  await using floor = await openFloor(1);
  const reader = readerOn(floor);
  await assertSame(floor, reader);
  const parameters = { ...floor.parameters, cashDecimals: floor.parameters.cashDecimals + 1 };
  const poison: FloorOpened = {
    type: "floor-opened",
    id: "floor-opened/again",
    correlationId: "floor",
    timestamp: 1,
    parameters,
  };
  const records = [{ key: null, value: encodeMessage(poison) }];
  await floor.log.publish([{ topic: "notifications", partition: 0, records }]);
  await floor.orders.deposit({ userId: "501", depositId: "d1", amount: 5 });
  await assertSame(floor, reader);
  assert.equal((await reader.portfolio("501", await endOf(floor, "501")))?.cash, 100_005);
});

Deno.test("PortfolioReader writes nothing, and asking again reads only what is new", async () => {
  await using floor = await openFloor(1);
  await play(floor, []);
  await floor.removeInstance("portfolio-manager-0");
  let opened: number[] = [];
  const { log } = floor;
  const watched: Partial<EventLog> = {
    describeTopics: (names) => log.describeTopics(names),
    partitionCount: (topic) => log.partitionCount(topic),
    publish: () => assert.fail("it writes"),
    openReader: (positions) => {
      opened.push(
        ...positions.filter(({ topic }) => topic !== "market-data").map((at) => at.offset),
      );
      return log.openReader(positions);
    },
  };
  const reader = readerOn(floor, watched as EventLog); // What a reader calls is there.
  const before = await endOf(floor, "501");
  await reader.portfolio("501", before);
  assert.ok(opened.length > 0);
  opened = [];
  await reader.portfolio("502", before);
  assert.deepEqual(opened, []);
  await floor.orders.deposit({ userId: "501", depositId: "d1", amount: 5 });
  assert.equal((await reader.portfolio("501", before + 1))?.cash, 100_005);
  assert.deepEqual(opened, [before]);
});

Deno.test("PortfolioReader keeps the state of MAX_KEPT_PARTITIONS partitions", async () => {
  const partitions = MAX_KEPT_PARTITIONS + 4;
  await using floor = await openFloor(partitions);
  const reader = readerOn(floor);
  const asked = new Set<number>();
  for (let n = 0; asked.size < partitions; n++) {
    asked.add(partitionForKey(`u${n}`, partitions));
    assert.equal(await reader.portfolio(`u${n}`, await endOf(floor, `u${n}`)), null);
  }
  assert.equal(reader.kept, MAX_KEPT_PARTITIONS);
  await assertSame(floor, reader);
});
