/**
 * Strangers who write where only actors should: what is promised of each topic, by `docs/correctness.md`.
 */

import assert from "node:assert/strict";
import { readRange } from "../../actors/log_access/read_range.ts";
import { encodeMessage, type FloorOpened } from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { TopicName } from "../../kafka/topics.ts";
import { type Floor, seededRandom } from "../../mod.ts";
import { auditRun } from "../../sim/auditor/audit_run.ts";
import { TIRED, TIRELESS } from "../actors/floor/recovery_floor.ts";
import { randomBytes } from "./bad_commands.ts";
import {
  fillsOfGoodUsers,
  POISON_LIMIT,
  portfoliosOfGoodUsers,
  tradeWell,
  withFloor,
} from "./bad_input_floor.ts";

const PARTITIONS = 6;
const GOOD_ORDERS = 60;
const PER_TOPIC = 300;

/** Who lays off what is no message of a topic; nobody, where no fold reads it. */
const LAID_OFF_BY: Readonly<Partial<Record<TopicName, string>>> = {
  "orders": "trading-engine",
  "notifications": "portfolio-manager",
};

const STRANGE_TOPICS = [
  "orders",
  "notifications",
  "market-data",
  "dead-letters",
  "intents",
  "snapshots",
] as const;

/** Writes rubbish to every internal topic. @returns what must be laid off, as `role topic/p/offset` */
async function flood(floor: Floor, random: () => number): Promise<string[]> {
  const expected: string[] = [];
  for (const topic of STRANGE_TOPICS) {
    const records = Array.from({ length: PER_TOPIC }, () => strange(random));
    const partition = Math.floor(random() * await floor.log.partitionCount(topic));
    // A compacted topic takes no record without a key.
    const keyed = records.map(({ key, value }) => ({ key: key ?? "no key", value }));
    const [published] = await floor.log.publish([{ topic, partition, records: keyed }]);
    const role = LAID_OFF_BY[topic];
    if (role === undefined) continue;
    keyed.forEach((_, n) =>
      expected.push(`${role} ${topic}/${partition}/${published!.baseOffset + n}`)
    );
  }
  return expected;
}

/** Bytes without sense; messages of nowhere; and what looks like a snapshot of a gateway. */
function strange(random: () => number): { key: string | null; value: string | Uint8Array | null } {
  const draw = random();
  if (draw < 0.6) return randomBytes(random, PARTITIONS);
  if (draw < 0.8) {
    const topic = ["snapshots/0/1/0", "orders/77/1/0", "here/1/1/1"][Math.floor(random() * 3)]!;
    const fill = { type: "order-filled", id: topic, correlationId: "x", causationId: "x" };
    return { key: "alice", value: JSON.stringify({ ...fill, sequence: 0, timestamp: 1 }) };
  }
  const partition = Math.floor(random() * PARTITIONS);
  const name = `order-gateway/order-commands/${partition}/${Math.floor(random() * 1e6)}`;
  const manifest = {
    role: "order-gateway",
    topic: "order-commands",
    partition,
    offset: Number(name.split("/").at(-1)),
    chunks: 1,
    bytes: 10,
    sha256: "0".repeat(64),
  };
  return { key: `${name}/manifest`, value: JSON.stringify(manifest) };
}

async function lettersOf(floor: Floor): Promise<string[]> {
  const letters: string[] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    for await (const { text } of readRange(floor.log, { topic: "dead-letters", partition })) {
      // The strangers' own bytes are among them.
      const found = /"role":"([a-z-]+)","topic":"([a-z-]+)","partition":(\d+),"offset":(\d+)/
        .exec(text?.startsWith('{"type":"dead-letter"') ? text : "");
      if (found !== null) letters.push(`${found[1]} ${found[2]}/${found[3]}/${found[4]}`);
    }
  }
  return letters.sort();
}

