import assert from "node:assert/strict";
import { stopsOf } from "../../../sim/explain/where_it_stopped.ts";
import { StagedFloor } from "./staged_floor.ts";

Deno.test("stopsOf() finds that a step stopped whose outputs are not all there, or which took nothing", async () => {
  const floor = await StagedFloor.open();
  await floor.at(10).opens("alice", 0, { AAPL: 100 });
  await floor.at(100).order("alice/a1", { side: "sell", quantity: 7, price: 160 });
  await using log = await floor.run();
  const place = { topic: "order-commands", partition: 0, offset: 2 } as const;
  const step = await log.step(place, "order-gateway");
  assert.deepEqual(await stopsOf(log, step), []);
  const [first, second] = step.sent;
  assert.ok(first !== undefined && second !== undefined);
  assert.deepEqual(await stopsOf(log, { ...step, sent: [first, { ...second, place: null }] }), [
    "Of what follows from order-commands/0/2, 1 of 2 messages are in the log. Not there: " +
    '"alice\'s order a1 is placed: sell 7 AAPL at 160.00". order-gateway ended between two ' +
    "publishes and did not come back before the run ended.",
  ]);
  assert.deepEqual(await stopsOf(log, { ...step, outcome: "skipped", sent: [] }), [
    "order-gateway passed over order-commands/0/2 as poison, so nothing followed from it.",
  ]);
  assert.deepEqual(await stopsOf(log, { ...step, outcome: "refused", sent: [] }), [
    "order-gateway refused order-commands/0/2, which fits nothing that it knows: its dead letter " +
    "is not in the log.",
  ]);
});
