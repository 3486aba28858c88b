/**
 * Joining a running floor from another process or another machine: a share of its actors, under a
 * supervisor of their own.
 *
 * @module
 */

import { join } from "node:path";
import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import { DEFAULT_SESSION_TIMEOUT_MS } from "../../kafka/join_rules.ts";
import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import type { PartitionCounts } from "../fold/partition_fold.ts";
import type { HandleLimits } from "../runtime/actor_handle.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { RuntimeEventSink } from "../runtime/event_stream.ts";
import { Runtime } from "../runtime/runtime.ts";
import { seededRandom } from "../seeded_random.ts";
import { CONSUMER_ROLES } from "../topology.ts";
import type { ConsumerSettings } from "./consumer_actor.ts";
import { superviseConsumers } from "./consumer_supervision.ts";
import {
  differenceOf,
  type FloorParameterOptions,
  floorParameters,
  FloorParametersError,
} from "./floor_parameters.ts";
import { logFileIn, type LogPlace, openLogPlace } from "./floor_place.ts";
import type { FloorRestarts } from "./floor_tree.ts";
import { FOLD_VERSIONS } from "./fold_versions.ts";
import {
  checkInstances,
  instanceCounts,
  instanceName,
  type InstanceOptions,
  isProcessName,
  MAX_PROCESS_NAME,
} from "./instances.ts";
import { JoinedFloor } from "./joined_floor.ts";
import { readFloorParameters } from "./open_floor.ts";
import { endInOrder } from "./orderly_end.ts";

/** How a floor is joined. */
export interface JoinFloorOptions {
  /** The floor's log: on a cluster, or in the directory of a floor on this machine. */
  readonly log: ClusterLogConfig | {
    readonly kind: "embedded";
    readonly directory: string;
    /** As the floor has it. Default `process`. */
    readonly durability?: "process" | "disk";
  };
  /** Instances of each role in this process, at least one in all. Default of a role: none. */
  readonly instances: InstanceOptions;
  /**
   * Where audit loggers of this process write. Needed for them on a cluster; on an embedded log they
   * write where the floor's do.
   */
  readonly auditFolder?: string;
  /**
   * Ends the names of its instances: letters, digits, dots, dashes and underscores, another one in
   * each process of the floor. One that is taken is waited for as long as a process that has died keeps
   * it, some seconds. Default: one drawn for this process.
   */
  readonly name?: string;
  /** What the floor must have been opened with; one with other parameters is not joined. */
  readonly expect?: FloorParameterOptions;
  /** Draws the jitter of restarts. */
  readonly seed?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Told of every runtime event of this process from the first on. Must not throw. */
  readonly onEvent?: RuntimeEventSink;
  /** Deadlines by which an actor is started, found to hang and given up. */
  readonly limitsOfActors?: Partial<HandleLimits>;
  /** How many restarts are granted before this process's part fails. */
  readonly restarts?: Partial<FloorRestarts>;
  /** Lets faults of the log be injected into single actors of this process. Default false. */
  readonly faultInjection?: boolean;
}

/**
 * Joins a floor that was opened by `startFloor` or `openFloor`: starts some of its consumers here, which
 * take their share of the partitions.
 *
 * @throws {FloorParametersError} when there is no floor, it was opened with other fold versions or
 * otherwise than expected (the first difference is named), a process of that name is in it, or a
 * choice is impossible
 * @throws {EventLogError} when the log cannot be opened
 * @throws {FloorFailedError} when its actors cannot be kept running
 *
 * @example A portfolio asked for where nobody serves it
 * ```ts
 * import assert from "node:assert/strict";
 * import { joinFloor, startFloor } from "../../mod.ts";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   await using floor = await startFloor({
 *     log: "embedded",
 *     directory,
 *     symbols: ["AAPL"],
 *     instances: { "order-gateway": 0 },
 *   });
 *   // In another process, as a rule.
 *   await using joined = await joinFloor({
 *     log: { kind: "embedded", directory },
 *     instances: { "order-gateway": 1 },
 *   });
 *   await floor.orders.openAccount({ userId: "501", commandId: "open", cash: 1_000 });
 *   await floor.idle();
 *   assert.equal((await joined.portfolio("501"))?.cash, 1_000);
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export async function joinFloor(options: JoinFloorOptions): Promise<JoinedFloor> {
  const { clock = systemClock, name = randomName() } = options;
  checkChoices(options, name);
  const runtime = new Runtime({
    runId: `joined-${name}`,
    clock,
    random: seededRandom(options.seed ?? 1, "restarts"),
  });
  if (options.onEvent !== undefined) runtime.events.addSink(options.onEvent);
  const place = await openJoined(options, runtime);
  try {
    const parameters = await checkedParameters(place.log, options);
    if (options.name !== undefined) await demandFreeName(place, { options, name, clock });
    return await startJoined(place, { options, name, parameters, runtime });
  } catch (error) {
    await place.close();
    throw error;
  }
}

/** A member is looked at again so often until it has gone, or will not go. */
const LOOK_AT_MEMBERS_MS = 250;

/** A session's end may be noticed so much later. */
const SESSION_END_MARGIN_MS = 1_000;

/**
 * Waits for the sessions of a process of this name that has died; two that live would take each other's
 * place again and again.
 */
