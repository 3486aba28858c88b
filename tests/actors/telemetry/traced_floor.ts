/**
 * A floor that a process of its own plays, so that its environment decides whether it is traced:
 * one trade, one refusal. Prints the headers of every record of the log, as JSON.
 *
 * Arguments: the floor's folder; optionally `crash`, which ends the engine before the second order.
 *
 * @module
 */

import { startFloor } from "../../../actors/floor/start_floor.ts";
import { readRange } from "../../../actors/log_access/read_range.ts";
import { OrderRejectedError } from "../../../actors/order_command_producer/order_errors.ts";

const [directory, mishap] = Deno.args;
if (directory === undefined) throw new Error("Cannot play: no folder is given");

const floor = await startFloor({
  log: "embedded",
  directory,
  symbols: ["AAPL"],
  accounts: [
    { userId: "alice", cash: 0, holdings: { AAPL: 7 } },
    { userId: "bob", cash: 10_000 },
  ],
});
const order = { symbol: "AAPL", quantity: 2, price: 160 };
await floor.orders.sendOrder({ ...order, orderId: "a1", userId: "alice", side: "sell" });
await floor.idle();
if (mishap === "crash") await floor.actor("trading-engine-0").crash();
await floor.orders.sendOrder({ ...order, orderId: "b1", userId: "bob", side: "buy" });
await floor.idle();
try {
  await floor.orders.sendOrder({
    ...order,
    symbol: "NONE",
    orderId: "b2",
    userId: "bob",
    side: "buy",
  });
} catch (error) {
  if (!(error instanceof OrderRejectedError)) throw error;
}
await floor.idle();
const records: { topic: string; text: string | null; headers: unknown }[] = [];
for (const { name: topic, offsets } of await floor.log.describeTopics()) {
  for (let partition = 0; partition < offsets.length; partition++) {
    for await (const { text, headers } of readRange(floor.log, { topic, partition })) {
      records.push({ topic, text, headers });
    }
  }
}
await floor.stop();
console.log(JSON.stringify(records));
Deno.exit();
