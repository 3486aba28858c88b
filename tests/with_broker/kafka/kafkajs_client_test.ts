import assert from "node:assert/strict";
import { openKafkajsClient } from "../../../kafka/cluster/kafkajs/kafkajs_client.ts";
import { kafkaClientContract } from "./client_contract.ts";
import {
  contractConfig,
  fetchRecords,
  newPartition,
  recordOf,
  text,
  usingClient,
} from "./contract_support.ts";
import { startRelay } from "./relay.ts";

kafkaClientContract("kafkajs", openKafkajsClient);

Deno.test("kafkajs: send() outlives lost connections and writes every batch once", async () => {
  const target = contractConfig().brokers[0]!;
  const [hostname, port] = [target.split(":")[0]!, Number(target.split(":")[1])];
  await using relay = startRelay({ hostname, port });
  const config = { ...contractConfig(), brokers: [target], through: { [target]: relay.address } };
  await usingClient(openKafkajsClient, async (client) => {
    const place = await newPartition(client);
    const producer = await client.openProducer();
    const sent = Array.from({ length: 40 }, (_, n) => `${n}`);
    for (const [n, value] of sent.entries()) {
      const sending = producer.send(place, [recordOf(value)]);
      // Before, during and after the request, as it happens.
      if (n % 4 === 1) relay.cut();
      assert.equal((await sending).baseOffset, n);
      if (n % 4 === 3) relay.cut();
    }
    await producer.close();
    await usingClient(openKafkajsClient, async (reader) => {
      const records = await fetchRecords(reader, place, sent.length);
      assert.deepEqual(records.map(({ value }) => text(value)), sent);
    });
  }, config);
});
