import assert from "node:assert/strict";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { topicSettings } from "../../../kafka/topics.ts";

Deno.test("FetchedBatch.release() gives the bytes back, and the log has its records still", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using log = await openEventLog({ kind: "embedded", path: `${folder}/log.sqlite` });
    await log.createTopics(topicSettings());
    const place = { topic: "orders", partition: 0 };
    for (const value of ["first", "second"]) {
      await log.publish([{
        ...place,
        records: [{ key: "AAPL", value }, { key: null, value: null }],
      }]);
    }
    const reader = log.openReader([{ ...place, offset: 0 }]);
    const [batch] = await reader.poll({ timeoutMs: 0 });
    const values = batch!.records.flatMap(({ value }) => value ?? []);
    assert.deepEqual(values.map(({ length }) => length), [5, 6]);
    batch!.release!();
    batch!.release!();
    assert.deepEqual(values.map(({ length }) => length), [0, 0]);
    reader.seek({ ...place, offset: 0 });
    const [again] = await reader.poll({ timeoutMs: 0 });
    assert.deepEqual(again!.records.map(({ text }) => text), ["first", null, "second", null]);
    reader.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
