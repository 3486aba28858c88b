/**
 * The client on `@platformatic/kafka` against a real broker.
 */

import assert from "node:assert/strict";
import { openPlatformaticClient } from "../../../kafka/cluster/platformatic/platformatic_client.ts";
import { kafkaClientContract } from "./client_contract.ts";
import {
  contractConfig,
  fetchRecords,
  newPartition,
  recordOf,
  send,
  text,
  usingClient,
} from "./contract_support.ts";

kafkaClientContract("platformatic", openPlatformaticClient);

Deno.test("platformatic: a batch whose acknowledgement was lost is sent again and stored once", async () => {
  const [target] = contractConfig().brokers;
  assert.ok(target !== undefined);
  await usingClient(openPlatformaticClient, async (direct) => {
    const place = await newPartition(direct);
    await send(direct, place, [recordOf("before")]);
    await using relay = answerLosingRelay(target);
    const { brokers } = await direct.metadata([]);
    const through = Object.fromEntries(
      [target, ...brokers.map(({ host, port }) => `${host}:${port}`)]
        .map((address) => [address, relay.address]),
    );
    assert.equal(brokers.length, 1, "one relay stands for one broker");
    await usingClient(openPlatformaticClient, async (client) => {
      const producer = await client.openProducer();
      assert.deepEqual(await producer.send(place, [recordOf("1")]), { baseOffset: 1 });
      relay.loseNextAnswer();
      assert.deepEqual(await producer.send(place, [recordOf("2"), recordOf("3")]), {
        baseOffset: 2,
      });
      assert.equal(relay.lost(), 1);
      assert.deepEqual(await producer.send(place, [recordOf("4")]), { baseOffset: 4 });
      await producer.close();
    }, { ...contractConfig(), through });
    const values = (await fetchRecords(direct, place, 5)).map(({ value }) => text(value));
    assert.deepEqual(values, ["before", "1", "2", "3", "4"]);
  });
});

/** A relay that can cut a connection when the broker's answer comes, instead of passing it on. */
function answerLosingRelay(target: string) {
  const [hostname, port] = [target.replace(/:\d+$/, ""), Number(target.replace(/^.*:/, ""))];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const flows = new Set<Promise<void>>();
  let losing = false;
  let lost = 0;

  const losingAnswers = () =>
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        if (!losing) return controller.enqueue(chunk);
        losing = false;
        lost++;
        controller.error(new Error("the answer is lost"));
      },
    });
  const relay = async (from: Deno.Conn) => {
    const to = await Deno.connect({ hostname, port });
    await Promise.allSettled([
      from.readable.pipeTo(to.writable),
      to.readable.pipeThrough(losingAnswers()).pipeTo(from.writable),
    ]);
  };
  const accepting = (async () => {
    for await (const connection of listener) flows.add(relay(connection));
  })();
  return {
    address: `127.0.0.1:${listener.addr.port}`,
    loseNextAnswer: () => {
      losing = true;
    },
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(flows);
    },
  };
}
