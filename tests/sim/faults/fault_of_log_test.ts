import assert from "node:assert/strict";
import { logFaultOf, wantsInjection } from "../../../sim/faults/fault_of_log.ts";
import type { PlannedFault } from "../../../sim/faults/planned_fault.ts";

const trigger = { kind: "time", atMs: 0 } as const;
const id = "faults[4]";
const orders = { topic: "orders" };
const orders3 = { topic: "orders", partition: 3 };

/** Each verb of the log, and what an actor's log is told. */
const CASES: readonly (readonly [Omit<PlannedFault, "trigger">, object])[] = [
  [{ verb: "slow", target: "notifier", byMs: 5, forMs: 9 }, { kind: "slow", byMs: 5 }],
  [{ verb: "slow", target: "orders", byMs: 5, forMs: 9 }, { kind: "slow", byMs: 5, where: orders }],
  [{ verb: "delay", target: "log", byMs: 5, forMs: 9 }, { kind: "slow", byMs: 5 }],
  [{ verb: "stall", target: "log", forMs: 9 }, { kind: "slow", byMs: 9 }],
  [{ verb: "cut", target: "orders/3", forMs: 9 }, { kind: "unavailable", where: orders3 }],
  [{ verb: "fillDisk", target: "log", forMs: 9 }, { kind: "full" }],
  [
    { verb: "delayAck", target: "trading-engine orders/3", byMs: 5, forMs: 9 },
    { kind: "late-acknowledgement", byMs: 5 },
  ],
  [{ verb: "loseAck", target: "orders" }, {
    kind: "lost-acknowledgement",
    times: 1,
    where: orders,
  }],
  [{ verb: "loseAck", target: "notifier", times: 3 }, { kind: "lost-acknowledgement", times: 3 }],
  [{ verb: "duplicate", target: "trading-engine-0" }, { kind: "duplicate-delivery", times: 1 }],
  [
    { verb: "duplicate", target: "trading-engine orders/3", times: 2 },
    { kind: "duplicate-delivery", times: 2, where: orders3 },
  ],
  [
    { verb: "redeliver", target: "orders/3", records: 40 },
    { kind: "redelivery", records: 40, times: 1, where: orders3 },
  ],
  [
    { verb: "jumpClock", target: "order-command-producer-0", byMs: -7 },
    { kind: "clock-jump", byMs: -7 },
  ],
];

Deno.test("logFaultOf() says each fault of the log in the words of the actors' logs", () => {
  for (const [fault, expected] of CASES) {
    assert.deepEqual(logFaultOf({ trigger, ...fault }, id), { id, ...expected });
  }
  const call = { kind: "call", call: "commit", moment: "before", nth: 7 } as const;
  assert.deepEqual(logFaultOf({ trigger: call, verb: "crash", target: "notifier-0" }, id), {
    id,
    kind: "crash",
    operation: "commit",
    moment: "before",
    skip: 6,
    times: 1,
  });
});

Deno.test("wantsInjection() is for faults that only the actors' logs can make", () => {
  const crash = { trigger, verb: "crash", target: "notifier-0" } as const;
  assert.equal(wantsInjection([]), false);
  assert.equal(wantsInjection([crash, { ...crash, verb: "poison", target: "orders/1" }]), false);
  assert.equal(wantsInjection([crash, { ...crash, verb: "duplicate" }]), true);
  const call = { kind: "call", call: "join", moment: "after", nth: 1 } as const;
  assert.equal(wantsInjection([{ ...crash, trigger: call }]), true);
});