async function demandFreeName(
  { log, sessionTimeoutMs = DEFAULT_SESSION_TIMEOUT_MS }: LogPlace,
  { options, name, clock }: {
    readonly options: JoinFloorOptions;
    readonly name: string;
    readonly clock: Clock;
  },
): Promise<void> {
  const waitUntil = clock.now() + sessionTimeoutMs + SESSION_END_MARGIN_MS;
  for (let taken; (taken = await takenName(log, options.instances, name)) !== null;) {
    if (clock.now() >= waitUntil) {
      throw new FloorParametersError(
        `Cannot join the floor as "${name}": a process of that name has ${taken} in it; choose ` +
          `another name (one that has just died is gone after ${sessionTimeoutMs / 1_000} s)`,
      );
    }
    await clock.sleep(LOOK_AT_MEMBERS_MS);
  }
}

/** The first of the instances to be started that is a member already; null when none is. */
async function takenName(
  log: EventLog,
  instances: InstanceOptions,
  name: string,
): Promise<string | null> {
  for (const role of CONSUMER_ROLES) {
    const own = Array.from({ length: instances[role] ?? 0 }, (_, n) => instanceName(role, n, name));
    if (own.length === 0) continue;
    const { members } = await log.describeGroup(role);
    const taken = members.find(({ instanceId }) => own.includes(instanceId));
    if (taken !== undefined) return taken.instanceId;
  }
  return null;
}

async function startJoined(place: LogPlace, given: {
  readonly options: JoinFloorOptions;
  readonly name: string;
  readonly parameters: FloorParameters;
  readonly runtime: Runtime;
}): Promise<JoinedFloor> {
  const { options, name, parameters, runtime } = given;
  const { log, host, reach, sessionTimeoutMs } = place;
  const auditFolder = await auditFolderOf(options);
  const settings: ConsumerSettings = {
    // Made with every topic of the table.
    partitions: parameters.partitions as PartitionCounts,
    auditFolder,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
  };
  const consumers = { host, settings, runtime, reach, processName: name };
  const counts = instanceCounts(options.instances, { auditFolder, otherwise: 0 });
  const { root, ready, failure } = superviseConsumers(counts, consumers, options.restarts);
  try {
    await ready;
  } catch (error) {
    await endInOrder({ log, root, reach }, () => root.stop()).catch((also) =>
      runtime.warn(`Cannot stop what was started: ${String(also)}`)
    );
    throw error;
  }
  return new JoinedFloor({ place, root, consumers, parameters, failure });
}

function checkChoices({ instances, log, auditFolder }: JoinFloorOptions, name: string): void {
  checkInstances(instances, "join the floor");
  if (!Object.values(instances).some((count) => count > 0)) {
    throw new FloorParametersError(
      `Cannot join the floor: there is no instance to start; name one, as in ` +
        `{ instances: { "trading-engine": 1 } }`,
    );
  }
  if ((instances["audit-logger"] ?? 0) > 0 && log.kind === "kafka" && auditFolder === undefined) {
    throw new FloorParametersError(
      `Cannot join the floor: an audit logger needs a folder, as in { auditFolder: "audit" }`,
    );
  }
  if (isProcessName(name)) return;
  throw new FloorParametersError(
    `Cannot join the floor as ${JSON.stringify(name)}: a name has 1 to ${MAX_PROCESS_NAME} ` +
      `letters, digits, ".", "-" and "_", a letter or digit first`,
  );
}

/** A name that no other process has. */
function randomName(): string {
  return `p${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
}

async function openJoined(
  { log, limitsOfActors = {}, faultInjection = false }: JoinFloorOptions,
  runtime: Runtime,
) {
  const options = { runtime, limits: limitsOfActors, create: false, faultInjection };
  if (log.kind === "kafka") return await openLogPlace(log, options);
  const { directory, durability = "process" } = log;
  try {
    const folder = await Deno.realPath(directory);
    const config: EventLogConfig = { kind: "embedded", path: logFileIn(folder), durability };
    return await openLogPlace(config, options);
  } catch (error) {
    const missing = error instanceof Deno.errors.NotFound ||
      (error instanceof EventLogError && error.code === "log-missing");
    if (!missing) throw error;
    throw new FloorParametersError(`Cannot join the floor: there is no floor in ${directory}`);
  }
}

async function checkedParameters(
  log: EventLog,
  { expect }: JoinFloorOptions,
): Promise<FloorParameters> {
  const found = await readFloorParameters(log);
  if (found === null) {
    throw new FloorParametersError(
      `Cannot join the floor: there is none in this log; it is opened by whoever starts it first`,
    );
  }
  const versions = differenceOf(found.foldVersions, FOLD_VERSIONS, "foldVersions");
  const other = expect === undefined ? null : differenceOf(found, floorParameters(expect));
  const difference = versions ?? other;
  if (difference === null) return found;
  throw new FloorParametersError(`Cannot join the floor: it was opened with ${difference}`);
}

/** Workers are allowed the folder by its real path, so it must be there. */
async function auditFolderOf(
  { log, instances, auditFolder }: JoinFloorOptions,
): Promise<string | null> {
  if ((instances["audit-logger"] ?? 0) === 0) return null;
  const folder = auditFolder ?? (log.kind === "embedded" ? join(log.directory, "audit") : null);
  if (folder === null) return null;
  await Deno.mkdir(folder, { recursive: true });
  return await Deno.realPath(folder);
}
