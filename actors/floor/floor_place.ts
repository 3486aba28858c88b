/**
 * Where a floor stands: its log, its folder, and the host that its actors run on.
 *
 * @module
 */

import { join } from "node:path";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import { type EventLogConfig, openEventLog, openMemoryLog } from "../../kafka/open_event_log.ts";
import type { HandleLimits } from "../runtime/actor_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { type ActorHost, singleThreadHost, workerHost } from "./actor_host.ts";
import { FloorParametersError } from "./floor_parameters.ts";
import { LogAvailability } from "./log_availability.ts";
import { logPermissions } from "./log_permissions.ts";
import { LogReach } from "./log_reach.ts";
import { lockFile } from "./process_lock.ts";

/** What is chosen about a floor's place; `FloorOptions` says what each means. */
export interface PlaceOptions {
  readonly log: "embedded" | "memory" | ClusterLogConfig;
  readonly directory?: string;
  readonly durability?: "process" | "disk";
  readonly limitsOfActors?: Partial<HandleLimits>;
  readonly faultInjection?: boolean;
}

/** A log that is open, and a host whose actors open it for themselves. */
export interface LogPlace {
  readonly log: EventLog;
  readonly host: ActorHost;
  /** Whether its cleanup policies are applied without anybody's asking. */
  readonly cleansItself: boolean;
  /** How long a member of a group may be silent; undefined: as the log has it. */
  readonly sessionTimeoutMs?: number;
  /** Records folded between two snapshots; undefined: as folds have it. */
  readonly snapshotEveryRecords?: number;
  /** How long in all the log has been out of reach, in ms; undefined: it never is. */
  readonly outOfReachMs?: () => number;
  /** Null: the log is on this machine, always within reach. */
  readonly reach: LogReach | null;
  /** Closes the log. Idempotent. */
  close(): Promise<void>;
}

/** A floor's place, held by this process. */
export interface FloorPlace extends LogPlace {
  /** Null: the floor keeps no audit log. */
  readonly auditFolder: string | null;
  /** Closes the log and lets another process have the folder. Idempotent. */
  close(): Promise<void>;
}

/** The file of an embedded log in its floor's folder. */
export function logFileIn(directory: string): string {
  return join(directory, "log.sqlite");
}

/**
 * After so long in silence a process is taken for dead, and its partitions go to others: the shortest
 * that a Kafka broker grants unless it is told otherwise (`group.min.session.timeout.ms`). An actor that
 * is started again waits for nothing, since it comes back under its lasting name; and one whose thread is
 * deaf for 5 s is replaced anyway.
 */
export const CLUSTER_SESSION_TIMEOUT_MS = 6_000;

/**
 * Opens a floor's place.
 *
 * @throws {FloorParametersError} when the folder is missing from the options, or another floor has it
 * @throws {EventLogError} when the log cannot be opened
 */
export async function openPlace(options: PlaceOptions, runtime: Runtime): Promise<FloorPlace> {
  if (options.log === "memory") return await openMemoryPlace(options, runtime);
  const { directory, durability = "process" } = options;
  if (directory === undefined) {
    throw new FloorParametersError(
      options.log === "embedded"
        ? `Cannot open the floor: an embedded log needs a directory, as in { directory: "my-floor" }`
        : `Cannot open the floor: the audit log needs a directory, as in { directory: "my-floor" }`,
    );
  }
  await Deno.mkdir(join(directory, "audit"), { recursive: true });
  const folder = await Deno.realPath(directory);
  // Two floors in one folder would send under one name and take each other's answers.
  const lock = await lockFile(join(folder, "floor.lock"));
  if (lock === null) {
    throw new FloorParametersError(
      `Cannot open the floor: another floor runs in ${directory}; stop it, or take another directory`,
    );
  }
  const config: EventLogConfig = options.log === "embedded"
    ? { kind: "embedded", path: logFileIn(folder), durability }
    : options.log;
  try {
    const { limitsOfActors: limits = {}, faultInjection = false } = options;
    const place = await openLogPlace(config, { runtime, limits, create: true, faultInjection });
    return {
      ...place,
      auditFolder: join(folder, "audit"),
      close: async () => {
        await place.close();
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

/**
 * Opens a log for this process and its workers. A cluster is asked first whether it is there, so that a
 * wrong address is told at once.
 *
 * @throws {EventLogError} when the log cannot be opened
 */
export async function openLogPlace(config: EventLogConfig, options: {
  readonly runtime: Runtime;
  readonly limits: Partial<HandleLimits>;
  /** Whether a file that is not there is made. */
  readonly create: boolean;
  /** Whether faults of the log can be injected into the actors. */
  readonly faultInjection: boolean;
}): Promise<LogPlace> {
  const { runtime, limits, create, faultInjection } = options;
  if (config.kind === "embedded") {
    const permissions = logPermissions(config);
    const log = await openEventLog(config, { create });
    return {
      log,
      host: workerHost({ config, permissions, runtime, limits, faultInjection }),
      cleansItself: false,
      reach: null,
      close: () => log.close(),
    };
  }
  // Loaded where there is a cluster: other floors need none of it.
  const { checkCluster } = await import("../../kafka/cluster/check_cluster.ts");
  const { brokers } = await checkCluster(config);
  const advertised = brokers.map(({ host, port }) => `${host}:${port}`);
  const permissions = logPermissions(config, advertised);
  const availability = new LogAvailability(runtime);
  const log = await openEventLog(config, { onAvailability: (told) => availability.tell(told) });
  const reach = new LogReach(log, { clock: runtime.clock, why: () => availability.why });
  return {
    log,
    host: workerHost({ config, permissions, runtime, limits, faultInjection }),
    cleansItself: true,
    sessionTimeoutMs: CLUSTER_SESSION_TIMEOUT_MS,
    outOfReachMs: () => availability.outOfReachMs,
    reach,
    close: async () => {
      reach.close();
      await log.close();
      await reach.ended;
    },
  };
}

async function openMemoryPlace(options: PlaceOptions, runtime: Runtime): Promise<FloorPlace> {
  const { directory, limitsOfActors: limits = {}, faultInjection = false } = options;
  const log = await openMemoryLog({ clock: runtime.clock });
  return {
    log,
    host: singleThreadHost({ openLog: () => log.handle(), runtime, limits, faultInjection }),
    cleansItself: false,
    reach: null,
    auditFolder: directory === undefined ? null : join(directory, "audit"),
    close: () => log.close(),
  };
}
