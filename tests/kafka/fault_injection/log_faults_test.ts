import assert from "node:assert/strict";
import { LogFaults } from "../../../kafka/fault_injection/log_faults.ts";

Deno.test("LogFaults.active names what may have an effect: begun, not ended, not spent", () => {
  const faults = new LogFaults();
  faults.begin({ id: "a", kind: "slow", byMs: 5 });
  faults.begin({ id: "b", kind: "lost-acknowledgement", times: 1 });
  faults.begin({ id: "c", kind: "redelivery", records: 3 });
  assert.deepEqual(faults.active.map(({ id }) => id), ["a", "b", "c"]);
  for (const kind of ["lost-acknowledgement", "redelivery"] as const) {
    faults.fire(faults.holding(kind)[0]!);
  }
  faults.end("nothing");
  assert.deepEqual(faults.active.map(({ id }) => id), ["a"]);
  faults.endAll();
  assert.deepEqual(faults.active, []);
  assert.deepEqual(["a", "b", "c"].map((id) => faults.fired(id)), [0, 1, 1]);
});

Deno.test("LogFaults.begin() of an id begins it anew", () => {
  const faults = new LogFaults();
  const told: string[] = [];
  faults.onFired(({ id }) => told.push(id));
  faults.begin({ id: "a", kind: "lost-acknowledgement", times: 1 });
  const [first] = faults.holding("lost-acknowledgement");
  faults.fire(first!);
  faults.begin({ id: "a", kind: "lost-acknowledgement", times: 1 });
  assert.equal(first!.ended, true);
  assert.equal(faults.fired("a"), 0);
  faults.fire(faults.holding("lost-acknowledgement")[0]!);
  assert.deepEqual(told, ["a", "a"]);
});

Deno.test("LogFaults.holding() goes by topic and partition, where a fault names them", () => {
  const faults = new LogFaults();
  faults.begin({ id: "all", kind: "slow", byMs: 1 });
  faults.begin({ id: "topic", kind: "slow", byMs: 1, where: { topic: "orders" } });
  faults.begin({ id: "place", kind: "slow", byMs: 1, where: { topic: "orders", partition: 3 } });
  const holding = (topic: string, partition?: number) =>
    faults.holding("slow", [{ topic, ...(partition === undefined ? {} : { partition }) }])
      .map(({ fault }) => fault.id);
  assert.deepEqual(holding("orders", 3), ["all", "topic", "place"]);
  assert.deepEqual(holding("orders", 2), ["all", "topic"]);
  assert.deepEqual(holding("notifications", 3), ["all"]);
  assert.deepEqual(holding("orders"), ["all", "topic", "place"]);
});

Deno.test("LogFaults.claimed() is off by the farthest jump, and never before the epoch", () => {
  const faults = new LogFaults();
  assert.equal(faults.claimed(1_000), 1_000);
  faults.begin({ id: "a", kind: "clock-jump", byMs: 100 });
  faults.begin({ id: "b", kind: "clock-jump", byMs: -300 });
  assert.equal(faults.claimed(1_000), 700);
  assert.equal(faults.claimed(200), 0);
  faults.end("b");
  assert.equal(faults.claimed(1_000), 1_100);
  assert.deepEqual([faults.fired("a"), faults.fired("b")], [1, 2]);
});
