/**
 * What the contract suite needs of an implementation, and small words to write its tests with.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  type EventLog,
  EventLogError,
  type EventLogErrorCode,
  type GroupMember,
  type LogRecord,
  type TopicPartition,
  type TopicSettings,
} from "../../kafka/event_log.ts";

/** A fresh log, or a part of one that no other test uses. */
export interface LogFixture extends AsyncDisposable {
  readonly log: EventLog;
  /** Another handle of the same log, closed by the test; null where there can be but one. */
  readonly openAnother: (() => Promise<EventLog>) | null;
  /** The log's time and how to move it on; null where the log has a clock of its own. */
  readonly clock: { now(): number; advance(ms: number): void } | null;
  /** The shortest session that the transport permits. */
  readonly sessionTimeoutMs: number;
  /** Within it everything that a test waits for must have come. */
  readonly deadlineMs: number;
}

/** A name that no other test and no earlier run has used. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${crypto.randomUUID().slice(0, 13)}`;
}

/** Settings of a plain topic, with what the test wants otherwise. */
export function plainTopic(settings: Partial<TopicSettings> = {}): TopicSettings {
  return {
    name: uniqueName("topic"),
    partitions: 2,
    cleanup: "keep",
    retentionMs: null,
    timestampType: "create-time",
    ...settings,
  };
}

/** Creates a plain topic and gives its name. */
export async function newTopic(
  log: EventLog,
  settings: Partial<TopicSettings> = {},
): Promise<string> {
  const topic = plainTopic(settings);
  await log.createTopics([topic]);
  return topic.name;
}

/** Publishes texts to one partition, in one batch, without keys. */
export async function publishTexts(
  log: EventLog,
  place: TopicPartition,
  texts: readonly string[],
): Promise<number> {
  const records = texts.map((value) => ({ key: null, value }));
  const [published] = await log.publish([{ ...place, records }]);
  return published!.baseOffset;
}

/** `count` records of a partition from `offset` on. */
export async function readRecords(
  fixture: Pick<LogFixture, "log" | "deadlineMs">,
  { offset = 0, ...place }: TopicPartition & { readonly offset?: number },
  count: number,
): Promise<readonly LogRecord[]> {
  const reader = fixture.log.openReader([{ ...place, offset }]);
  const records: LogRecord[] = [];
  try {
    const before = deadline(fixture.deadlineMs, () => `${count} records, got ${records.length}`);
    while (records.length < count) {
      before();
      for (const batch of await reader.poll({ timeoutMs: 200 })) records.push(...batch.records);
    }
  } finally {
    reader.close();
  }
  return records;
}

/** Throws once the time is up, naming what was waited for. */
export function deadline(ms: number, waitedFor: () => string): () => void {
  const end = performance.now() + ms;
  return () => {
    if (performance.now() > end) assert.fail(`no ${waitedFor()} within ${ms} ms`);
  };
}

/** Polls members in turn until `done`; gives the records each has been delivered. */
export async function pollUntil(
  fixture: Pick<LogFixture, "deadlineMs">,
  members: readonly GroupMember[],
  done: (delivered: readonly LogRecord[][]) => boolean,
  everyRound: () => void = () => {},
): Promise<readonly LogRecord[][]> {
  const delivered: LogRecord[][] = members.map(() => []);
  const before = deadline(fixture.deadlineMs, () => "state that the test waits for");
  while (!done(delivered)) {
    before();
    everyRound();
    for (const [i, member] of members.entries()) {
      const polled = await member.poll({ timeoutMs: 20 });
      if (polled.kind !== "records") continue;
      for (const batch of polled.batches) delivered[i]!.push(...batch.records);
    }
  }
  return delivered;
}

/** Polls members until together they have `partitions` partitions and know the same generation. */
export async function untilBalanced(
  fixture: Pick<LogFixture, "deadlineMs">,
  members: readonly GroupMember[],
  partitions: number,
): Promise<void> {
  await pollUntil(fixture, members, () => {
    const generations = new Set(members.map(({ generation }) => generation));
    const owned = members.flatMap(({ assignment }) => assignment.map(placeName));
    return generations.size === 1 && owned.length === partitions &&
      new Set(owned).size === partitions && members.every((member) => member.generation > 0);
  });
}

export function placeName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

export function textsOf(records: readonly LogRecord[]): (string | null)[] {
  return records.map(({ text }) => text);
}

/** Asserts that the promise fails with one of the codes; gives the error. */
export async function failsWith(
  work: Promise<unknown>,
  ...codes: readonly EventLogErrorCode[]
): Promise<EventLogError> {
  const error = await work.then(() => null, (error: unknown) => error);
  assert.ok(error instanceof EventLogError, `expected ${codes.join(" or ")}, got ${error}`);
  assert.ok(codes.includes(error.code), `expected ${codes.join(" or ")}, got ${error.code}`);
  assert.match(error.message, /^Cannot [^:]+: ./);
  return error;
}
