import assert from "node:assert/strict";
import { type LogFixture, plainTopic } from "./log_fixture.ts";

/** Drift: what is otherwise than wanted. */
export function driftContract(name: string, open: () => Promise<LogFixture>): void {
  Deno.test(`${name}: findDrift() finds nothing in topics that were created as wanted`, async () => {
    await using fixture = await open();
    const wanted = [
      plainTopic({ partitions: 3, timestampType: "log-append-time" }),
      plainTopic({ cleanup: "compact" }),
      plainTopic({ cleanup: "delete", retentionMs: 60_000 }),
    ];
    await fixture.log.createTopics(wanted);
    assert.deepEqual(await fixture.log.findDrift(wanted), []);
    assert.deepEqual(await fixture.log.findDrift([]), []);
  });

  Deno.test(`${name}: findDrift() names a missing topic and every setting that differs`, async () => {
    await using fixture = await open();
    const topic = plainTopic({ partitions: 2 });
    await fixture.log.createTopics([topic, plainTopic()]);
    const missing = plainTopic();
    const otherwise = {
      ...topic,
      partitions: 5,
      cleanup: "delete",
      retentionMs: 1_000,
      timestampType: "log-append-time",
    } as const;
    assert.deepEqual(await fixture.log.findDrift([otherwise, missing]), [
      ...[
        "has 2 partitions instead of 5",
        "has cleanup policy keep instead of delete",
        "has retention without end instead of 1000 ms",
        "is stamped by create-time instead of log-append-time",
      ].map((difference) => ({ topic: topic.name, kind: "different", difference })),
      { topic: missing.name, kind: "missing", difference: "does not exist" },
    ]);
  });
}
