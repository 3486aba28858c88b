import assert from "node:assert/strict";
import { NotifierProcessor } from "../../../actors/notifier/notifier_processor.ts";
import { notificationLog, publishText, tell } from "./notifier_floor.ts";

Deno.test("NotifierProcessor counts each notification of a user once and passes over the rest", async () => {
  await using log = await notificationLog();
  await tell(log, "501", [0, 1]);
  await publishText(log, "501", [null, "{"]);
  const counters = { delivered: 0, unreadable: 0 };
  const processor = new NotifierProcessor({ position: 1, counters });
  const reader = log.openReader(
    [0, 1, 2].map((partition) => ({ topic: "notifications", partition, offset: 0 })),
  );
  const records = (await reader.poll({ timeoutMs: 1_000 })).flatMap((batch) => batch.records);
  reader.close();
  await processor.process(records);
  await processor.process(records);
  assert.equal(processor.position, 4);
  assert.deepEqual(counters, { delivered: 2, unreadable: 1 });
  await processor.flush();
  processor.abandon();
});
