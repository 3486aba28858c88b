/**
 * Opens an event log by its configuration: the one place that knows every implementation.
 *
 * @module
 */

import type { ClusterLogConfig } from "./cluster/cluster_config.ts";
import { EmbeddedEventLog } from "./embedded/embedded_log.ts";
import { type Durability, type LossPolicy, openLogFile } from "./embedded/log_file.ts";
import type { AvailabilityChange, EventLog } from "./event_log.ts";
import { machineClock } from "./memory/machine_clock.ts";
import { MemoryEventLog, type MemoryLog, type MemoryLogOptions } from "./memory/memory_log.ts";
import { MemoryStore } from "./memory/memory_store.ts";

export type { Latency, LogCallKind } from "./memory/latency.ts";
export type { MemoryLog, MemoryLogOptions } from "./memory/memory_log.ts";

/** Which log, as plain data that can be sent to a worker. */
export type EventLogConfig = EmbeddedLogConfig | ClusterLogConfig;

/** A log in one file. */
export interface EmbeddedLogConfig {
  /** One file on this machine, shared by any number of workers and processes. */
  readonly kind: "embedded";
  /**
   * Where the file is. Beside it SQLite keeps `-wal` and `-shm` files while it is open, and the log
   * keeps `-ends`: what was acknowledged.
   */
  readonly path: string;
  /**
   * What survives once it is acknowledged: `process` (the default) the death of every process,
   * `disk` a power loss too, at the cost of a sync to disk at every publish and commit.
   */
  readonly durability?: Durability;
  /**
   * Set for an owner in no hurry: this handle then does the file's upkeep, which makes its own calls
   * slower now and then, before it comes to the others. Default false.
   */
  readonly background?: boolean;
}

/** What opening a log needs besides its configuration. */
export interface OpenEventLogOptions {
  /**
   * Milliseconds since the epoch: the log's stamps and the members' sessions. Default: the machine's.
   * A cluster has a clock of its own.
   */
  readonly now?: () => number;
  /**
   * Whether a log that does not exist is made. Default true; otherwise it is `log-missing`. A cluster
   * is never made, and not asked before the log is used.
   */
  readonly create?: boolean;
  /** What is done with a file that lacks acknowledged records. Default `refuse`. */
  readonly loss?: LossPolicy;
  /**
   * Told once when requests begin to fail because a cluster cannot be reached, and once when one
   * succeeds again. The embedded log never tells.
   */
  readonly onAvailability?: (change: AvailabilityChange) => void;
}

/**
 * Opens the log.
 * @throws {EventLogError} `log-missing`, `log-foreign`, `log-version`, `log-corrupt`, `log-incomplete`,
 * `log-locked`, `log-full` or `log-unavailable`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openEventLog } from "./open_event_log.ts";
 * const directory = await Deno.makeTempDir();
 * {
 *   await using log = await openEventLog({ kind: "embedded", path: `${directory}/events.log` });
 *   assert.deepEqual(await log.describeTopics(), []);
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function openEventLog(
  config: EventLogConfig,
  options: OpenEventLogOptions = {},
): Promise<EventLog> {
  if (config.kind === "kafka") {
    const { openClusterLog } = await import("./cluster/cluster_log.ts");
    return await openClusterLog(config, options);
  }
  const opened = openLogFile(config.path, {
    durability: config.durability ?? "process",
    create: options.create ?? true,
    loss: options.loss ?? "refuse",
  });
  return new EmbeddedEventLog({
    ...opened,
    now: options.now ?? machineTime,
    background: config.background ?? false,
  });
}

/**
 * Opens a log in memory, for one thread: nobody else can see it, and it ends with this handle. It goes
 * by the machine's time or by that of the clock it is given, and never waits for anything but that.
 *
 * @example Publish, join a group, poll, commit
 * ```ts
 * import assert from "node:assert/strict";
 * import { openMemoryLog } from "./open_event_log.ts";
 * import { topicSettings } from "./topics.ts";
 *
 * await using log = await openMemoryLog();
 * await log.createTopics(topicSettings({ partitions: { orders: 2 } }));
 * await log.publish([
 *   { topic: "orders", partition: 1, records: [{ key: "AAPL", value: "first" }] },
 * ]);
 *
 * const member = await log.join({ group: "readers", topics: ["orders"], instanceId: "reader-0" });
 * const told = await member.poll({ timeoutMs: 1_000 });
 * assert.equal(told.kind === "assignment" && told.assigned.length, 2);
 * const polled = await member.poll({ timeoutMs: 1_000 });
 * assert.ok(polled.kind === "records");
 * for (const { topic, partition, records, nextOffset } of polled.batches) {
 *   assert.deepEqual(records.map(({ key, text }) => [key, text]), [["AAPL", "first"]]);
 *   await member.commit([{ topic, partition, offset: nextOffset }]);
 * }
 * assert.ok((await log.lag("readers")).every(({ lag }) => lag === 0));
 * await member.leave();
 * ```
 */
export function openMemoryLog(options: MemoryLogOptions = {}): Promise<MemoryLog> {
  const store = new MemoryStore(options.clock ?? machineClock, options.latency);
  return Promise.resolve(new MemoryEventLog(store, true));
}

/** The wall clock, because processes that share a file compare their times. */
function machineTime(): number {
  return Date.now();
}
