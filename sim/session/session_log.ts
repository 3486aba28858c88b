/**
 * The ground of a session in real time: the log that its manifest names, a file in the run's folder or
 * topics on a cluster, with proxies between where the script has faults of the network.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { startFloor } from "../../actors/floor/start_floor.ts";
import { type Clock, systemClock } from "../../actors/runtime/clock.ts";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog } from "../../kafka/open_event_log.ts";
import { wantsInjection } from "../faults/fault_of_log.ts";
import { wantsNetwork } from "../faults/fault_verbs.ts";
import type { ReportedLog } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { addressesOf, type ClusterFacts, clusterFacts } from "../run_on_cluster.ts";
import { NetworkFaults } from "./network_faults.ts";
import type { GroundedFloorOptions, SessionGround } from "./session_ground.ts";

/** A session's log. */
export class SessionLog implements SessionGround, AsyncDisposable {
  readonly #folder: RunFolder;
  readonly clock: Clock;
  /** Null: the session has no proxies. */
  readonly network: NetworkFaults | null;

  private constructor(folder: RunFolder, clock: Clock, network: NetworkFaults | null) {
    this.#folder = folder;
    this.clock = clock;
    this.network = network;
  }

  /** @throws {EventLogError} when proxies are wanted and the cluster's brokers cannot be found out */
  static async open(folder: RunFolder, clock: Clock = systemClock): Promise<SessionLog> {
    const { log, plan } = folder.manifest;
    const network = log !== undefined && wantsNetwork(plan.faults)
      ? NetworkFaults.open(await addressesOf(log))
      : null;
    return new SessionLog(folder, clock, network);
  }

  startFloor(options: GroundedFloorOptions): Promise<Floor> {
    const { paths, manifest } = this.#folder;
    return startFloor({
      ...options,
      log: this.#ofFloor(),
      directory: paths.directory,
      durability: manifest.durability,
      clock: this.clock,
      faultInjection: wantsInjection(manifest.plan.faults),
    });
  }

  get logConfig(): EventLogConfig {
    const { paths, manifest } = this.#folder;
    return manifest.log ?? { kind: "embedded", path: paths.log };
  }

  async openAgain(): Promise<EventLog> {
    return await openEventLog(this.logConfig, { create: false });
  }

  /** What cannot be found out of a cluster is left open. */
  async describe(): Promise<ReportedLog> {
    const { log, durability } = this.#folder.manifest;
    if (log === undefined) return { kind: "embedded", durability };
    const unknown = { brokers: null, replication: null };
    const facts: ClusterFacts | typeof unknown = await clusterFacts(log).catch(() => unknown);
    const { client = "kafkajs", topicPrefix } = log;
    return { kind: "kafka", client, ...facts, topicPrefix };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.network?.[Symbol.asyncDispose]();
  }

  #ofFloor(): "embedded" | ClusterLogConfig {
    const { log } = this.#folder.manifest;
    if (log === undefined) return "embedded";
    return this.network === null ? log : { ...log, through: this.network.through };
  }
}
