/**
 * What the producer keeps on every Kafka client when connections and answers are lost.
 *
 * @module
 */

import assert from "node:assert/strict";
import { answerLosingRelay } from "./answer_losing_relay.ts";
import {
  contractConfig,
  fetchRecords,
  newPartition,
  type OpenClient,
  openProducer,
  recordOf,
  send,
  text,
  usingClient,
} from "./contract_support.ts";
import { startRelay } from "./relay.ts";

/** Registers the tests of a producer behind a relay. */
export function producerContract(name: string, open: OpenClient): void {
  Deno.test(`${name}: send() outlives lost connections and stores every batch once`, async () => {
    const target = contractConfig().brokers[0]!;
    const [hostname, port] = [target.split(":")[0]!, Number(target.split(":")[1])];
    await using relay = startRelay({ hostname, port });
    await usingClient(open, async (direct) => {
      const place = await newPartition(direct);
      const producer = await openProducer(open, {
        ...contractConfig(),
        brokers: [target],
        through: { [target]: relay.address },
      });
      const sent = Array.from({ length: 40 }, (_, n) => `${n}`);
      for (const [n, value] of sent.entries()) {
        const sending = producer.send(place, [recordOf(value)]);
        // Before, during and after the request, as it happens.
        if (n % 4 === 1) relay.cut();
        assert.equal((await sending).baseOffset, n);
        if (n % 4 === 3) relay.cut();
      }
      await producer.close();
      const records = await fetchRecords(direct, place, sent.length);
      assert.deepEqual(records.map(({ value }) => text(value)), sent);
    });
  });

  Deno.test(`${name}: a batch whose acknowledgement was lost is stored once`, async () => {
    const target = contractConfig().brokers[0]!;
    await usingClient(open, async (direct) => {
      const place = await newPartition(direct);
      await send(direct, place, [recordOf("before")]);
      await using relay = answerLosingRelay(target);
      const { brokers } = await direct.metadata([]);
      assert.equal(brokers.length, 1, "one relay stands for one broker");
      const addresses = [target, ...brokers.map(({ host, port }) => `${host}:${port}`)];
      const through = Object.fromEntries(addresses.map((address) => [address, relay.address]));
      const producer = await openProducer(open, { ...contractConfig(), through });
      assert.deepEqual(await producer.send(place, [recordOf("1")]), { baseOffset: 1 });
      relay.loseNextAnswer();
      const lost = producer.send(place, [recordOf("2"), recordOf("3")]);
      assert.deepEqual(await lost, { baseOffset: 2 });
      assert.equal(relay.lost(), 1);
      assert.deepEqual(await producer.send(place, [recordOf("4")]), { baseOffset: 4 });
      await producer.close();
      const values = (await fetchRecords(direct, place, 5)).map(({ value }) => text(value));
      assert.deepEqual(values, ["before", "1", "2", "3", "4"]);
    });
  });
}
