/**
 * Starting a floor: log, parameters, supervision tree, clients.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters, RejectReason } from "../../kafka/messages/mod.ts";
import type { PartitionCounts } from "../fold/partition_fold.ts";
import { MarketDataPublisher } from "../market_data_producer/market_data_publisher.ts";
import { NotificationHub } from "../notifier/notification_hub.ts";
import { startNotificationServer } from "../notifier/notification_server.ts";
import { AnswerListener } from "../order_command_producer/answer_listener.ts";
import { OrderClient } from "../order_command_producer/order_client.ts";
import { CommandRejectedError } from "../order_command_producer/order_errors.ts";
import type { Pace } from "../pacer.ts";
import type { Down, HandleLimits } from "../runtime/actor_handle.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { Runtime } from "../runtime/runtime.ts";
import type { RuntimeEventSink } from "../runtime/event_stream.ts";
import { Supervisor } from "../runtime/supervisor.ts";
import { seededRandom } from "../seeded_random.ts";
import { CONSUMER_ROLES, type ConsumerRole, MAX_INSTANCES } from "../topology.ts";
import type { ConsumerSettings } from "./consumer_actor.ts";
import { consumerSpec } from "./consumer_spec.ts";
import { Floor, type FloorParts } from "./floor.ts";
import { FloorFailedError } from "./floor_failed_error.ts";
import { DEFAULT_FLOOR_RESTARTS, type FloorRestarts, floorTree } from "./floor_tree.ts";
import { LogCleaning } from "./log_cleaning.ts";
import {
  type FloorParameterOptions,
  floorParameters,
  FloorParametersError,
} from "./floor_parameters.ts";
import { type FloorPlace, openPlace } from "./floor_place.ts";
import { openFloor } from "./open_floor.ts";
import { lastWordsAudited } from "./rest.ts";

/** An account to open. Decimals. */
export interface AccountOption {
  /** Not empty, at most 128 characters. */
  readonly userId: string;
  /** What it begins with. */
  readonly cash: number;
  /** Quantity by symbol. */
  readonly holdings?: Readonly<Record<string, number>>;
}

/** How a floor is started. */
export interface FloorOptions extends FloorParameterOptions {
  /**
   * `embedded`: a file in {@link directory}, every actor in a worker of its own. `memory`: the same
   * actors in the caller's thread; what they hold is gone with the process.
   */
  readonly log: "embedded" | "memory";
  /** Folder of log and audit log; made if it is missing. Needed for `embedded`. */
  readonly directory?: string;
  /** `process` (default) survives `kill -9`; `disk` survives loss of power too, and is slower. */
  readonly durability?: "process" | "disk";
  /** Opened before `startFloor` resolves; one that is open already stays as it is. */
  readonly accounts?: readonly AccountOption[];
  /** Instances of each role. Default: one of each. */
  readonly instances?: Readonly<Partial<Record<ConsumerRole, number>>>;
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
}

/** The name under which a floor's own clients send. */
const CLIENT = "floor";

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
export async function startFloor(options: FloorOptions): Promise<Floor> {
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
  const place = await openPlace(options, runtime);
  try {
    return await startOn(place, { options, parameters, runtime, clock });
  } catch (error) {
    await place.close();
    throw error;
  }
}

interface Given {
  readonly options: FloorOptions;
  readonly parameters: FloorParameters;
  readonly runtime: Runtime;
  readonly clock: Clock;
}

async function startOn(place: FloorPlace, given: Given): Promise<Floor> {
  const { options, parameters, runtime, clock } = given;
  const { log, host, auditFolder } = place;
  await openFloor(log, parameters, { clock });
  // Made with every topic of the table.
  const partitions = parameters.partitions as PartitionCounts;
  const settings: ConsumerSettings = { partitions, auditFolder };
  const parts = { host, settings, runtime };
  const root = new Supervisor(
    floorTree(instanceCounts(options.instances ?? {}, settings), {
      restarts: { ...DEFAULT_FLOOR_RESTARTS, ...options.restarts },
      specOf: (role, n) => consumerSpec(role, n, parts),
    }),
    runtime,
  );
  // In the order of opening; closed in reverse, each whatever became of the others.
  const opened = new AsyncDisposableStack();
  opened.defer(() => root.stop());
  try {
    return await openOn(place, given, { root, settings, opened });
  } catch (error) {
    await opened.disposeAsync().catch((also) =>
      runtime.warn(`Cannot stop what was started: ${String(also)}`)
    );
    throw error;
  }
}

