/**
 * Starting a floor: log, parameters, supervision tree, clients.
 *
 * @module
 */

import type { ClusterLogConfig } from "../../kafka/cluster/cluster_config.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { PartitionCounts } from "../fold/partition_fold.ts";
import type { Pace } from "../pacer.ts";
import type { HandleLimits } from "../runtime/actor_handle.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import type { RuntimeEventSink } from "../runtime/event_stream.ts";
import { Runtime } from "../runtime/runtime.ts";
import { seededRandom } from "../seeded_random.ts";
import type { ConsumerSettings } from "./consumer_actor.ts";
import { superviseConsumers, type Supervision } from "./consumer_supervision.ts";
import { Floor } from "./floor.ts";
import { type AccountOption, openAccounts, openClients } from "./floor_clients.ts";
import { type FloorParameterOptions, floorParameters } from "./floor_parameters.ts";
import { type FloorPlace, openPlace } from "./floor_place.ts";
import type { FloorRestarts } from "./floor_tree.ts";
import { checkInstances, instanceCounts, type InstanceOptions } from "./instances.ts";
import { LogCleaning } from "./log_cleaning.ts";
import { openFloor } from "./open_floor.ts";
import { endInOrder } from "./orderly_end.ts";
import { lastWordsAudited } from "./rest.ts";

/** How a floor is started. */
export interface FloorOptions extends FloorParameterOptions {
  /**
   * `embedded`: a file in {@link directory}, every actor in a worker of its own. `memory`: the same
   * actors in the caller's thread; what they hold is gone with the process. Else a Kafka cluster, every
   * actor in a worker of its own.
   */
  readonly log: "embedded" | "memory" | ClusterLogConfig;
  /**
   * Folder of the audit log, and of the log itself when it is `embedded`; made if it is missing. Needed
   * unless the log is `memory`.
   */
  readonly directory?: string;
  /**
   * Of an embedded log: `process` (default) survives `kill -9`; `disk` survives loss of power too, and
   * is slower.
   */
  readonly durability?: "process" | "disk";
  /** Opened before `startFloor` resolves; one that is open already stays as it is. */
  readonly accounts?: readonly AccountOption[];
  /** Instances of each role in this process. Default: one of each. */
  readonly instances?: InstanceOptions;
  /** The pace of `marketData.publish`. */
  readonly marketDataPace?: Pace;
  /**
   * Serves users' notifications on this port of 127.0.0.1 as server-sent events and over WebSocket; 0
   * takes any free port. Left out: no server.
   */
  readonly notificationsPort?: number;
  /** Names the run in events and locks. */
  readonly runId?: string;
  /** Draws the jitter of restarts. */
  readonly seed?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Told of every runtime event from the first on. Must not throw: it is taken off then. */
  readonly onEvent?: RuntimeEventSink;
  /** The number of the first runtime event. */
  readonly firstEventNumber?: number;
  /** Deadlines by which an actor is started, found to hang and given up. */
  readonly limitsOfActors?: Partial<HandleLimits>;
  /** How many restarts are granted before the floor fails. */
  readonly restarts?: Partial<FloorRestarts>;
  /**
   * Lets faults of the log be injected into single actors while the floor runs. Costs every call of the
   * log a little. Default false.
   */
  readonly faultInjection?: boolean;
}

let floorsStarted = 0;

/**
 * Starts a trading floor.
 *
 * @throws {FloorParametersError} when a choice is impossible, or the directory holds a floor with
 * other parameters
 * @throws {EventLogError} when the log cannot be opened
 * @throws {CommandRejectedError} when an account cannot be opened
 * @throws {FloorFailedError} when its actors cannot be kept running
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { startFloor } from "../../mod.ts";
 *
 * await using floor = await startFloor({
 *   log: "memory", // or "embedded", with a directory
 *   symbols: ["AAPL", { symbol: "GOOGL", tickSize: 0.05, lotSize: 10 }],
 *   accounts: [{ userId: "501", cash: 1_000_000, holdings: { AAPL: 100 } }],
 *   limits: { ordersPerSecond: 100, orderBurst: 20 },
 *   instances: { "trading-engine": 2 },
 * });
 * assert.equal(floor.parameters.limits.orderBurst, 20);
 * assert.equal((await floor.portfolio("501"))?.positions[0]?.quantity, 100);
 * ```
 */
