/**
 * The log that a session is played on, as its manifest names it: a file in the run's folder, or topics
 * on a cluster, with proxies between where the script has faults of the network.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import type { ReportedLog } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { addressesOf, type ClusterFacts, clusterFacts } from "../run_on_cluster.ts";
import { isNetworkVerb } from "../scenario_events.ts";
import { LogFaults } from "./log_faults.ts";

/** A session's log. */
export class SessionLog implements AsyncDisposable {
  readonly #folder: RunFolder;
  /** Null: the session has no proxies. */
  readonly faults: LogFaults | null;

  private constructor(folder: RunFolder, faults: LogFaults | null) {
    this.#folder = folder;
    this.faults = faults;
  }

  /** @throws {EventLogError} when proxies are wanted and the cluster's brokers cannot be found out */
  static async open(folder: RunFolder): Promise<SessionLog> {
    const { log, plan } = folder.manifest;
    const isCut = plan.events.some(({ verb }) => isNetworkVerb(verb));
    const faults = log !== undefined && isCut ? LogFaults.open(await addressesOf(log)) : null;
    return new SessionLog(folder, faults);
  }

  /** As a floor takes it. */
  get ofFloor(): "embedded" | ClusterLogConfig {
    const { log } = this.#folder.manifest;
    if (log === undefined) return "embedded";
    return this.faults === null ? log : { ...log, through: this.faults.through };
  }

  /** A handle of one's own, past all faults. @throws {EventLogError} when there is no log */
  async openAgain(): Promise<EventLog> {
    const { paths, manifest } = this.#folder;
    const config: EventLogConfig = manifest.log ?? { kind: "embedded", path: paths.log };
    return await openEventLog(config, { create: false });
  }

  /** As a report tells it. Never rejects: what cannot be found out of a cluster is left open. */
  async describe(): Promise<ReportedLog> {
    const { log, durability } = this.#folder.manifest;
    if (log === undefined) return { kind: "embedded", durability };
    const unknown = { brokers: null, replication: null };
    const facts: ClusterFacts | typeof unknown = await clusterFacts(log).catch(() => unknown);
    const { client = "kafkajs", topicPrefix } = log;
    return { kind: "kafka", client, ...facts, topicPrefix };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.faults?.[Symbol.asyncDispose]();
  }
}