async function openOn(place: FloorPlace, given: Given, { root, settings, opened }: {
  readonly root: Supervisor;
  readonly settings: ConsumerSettings;
  readonly opened: AsyncDisposableStack;
}): Promise<Floor> {
  const { options, parameters, runtime, clock } = given;
  const { log, host } = place;
  const { ready, down } = root.start();
  const failure = failureOf(down, runtime);
  let hasFailed = false;
  void failure.then(() => hasFailed = true);
  opened.defer(() => lastWordsAudited(log, { clock, gaveUp: () => hasFailed }));
  const failed = failure.then((error) => Promise.reject(error));
  // A tree that ends before it is ready has failed: `failed` says so in the floor's words.
  await ready.catch(() => failed);
  const clients = await openClients(opened, place, given);
  await Promise.race([openAccounts(clients.orders, options.accounts ?? []), failed]);
  const cleaning = new LogCleaning(log, {
    clock,
    onFailure: (error) => runtime.warn(`Cannot clean the log: ${String(error)}`),
  });
  return new Floor({
    ...clients,
    log,
    runtime,
    root,
    host,
    parameters,
    settings,
    failure,
    closeActors: () => opened.disposeAsync(),
    closePlace: () => place.close(),
    cleaning,
  });
}

/** What a program sends and asks with. */
async function openClients(
  opened: AsyncDisposableStack,
  { log }: FloorPlace,
  { options, parameters, clock }: Given,
): Promise<Pick<FloorParts, "orders" | "marketData" | "notificationsUrl">> {
  const answers = opened.use(await AnswerListener.open({ log, clock, producer: CLIENT }));
  // The last partition, since a session's producers take theirs from the first on: in a partition of
  // its own a client finds its intents without reading past theirs.
  const instance = await log.partitionCount("intents") - 1;
  const orders = opened.use(
    await OrderClient.open({ log, clock, answers, producer: CLIENT, instance }),
  );
  const marketData = opened.use(
    await MarketDataPublisher.open({
      log,
      clock,
      producer: CLIENT,
      symbols: parameters.symbols.map(({ symbol }) => symbol),
      ...(options.marketDataPace === undefined ? {} : { pace: options.marketDataPace }),
    }),
  );
  if (options.notificationsPort === undefined) {
    return { orders, marketData, notificationsUrl: null };
  }
  const server = serveNotifications(log, clock, options.notificationsPort);
  opened.defer(() => server.close());
  return { orders, marketData, notificationsUrl: server.url };
}

/**
 * The notifier's server stands in the caller's thread, not in a notifier's worker: a worker that hangs
 * cannot be stopped, and would keep the port from its successor.
 */
function serveNotifications(log: EventLog, clock: Clock, port: number) {
  const hub = new NotificationHub({ log, clock });
  const server = startNotificationServer({ hub, clock, port });
  return {
    url: server.url,
    close: async () => {
      await server.close();
      await hub.close();
    },
  };
}

function instanceCounts(
  wanted: Readonly<Partial<Record<ConsumerRole, number>>>,
  { auditFolder }: ConsumerSettings,
): Record<ConsumerRole, number> {
  const counts = Object.fromEntries(CONSUMER_ROLES.map((role) => {
    const unaudited = role === "audit-logger" && auditFolder === null;
    return [role, unaudited ? 0 : wanted[role] ?? 1];
  }));
  // Object.fromEntries forgets which keys it was given.
  return counts as Record<ConsumerRole, number>;
}

/** Resolves when the floor has failed, with why; when it is stopped, never. */
async function failureOf(down: Promise<Down>, runtime: Runtime): Promise<FloorFailedError> {
  const ended = await Promise.race([down, runtime.fatal]);
  if (ended instanceof Error) return new FloorFailedError(ended.message, ended);
  if (ended.reason === "stopped") return await new Promise(() => {});
  return new FloorFailedError(
    ended.error?.message ?? `Cannot go on: the floor was ${ended.reason}`,
  );
}

/** Accounts opened at a time. */
const ACCOUNTS_AT_ONCE = 500;

async function openAccounts(
  orders: OrderClient,
  accounts: readonly AccountOption[],
): Promise<void> {
  for (let at = 0; at < accounts.length; at += ACCOUNTS_AT_ONCE) {
    const some = accounts.slice(at, at + ACCOUNTS_AT_ONCE);
    await Promise.all(
      some.map(({ userId, cash, holdings = {} }) =>
        orders.openAccount({ userId, commandId: "open", cash, holdings }).catch(unlessOpen)
      ),
    );
  }
}

/** Answers to an opening that say: this account is open already, and stays as it is. */
const OPEN_ALREADY: readonly RejectReason[] = ["account-exists", "id-conflict"];

function unlessOpen(error: unknown): void {
  if (error instanceof CommandRejectedError && OPEN_ALREADY.includes(error.reason)) return;
  throw error;
}

function checkInstances(instances: Readonly<Partial<Record<string, number>>>): void {
  for (const [role, count] of Object.entries(instances)) {
    if (!CONSUMER_ROLES.some((known) => known === role)) {
      throw new FloorParametersError(
        `Cannot open the floor: there is no role "${role}"; roles are ${CONSUMER_ROLES.join(", ")}`,
      );
    }
    if (!Number.isInteger(count) || count! < 0 || count! > MAX_INSTANCES) {
      throw new FloorParametersError(
        `Cannot open the floor: ${role} has ${count} instances; it takes 0 to ${MAX_INSTANCES}`,
      );
    }
  }
}
