/**
 * Runs of `deno task sim` on the test's cluster, and their topics' end.
 *
 * @module
 */

import { join } from "node:path";
import type { KafkaClientName } from "../../../kafka/cluster/cluster_config.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import { runTopicsCommand } from "../../../sim/topics_command.ts";
import { uniqueName } from "../../kafka/log_fixture.ts";
import { testBrokers } from "../support/test_brokers.ts";

/** A run that may be played, and whose folder and topics go at the end. */
export interface RunOnKafka extends AsyncDisposable {
  readonly runId: string;
  /** Where runs are kept. */
  readonly runs: string;
  readonly directory: string;
  /** For `deno task sim`: where the run is kept and which cluster it is on. */
  readonly options: readonly string[];
}

/** Names a run; nothing is made but a folder to keep it in. */
export async function runOnKafka(client: KafkaClientName): Promise<RunOnKafka> {
  const runs = await Deno.makeTempDir({ prefix: "outcry-kafka-" });
  const runId = uniqueName("run");
  const brokers = testBrokers();
  return {
    runId,
    runs,
    directory: join(runs, runId),
    options: [
      ...["--runs", runs, "--run-id", runId],
      ...["--brokers", brokers.join(","), "--client", client],
    ],
    async [Symbol.asyncDispose]() {
      await Deno.remove(runs, { recursive: true });
      await using log = await openEventLog({ kind: "kafka", brokers, topicPrefix: `${runId}.` });
      const topics = (await log.describeTopics()).map(({ name }) => name);
      if (topics.length > 0) await log.deleteTopics(topics);
    },
  };
}

/** Runs `deno task topics` with these arguments on the test's cluster. */
export async function topics(...args: readonly string[]) {
  const lines: string[] = [];
  const line = (text: string) => void lines.push(text);
  const code = await runTopicsCommand([...args, "--brokers", testBrokers().join(",")], {
    out: line,
    error: line,
  });
  return { code, text: lines.join("\n") };
}
