import assert from "node:assert/strict";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { OwedPublishes } from "../../../sim/explorer/owed_publishes.ts";

const GATEWAY = { id: "order-gateway-0", incarnation: 1 };

const PUBLISH = { operation: "publish", places: [{ topic: "orders", partition: 0 }] } as const;

Deno.test("OwedPublishes counts what is under way, and what was rejected until it is acknowledged", () => {
  const owed = new OwedPublishes();
  owed.call(GATEWAY, { ...PUBLISH, moment: "before" });
  assert.deepEqual(owed.owers, ["order-gateway-0:1"]);
  owed.call(GATEWAY, { ...PUBLISH, moment: "after", failed: true });
  assert.deepEqual(owed.owers, ["order-gateway-0:1"]);
  owed.call(GATEWAY, { ...PUBLISH, moment: "before" });
  owed.call(GATEWAY, { ...PUBLISH, moment: "after" });
  assert.deepEqual(owed.owers, []);
  owed.call(GATEWAY, { operation: "commit", moment: "before", places: [] });
  assert.deepEqual(owed.owers, []);
});

Deno.test("OwedPublishes expects nothing of an incarnation that is down", () => {
  const owed = new OwedPublishes();
  owed.call(GATEWAY, { ...PUBLISH, moment: "before" });
  const down: RuntimeEvent = {
    kind: "down",
    reason: "unresponsive",
    confirmed: false,
    at: 0,
    number: 0,
    actor: GATEWAY.id,
    incarnation: 1,
  };
  owed.event(down);
  assert.deepEqual(owed.owers, []);
  owed.call(GATEWAY, { ...PUBLISH, moment: "before" });
  assert.deepEqual(owed.owers, []);
  owed.call({ ...GATEWAY, incarnation: 2 }, { ...PUBLISH, moment: "before" });
  assert.deepEqual(owed.owers, ["order-gateway-0:2"]);
});