export function startFloor(options: FloorOptions): Promise<Floor> {
  return startFloorOn((runtime) => openPlace(options, runtime), options);
}

/** How a floor is started on a place that is opened for it. */
export type FloorOptionsOnPlace = Omit<
  FloorOptions,
  "log" | "directory" | "durability" | "limitsOfActors" | "faultInjection"
>;

/** {@link startFloor} on a place of one's own: its log, its host and its audit folder. */
export async function startFloorOn(
  openPlaceFor: (runtime: Runtime) => Promise<FloorPlace>,
  options: FloorOptionsOnPlace,
): Promise<Floor> {
  const parameters = floorParameters(options);
  checkInstances(options.instances ?? {});
  const clock = options.clock ?? systemClock;
  const runtime = new Runtime({
    runId: options.runId ?? `floor-${++floorsStarted}`,
    clock,
    random: seededRandom(options.seed ?? 1, "restarts"),
    ...(options.firstEventNumber === undefined
      ? {}
      : { firstEventNumber: options.firstEventNumber }),
  });
  if (options.onEvent !== undefined) runtime.events.addSink(options.onEvent);
  const place = await openPlaceFor(runtime);
  try {
    return await startOn(place, { options, parameters, runtime, clock });
  } catch (error) {
    await place.close();
    throw error;
  }
}

interface Given {
  readonly options: FloorOptionsOnPlace;
  readonly parameters: FloorParameters;
  readonly runtime: Runtime;
  readonly clock: Clock;
}

async function startOn(place: FloorPlace, given: Given): Promise<Floor> {
  const { options, parameters, runtime, clock } = given;
  const { log, host, reach, auditFolder, sessionTimeoutMs, snapshotEveryRecords } = place;
  await openFloor(log, parameters, { clock });
  // Made with every topic of the table.
  const partitions = parameters.partitions as PartitionCounts;
  const settings: ConsumerSettings = {
    partitions,
    auditFolder,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    ...(snapshotEveryRecords === undefined ? {} : { snapshotEveryRecords }),
  };
  const counts = instanceCounts(options.instances ?? {}, { auditFolder, otherwise: 1 });
  const supervision = superviseConsumers(
    counts,
    { host, settings, runtime, reach },
    options.restarts,
  );
  // In the order of opening; closed in reverse, each whatever became of the others.
  const opened = new AsyncDisposableStack();
  opened.defer(() => runtime.abandonZombies());
  opened.defer(() => supervision.root.stop());
  try {
    return await openOn(place, given, { supervision, settings, opened });
  } catch (error) {
    const { root } = supervision;
    await endInOrder({ log, root, reach }, () => opened.disposeAsync()).catch((also) =>
      runtime.warn(`Cannot stop what was started: ${String(also)}`)
    );
    throw error;
  }
}

async function openOn(place: FloorPlace, given: Given, { supervision, settings, opened }: {
  readonly supervision: Supervision;
  readonly settings: ConsumerSettings;
  readonly opened: AsyncDisposableStack;
}): Promise<Floor> {
  const { options, parameters, runtime, clock } = given;
  const { log, host, reach, outOfReachMs } = place;
  const { root, ready, failure } = supervision;
  let hasFailed = false;
  void failure.then(() => hasFailed = true);
  opened.defer(() => lastWordsAudited(log, { clock, gaveUp: () => hasFailed }));
  await ready;
  const { marketDataPace, notificationsPort } = options;
  const clients = await openClients(opened, {
    log,
    clock,
    parameters,
    outOfReachMs,
    marketDataPace,
    notificationsPort,
  });
  const failed = failure.then((error) => Promise.reject(error));
  await Promise.race([openAccounts(clients.orders, options.accounts ?? []), failed]);
  return new Floor({
    ...clients,
    log,
    runtime,
    root,
    host,
    reach,
    parameters,
    settings,
    failure,
    closeActors: () => opened.disposeAsync(),
    closePlace: () => place.close(),
    cleaning: cleaningOf(place, runtime),
  });
}

/** A cluster's log cleans itself. */
function cleaningOf({ log, cleansItself }: FloorPlace, runtime: Runtime): LogCleaning | null {
  if (cleansItself) return null;
  return new LogCleaning(log, {
    clock: runtime.clock,
    onFailure: (error) => runtime.warn(`Cannot clean the log: ${String(error)}`),
  });
}
