import assert from "node:assert/strict";
import { systemClock } from "../../../actors/runtime/clock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import { encodeMessage, type Notification } from "../../../kafka/messages/mod.ts";
import { InjectedFaults } from "../../../actors/runtime/injected_faults.ts";
import { openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { createMeterActor, type MeterMetrics } from "../../../sim/measuring/meter_actor.ts";

function rejected(sequence: number): Notification {
  return {
    type: "order-rejected",
    id: `order-commands/0/${sequence}/0`,
    correlationId: "alice/1",
    causationId: `command-${sequence}`,
    sequence,
    timestamp: 1,
    userId: "alice",
    orderId: "1",
    clientTimestamp: systemClock.now(),
    duplicate: false,
    reason: "unknown-symbol",
    detail: "",
  };
}

async function publish(log: EventLog, from: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => ({
    key: "alice",
    value: encodeMessage(rejected(from + i)),
  }));
  await log.publish([{ topic: "notifications", partition: 0, records }]);
}

async function withMeter(
  use: (meter: Awaited<ReturnType<typeof createMeterActor>>, log: EventLog) => Promise<void>,
): Promise<void> {
  await using log = await openMemoryLog();
  await log.createTopics(topicSettings());
  await publish(log, 0, 3);
  const meter = await createMeterActor({
    id: "meter",
    role: "meter",
    incarnation: 1,
    options: { timedFrom: [{ topic: "notifications", partition: 0, offset: 3 }] },
    tell: () => {},
    channel: { send: () => Promise.resolve(), trySend: () => {} },
    faults: new InjectedFaults(),
  }, { log, clock: systemClock });
  const running = meter.run();
  try {
    await use(meter, log);
  } finally {
    meter.stop();
    await running;
  }
}

Deno.test("the meter reads on, and answers when it has read what was asked for", async () => {
  await withMeter(async (meter, log) => {
    await publish(log, 3, 4);
    const upTo = [{ topic: "notifications", partition: 0, offset: 7 }];
    const metrics = await meter.ask({ kind: "metrics", upTo }) as MeterMetrics; // what it answers
    assert.equal(metrics.complete, true);
    assert.equal(metrics.counts.orders.rejected, 7);
    assert.equal(metrics.answer.count, 4, "those from before are not timed");
    assert.equal(structuredClone(metrics).histograms.answer.outOfRange, 0);
  });
});

Deno.test("the meter says when it has not read everything in time", async () => {
  await withMeter(async (meter) => {
    const upTo = [{ topic: "notifications", partition: 0, offset: 99 }];
    const metrics = await meter.ask({ kind: "metrics", upTo, timeoutMs: 1 }) as MeterMetrics;
    assert.equal(metrics.complete, false);
  });
});

Deno.test("the meter refuses a question that it does not know", async () => {
  await withMeter(async (meter) => {
    await assert.rejects(meter.ask({ kind: "weather" }), /the meter knows "counts" and "metrics"/);
  });
});
