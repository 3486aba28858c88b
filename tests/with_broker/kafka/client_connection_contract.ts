/**
 * What every Kafka client keeps when connections are refused, relayed, lost and closed.
 *
 * @module
 */

import assert from "node:assert/strict";
import { eventually } from "../../support/eventually.ts";
import {
  contractConfig,
  DEADLINE_MS,
  failsAs,
  fetchOnce,
  fetchRecords,
  LIMITS,
  newPartition,
  type OpenClient,
  openProducer,
  recordOf,
  send,
  text,
  usingClient,
} from "./contract_support.ts";
import { startRelay } from "./relay.ts";

/** Registers the tests of connections that are refused, relayed, lost and closed. */
export function connectionContract(name: string, open: OpenClient): void {
  Deno.test(`${name}: a port where nobody listens is CONNECTION, soon`, async () => {
    const config = { ...contractConfig(), brokers: ["127.0.0.1:1"] };
    await usingClient(open, async (client) => {
      const error = await failsAs("CONNECTION", client.metadata("all"));
      assert.equal(error.retriable, true);
      assert.match(error.message, /127\.0\.0\.1:1\b/);
    }, config);
  });

  Deno.test(`${name}: the second broker is asked when the first does not answer`, async () => {
    const config = { ...contractConfig() };
    await usingClient(open, async (client) => {
      assert.ok((await client.metadata("all")).brokers.length > 0);
    }, { ...config, brokers: ["127.0.0.1:1", ...config.brokers] });
  });

  Deno.test(`${name}: through another address than the advertised one`, async () => {
    const target = contractConfig().brokers[0]!;
    const [hostname, port] = [target.split(":")[0]!, Number(target.split(":")[1])];
    await using relay = startRelay({ hostname, port });
    const through = { [target]: relay.address };
    await usingClient(open, async (client) => {
      const place = await newPartition(client);
      await send(client, place, [recordOf("through")]);
      assert.equal(text((await fetchRecords(client, place, 1))[0]!.value), "through");
      assert.ok(relay.connections() > 0);
    }, { ...contractConfig(), brokers: [target], through });
  });

  Deno.test(`${name}: a connection that was lost is CONNECTION, and made again`, async () => {
    const target = contractConfig().brokers[0]!;
    const [hostname, port] = [target.split(":")[0]!, Number(target.split(":")[1])];
    await using relay = startRelay({ hostname, port });
    const config = { ...contractConfig(), brokers: [target], through: { [target]: relay.address } };
    await usingClient(open, async (client) => {
      const place = await newPartition(client);
      const waiting = fetchOnce(client, place, 0, { ...LIMITS, maxWaitMs: DEADLINE_MS * 10 });
      let ended = false;
      const lost = failsAs("CONNECTION", waiting).finally(() => ended = true);
      // Cut until it has ended, because one cut may come before the connection does.
      await eventually("the fetch has ended", () => (relay.cut(), ended), DEADLINE_MS);
      assert.equal((await lost).retriable, true);
      assert.equal((await client.metadata([place.topic])).topics.length, 1);
      assert.deepEqual(
        (await fetchOnce(client, place, 0, { ...LIMITS, maxWaitMs: 1 })).records,
        [],
      );
    }, config);
  });

  Deno.test(`${name}: close() ends a fetch that waits, and may be repeated`, async () => {
    const client = await open(contractConfig());
    const place = await newPartition(client);
    const waiting = fetchOnce(client, place, 0, { ...LIMITS, maxWaitMs: DEADLINE_MS * 10 });
    const ended = failsAs(["CLOSED", "CONNECTION"], waiting);
    await client.close();
    await ended;
    await client.close();
    await failsAs("CLOSED", client.metadata("all"));
    await failsAs("CLOSED", client.allocateProducerId());
  });

  Deno.test(`${name}: a producer that is closed sends no more`, async () => {
    await usingClient(open, async (client) => {
      const place = await newPartition(client);
      const producer = await openProducer(open);
      await producer.send(place, [recordOf("1")]);
      await producer.close();
      await failsAs("CLOSED", producer.send(place, [recordOf("2")]));
      await producer.close();
    });
  });

  Deno.test(`${name}: opening a client does no I/O`, async () => {
    const client = await open({ ...contractConfig(), brokers: ["nowhere.invalid:9092"] });
    await client.close();
  });

  Deno.test(`${name}: a name that no address belongs to is CONNECTION`, async () => {
    await usingClient(open, async (client) => {
      await failsAs("CONNECTION", client.metadata("all"));
    }, { ...contractConfig(), brokers: ["nowhere.invalid:9092"] });
  });
}
