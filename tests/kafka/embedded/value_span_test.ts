import assert from "node:assert/strict";
import type { EventLog } from "../../../kafka/event_log.ts";
import { openEventLog, openMemoryLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";
import { spanOf } from "../../../kafka/value_span.ts";

const PLACE = { topic: "orders", partition: 0 };

/** Publishes three values, and reads them by their spans. */
async function readBySpans(log: EventLog) {
  await log.createTopics(topicSettings());
  const values = ["first", null, "second"];
  await log.publish([{ ...PLACE, records: values.map((value) => ({ key: "AAPL", value })) }]);
  const reader = log.openReader([{ ...PLACE, offset: 0 }]);
  const [batch] = await reader.poll({ timeoutMs: 0 });
  reader.close();
  return batch!.records.map((record) => spanOf(record));
}

Deno.test("spanOf() finds values among the bytes of an embedded log's batch", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using log = await openEventLog({ kind: "embedded", path: `${folder}/log.sqlite` });
    const [first, none, second] = await readBySpans(log);
    assert.equal(none, null);
    assert.equal(first!.bytes, second!.bytes);
    assert.deepEqual([first, second].map(textOf), ["first", "second"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("spanOf() finds the values of a log that keeps each by itself", async () => {
  await using log = await openMemoryLog();
  const [first, none, second] = await readBySpans(log);
  assert.equal(none, null);
  assert.deepEqual([first, second].map(textOf), ["first", "second"]);
});

function textOf(span: ReturnType<typeof spanOf> | undefined): string {
  const { bytes, start, end } = span!;
  return new TextDecoder().decode(bytes.subarray(start, end));
}
