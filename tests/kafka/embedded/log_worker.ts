/**
 * A worker that works on a log as its tests tell it to: publishes, answers, or holds the write lock.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import type { EventLog } from "../../../kafka/event_log.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { plainTopic } from "../log_fixture.ts";

/** What a worker can be told to do; it answers `done` when it has, or has begun to. */
export type LogTask =
  | {
    readonly do: "publish";
    readonly topic: string;
    readonly partition: number;
    readonly count: number;
  }
  | { readonly do: "echo"; readonly from: string; readonly to: string; readonly count: number }
  | { readonly do: "create"; readonly topic: string }
  | { readonly do: "hold-lock" };

export interface LogWorkerStart {
  readonly path: string;
  readonly task: LogTask;
}

// A worker's own scope has `onmessage` and `postMessage`, which the window's types do not know.
const scope = self as unknown as {
  onmessage: (event: MessageEvent<LogWorkerStart>) => void;
  postMessage(message: string): void;
};

/** Held for as long as the worker lives. */
let held: DatabaseSync | null = null;

scope.onmessage = async ({ data: { path, task } }) => {
  if (task.do === "hold-lock") {
    held = new DatabaseSync(path);
    held.exec("BEGIN IMMEDIATE; UPDATE log SET topics_version = topics_version");
    scope.postMessage("done");
    return;
  }
  await using log = await openEventLog({ kind: "embedded", path });
  if (task.do === "publish") {
    for (let i = 0; i < task.count; i++) await publish(log, task.topic, task.partition, `${i}`);
  } else if (task.do === "create") {
    await log.createTopics([plainTopic({ name: task.topic })]);
    await publish(log, task.topic, 0, "here");
  } else {
    scope.postMessage("ready");
    await echo(log, task);
  }
  scope.postMessage("done");
};

async function publish(log: EventLog, topic: string, partition: number, value: string) {
  await log.publish([{ topic, partition, records: [{ key: null, value }] }]);
}

/** Publishes every record of one topic to another. */
async function echo(
  log: EventLog,
  { from, to, count }: Extract<LogTask, { do: "echo" }>,
): Promise<void> {
  const reader = log.openReader([{ topic: from, partition: 0, offset: 0 }]);
  for (let seen = 0; seen < count;) {
    for (const batch of await reader.poll({ timeoutMs: 1_000 })) {
      seen += batch.records.length;
      for (const { text } of batch.records) await publish(log, to, 0, text ?? "");
    }
  }
  reader.close();
}

scope.postMessage("loaded");
