/**
 * Orders and poison bytes written with Kafka's console producer are answered like any others.
 */

import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { partitionForKey } from "../../../kafka/partitioner.ts";
import {
  assertSoundLog,
  onStage,
  SYMBOLS,
  USERS,
  withFolder,
} from "../../actors/floor/recovery_floor.ts";
import { readByConsoleConsumer } from "../faults/stored_records.ts";
import { onCluster } from "../floor/cluster_run.ts";
import { produceKeyed, testTools } from "./kafka_tools.ts";
import { sessionClients } from "../support/test_clients.ts";

const POISON = ["this is no JSON", '{"type":"place-order"}', '{"half":'];

/** A command as somebody types it. */
function order(userId: string, orderId: string, side: "buy" | "sell", symbol = SYMBOLS[0]!) {
  return {
    key: userId,
    value: JSON.stringify({
      type: "place-order",
      id: `${userId}-${orderId}`,
      correlationId: `${userId}/${orderId}`,
      timestamp: 1_700_000_000_000,
      ...{ userId, orderId, symbol, side, quantity: 5, price: 100 },
    }),
  };
}

for (const client of sessionClients()) {
  Deno.test(`orders and poison bytes by Kafka's console producer get answers and dead letters of a floor by ${client}`, async () => {
    await withFolder(async (directory) => {
      await onCluster(client, async (_run, log) => {
        const tools = await testTools();
        const [alice = "", bob = ""] = USERS;
        await onStage(directory, { log }, async ({ floor }) => {
          await produceKeyed(tools, `${log.topicPrefix}order-commands`, [
            order(alice, "by-hand-1", "sell"),
            ...POISON.map((value) => ({ key: alice, value })),
            order(bob, "by-hand-2", "buy"),
            order(bob, "by-hand-3", "buy", "NOSUCH"),
          ]);
          await floor.idle();
        });
        const answers = await messagesIn(tools, `${log.topicPrefix}notifications`);
        const told = answers.filter(({ message }) => `${message["orderId"]}`.startsWith("by-hand"))
          .map(({ key, partition, message }) => {
            assert.equal(partition, partitionForKey(key, 6));
            const { type, userId, orderId } = message;
            assert.equal(userId, key);
            return `${orderId} ${type}${message["reason"] ? ` ${message["reason"]}` : ""}`;
          });
        assert.deepEqual(told.toSorted(), [
          "by-hand-1 order-filled",
          "by-hand-1 order-placed",
          "by-hand-2 order-filled",
          "by-hand-2 order-placed",
          "by-hand-3 order-rejected unknown-symbol",
        ]);
        const letters = await messagesIn(tools, `${log.topicPrefix}dead-letters`);
        const bytes = letters.map(({ message }) => {
          assert.deepEqual([message["kind"], message["topic"]], ["malformed", "order-commands"]);
          assert.deepEqual([message["key"], message["role"]], [alice, "order-gateway"]);
          return new TextDecoder().decode(Uint8Array.fromBase64(`${message["valueBase64"]}`));
        });
        assert.deepEqual(bytes, POISON);
        await using read = await openEventLog(log);
        // The console producer intends nothing beforehand, and the auditor is right to say so.
        await assertSoundLog(read, directory, { except: ["no-phantom"] });
      });
    });
  });
}

async function messagesIn(tools: Awaited<ReturnType<typeof testTools>>, topic: string) {
  const records = await readByConsoleConsumer(tools, topic);
  return records.map(({ value, ...place }) => {
    const message: Readonly<Record<string, unknown>> = JSON.parse(value);
    return { ...place, message };
  });
}
