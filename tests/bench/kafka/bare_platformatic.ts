/** @platformatic/kafka by itself. */

import { Buffer } from "node:buffer";
import { Consumer, MessagesStreamModes, Producer } from "@platformatic/kafka";
import type { BareClient } from "./bare_client.ts";

/** As the event log's long polls. */
const MAX_WAIT_MS = 500;

/** @platformatic/kafka on these brokers. */
export function barePlatformatic(brokers: readonly string[]): BareClient {
  const base = { clientId: "bench", bootstrapBrokers: [...brokers] };
  return {
    name: "platformatic",
    openProducer({ idempotent }) {
      const producer = new Producer({ ...base, idempotent, acks: -1 });
      return Promise.resolve({
        prepare(topic, partition, records) {
          const messages = records.map(({ key, value }) => ({
            topic,
            partition,
            ...(key === null ? {} : { key: Buffer.from(key) }),
            value: Buffer.from(value),
          }));
          return async () => void await producer.send({ messages });
        },
        [Symbol.asyncDispose]: () => producer.close(),
      });
    },
    async consume(topic, onValues) {
      const consumer = new Consumer({ ...base, groupId: topic, maxWaitTime: MAX_WAIT_MS });
      const stream = await consumer.consume({
        topics: [topic],
        mode: MessagesStreamModes.EARLIEST,
        autocommit: false,
      });
      stream.on("data", ({ value }) => onValues([value]));
      return { [Symbol.asyncDispose]: () => consumer.close(true) };
    },
  };
}