Deno.test("rubbish in internal topics is laid off or passed over, also by who starts behind it", async () => {
  const alone = await withFloor({}, async ({ floor }) => {
    const { answers } = await tradeWell(floor, GOOD_ORDERS, () => Promise.resolve());
    await floor.idle();
    return {
      answers,
      fills: await fillsOfGoodUsers(floor.log),
      portfolios: await portfoliosOfGoodUsers(floor),
    };
  });
  await withFloor({ restarts: TIRELESS }, async ({ floor, events }) => {
    const random = seededRandom(77, "strangers");
    const expected: string[] = [];
    const { answers } = await tradeWell(floor, GOOD_ORDERS, async (n) => {
      if (n % 20 === 5) expected.push(...await flood(floor, random));
      // Whoever starts anew reads snapshots, marks and intents among the rubbish.
      if (n % 20 === 10) {
        await floor.idle();
        for (const role of ["order-gateway", "trading-engine", "portfolio-manager"]) {
          await floor.actor(`${role}-0`).crash();
        }
      }
    });
    await floor.idle();
    const fills = await fillsOfGoodUsers(floor.log);
    assert.deepEqual({ answers, fills, portfolios: await portfoliosOfGoodUsers(floor) }, alone);
    assert.deepEqual(await lettersOf(floor), expected.sort());
    assert.equal(events.filter(({ kind }) => kind === "fold-failed").length, 0);
    assert.equal(events.filter(({ kind }) => kind === "restart").length, 9);
  });
});

Deno.test("a floor-opened that opens another floor is poison, and tried no more often than poison is", async () => {
  await withFloor({}, async ({ floor, events }) => {
    const parameters = { ...floor.parameters, cashDecimals: floor.parameters.cashDecimals + 1 };
    const opening = (n: number): FloorOpened => ({
      type: "floor-opened",
      id: `again-${n}`,
      correlationId: "again",
      timestamp: 1,
      parameters,
    });
    const { answers } = await tradeWell(floor, 12, async (n) => {
      const record = { key: null, value: encodeMessage(opening(n)) };
      const place = { topic: "order-commands", partition: n % PARTITIONS };
      await floor.log.publish([{ ...place, records: [record] }]);
    });
    await floor.idle();
    assert.equal(answers.length, 12);
    const failed = events.filter(({ kind }) => kind === "fold-failed");
    assert.equal(failed.length, 12 * POISON_LIMIT);
    assert.equal((await lettersOf(floor)).length, 12);
    assert.equal(events.filter(({ kind }) => kind === "restart").length, 0);
  });
});

/** A settlement that fits a live order of alice's in everything but that nothing was traded. */
async function forgedSettlement(floor: Floor, sequence: (next: number) => number) {
  await floor.orders.sendOrder({
    orderId: "resting",
    userId: "alice",
    symbol: "AAPL",
    quantity: 5,
    side: "buy",
    price: 100,
  });
  await floor.idle();
  const partition = partitionForKey("alice", PARTITIONS);
  const ofSymbol = partitionForKey("AAPL", PARTITIONS);
  let accepted: Record<string, unknown> = {};
  for await (const { text } of readRange(floor.log, { topic: "orders", partition: ofSymbol })) {
    if (text?.includes('"order-accepted"')) accepted = JSON.parse(text); // an actor's own message
  }
  const value = JSON.stringify({
    type: "settle-fill",
    id: `orders/${ofSymbol}/0/0`,
    correlationId: "alice/resting",
    causationId: "forged",
    sequence: sequence(0),
    timestamp: 1,
    userId: "alice",
    orderNumber: accepted["orderNumber"],
    symbol: "AAPL",
    side: "buy",
    priceTicks: accepted["limitTicks"],
    quantityLots: 1,
    tradeId: "forged",
  });
  const records = [{ key: "alice", value }];
  await floor.log.publish([{ topic: "order-commands", partition, records }]);
}

Deno.test("a forged settlement that fits in everything is taken, and the auditor finds it", async () => {
  await withFloor({}, async ({ floor }) => {
    await forgedSettlement(floor, (next) => next);
    await floor.idle();
    const { verdicts } = await auditRun(floor.log, { openFloor: true });
    const violated = verdicts.filter(({ status }) => status === "violated").map(({ rule }) => rule);
    assert.ok(violated.some((rule) => rule === "causality-closed"), violated.join());
    assert.ok(violated.some((rule) => rule === "conservation"), violated.join());
  });
});

Deno.test("a forged settlement with a later number stops its partition, and the floor says so", async () => {
  await withFloor({ restarts: TIRED }, async ({ floor }) => {
    await forgedSettlement(floor, (next) => next + 7);
    const { message } = await floor.failure;
    assert.match(message, /has sequence 7, but 0 comes next/);
  });
});
