/**
 * A running floor: the supervision tree over all its actors, and what a program can do with them.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { MarketDataPublisher } from "../market_data_producer/market_data_publisher.ts";
import { notificationStream } from "../notifier/notification_stream.ts";
import type { DeliveredNotification } from "../notifier/user_notifications.ts";
import type { OrderClient } from "../order_command_producer/order_client.ts";
import type { PortfolioView } from "../portfolio_manager/portfolio_view.ts";
import type { ChildSpec } from "../runtime/child_spec.ts";
import { aborted } from "../runtime/deferred.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import type { ConsumerRole } from "../topology.ts";
import type { ActorHost } from "./actor_host.ts";
import { actorIds, type ActorView } from "./actor_view.ts";
import type { ConsumerSettings } from "./consumer_actor.ts";
import { ConsumerPools } from "./consumer_pools.ts";
import type { FloorClients } from "./floor_clients.ts";
import type { ActorControl, FloorRuntime } from "./floor_control.ts";
import { FloorFailedError } from "./floor_failed_error.ts";
import { PRODUCERS } from "./floor_tree.ts";
import type { LogCleaning } from "./log_cleaning.ts";
import { type LogReach, secondsOf, STOP_PATIENCE_MS } from "./log_reach.ts";
import { endInOrder } from "./orderly_end.ts";
import { PortfolioDesk } from "./portfolio_desk.ts";

/** How often {@link Floor.idle} looks: rarely while much is left to do, since looking costs the floor. */
const IDLE_CHECK_MS = { soon: 20, later: 200 } as const;

/**
 * After a look it rests so many times as long as the look took, since looking across a network is not
 * cheap; at most so long, since a look in an outage waits for its end.
 */
const REST = { perLook: 4, mostMs: 1_000 } as const;

/** So many records behind, a floor is not idle soon. */
const FAR_BEHIND_RECORDS = 10_000;

/** What a floor is put together from; see `startFloor`. */
export interface FloorParts extends FloorClients {
  readonly log: EventLog;
  readonly runtime: Runtime;
  readonly root: Supervisor;
  readonly host: ActorHost;
  /** Null: the log is always within reach. */
  readonly reach: LogReach | null;
  readonly parameters: FloorParameters;
  readonly settings: ConsumerSettings;
  /** Resolves, with why, when the floor cannot go on; else never settles. */
  readonly failure: Promise<FloorFailedError>;
  /** Closes the floor's clients, then stops the tree; does all of it, whatever fails. */
  readonly closeActors: () => Promise<void>;
  /** Closes the log and gives the folder back. */
  readonly closePlace: () => Promise<void>;
  /** Null: the log cleans itself. */
  readonly cleaning: LogCleaning | null;
}

/**
 * A running trading floor. Made by `startFloor`; stopped by {@link stop} or `await using`.
 *
 * @example An engine crashes in mid-session, and nothing is lost
 * ```ts
 * import assert from "node:assert/strict";
 * import { startFloor } from "../../mod.ts";
 *
 * await using floor = await startFloor({
 *   log: "memory",
 *   symbols: ["AAPL"],
 *   accounts: [
 *     { userId: "alice", cash: 0, holdings: { AAPL: 7 } },
 *     { userId: "bob", cash: 10_000 },
 *   ],
 * });
 * const { orders, marketData } = floor;
 * await orders.sendOrder({
 *   orderId: "a1", userId: "alice", symbol: "AAPL", side: "sell", quantity: 7, price: 160,
 * });
 * await floor.actor("trading-engine-0").crash();
 * await orders.sendOrder({
 *   orderId: "b1", userId: "bob", symbol: "AAPL", side: "buy", quantity: 2, price: 170,
 * });
 * await marketData.publish("AAPL", 165);
 * await floor.idle();
 * const bob = await floor.portfolio("bob");
 * assert.equal(bob?.cash, 9_680);
 * assert.equal(bob?.positions[0]?.quantity, 2);
 * ```
 */
export class Floor implements AsyncDisposable {
  /** The log under the floor. */
  readonly log: EventLog;
  /** What the floor's folds go by; as they stand in the log. */
  readonly parameters: FloorParameters;
  /** Sends users' commands and waits for the answers. */
  readonly orders: OrderClient;
  /** Publishes prices. */
  readonly marketData: MarketDataPublisher;
  /** Where users' notifications are served, such as `http://127.0.0.1:41234`; null: nowhere. */
  readonly notificationsUrl: string | null;
  /** Time, events and counts of starts, for actors of one's own. */
  readonly runtime: FloorRuntime;
  /** Where actors of one's own are started. */
  readonly host: ActorHost;
  /** Resolves, with why, when the floor cannot go on; else never settles. */
  readonly failure: Promise<FloorFailedError>;
  readonly #parts: FloorParts;
  readonly #pools: ConsumerPools;
  readonly #desk: PortfolioDesk;
  #stopping: Promise<void> | null = null;
  #failed: FloorFailedError | null = null;

  /** For `startFloor`, which makes the parts and knows how they fit. */
  constructor(parts: FloorParts) {
    this.#parts = parts;
    this.log = parts.log;
    this.runtime = parts.runtime;
    this.host = parts.host;
    this.parameters = parts.parameters;
    this.failure = parts.failure;
    this.orders = parts.orders;
    this.marketData = parts.marketData;
    this.notificationsUrl = parts.notificationsUrl;
    const { log, runtime, root, settings: { partitions } } = parts;
    this.#pools = new ConsumerPools(log, root, parts);
    this.#desk = new PortfolioDesk({
      log,
      clock: runtime.clock,
      partitions,
      managers: () => this.#pools.instancesOf("portfolio-manager"),
    });
    void parts.failure.then((error) => this.#failed = error);
  }

  /**
   * A user's cash, positions, profit and loss, or null when nobody has heard of the user. It holds
   * whatever had been notified when it was asked for, and is the same wherever on the floor it is asked:
   * of the portfolio manager that serves the user's partition, or of its snapshots and what follows them.
   *
   * @throws {EventLogError} when the log cannot be read
   */
  portfolio(userId: string): Promise<PortfolioView | null> {
    return this.#desk.portfolio(userId);
  }

  /**
   * A user's notifications: all from the beginning, then those to come, until the reader breaks off or
   * the signal aborts; or those after the id of one seen before.
   *
   * @throws {NotificationRequestError} at the first step, when the user id or `after` is none
   *
   * @example
   * ```ts
   * import assert from "node:assert/strict";
   * import { startFloor } from "../../mod.ts";
   *
   * await using floor = await startFloor({
   *   log: "memory",
   *   symbols: ["AAPL"],
   *   accounts: [{ userId: "501", cash: 1_000 }],
   * });
   * let seen = "";
   * for await (const { id, notification } of floor.notifications("501")) {
   *   assert.equal(notification.type, "account-opened");
   *   seen = id;
   *   break;
   * }
   * await floor.orders.deposit({ depositId: "d1", userId: "501", amount: 250 });
   * for await (const { notification } of floor.notifications("501", { after: seen })) {
   *   assert.equal(notification.type, "deposit-accepted");
   *   break;
   * }
   * ```
   */
  notifications(
    userId: string,
    options: { readonly after?: string; readonly signal?: AbortSignal } = {},
  ): AsyncIterable<DeliveredNotification> {
    return notificationStream(this.log, userId, { after: "beginning", ...options });
  }

  /** The supervision tree of this process, with states, restarts, assignments and lag. */
  actors(): Promise<ActorView> {
    return this.#pools.view();
  }

  /** Names of all actors of this process, those too that are just being started again. */
  actorIds(): readonly string[] {
    return actorIds(this.#parts.root.tree());
  }

  /** One actor. @throws {RangeError} when there is none of that name now; the names are listed */
  actor(id: string): ActorControl {
    return this.#pools.actor(id);
  }

  /**
   * Resolves when every group has caught up with everything, its own outputs included, and every
   * partition is served, by whichever process. A role that nobody serves is not waited for, unless
   * another process served it before.
   *
   * @throws {FloorFailedError} when the floor fails before
   */
  async idle(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    for (let before = -1; options.signal?.aborted !== true;) {
      if (this.#failed !== null) throw this.#failed;
      const { clock } = this.runtime;
      const lookedAt = clock.now();
      const { lag, end } = await this.progress();
      if (lag === 0 && end === before && await this.#pools.isServed()) return;
      before = lag === 0 ? end : -1;
      const { soon, later } = IDLE_CHECK_MS;
      const restMs = Math.min(REST.perLook * (clock.now() - lookedAt), REST.mostMs);
      const least = lag > FAR_BEHIND_RECORDS ? later : soon;
      await clock.sleep(Math.max(least, restMs), options.signal);
    }
  }

  /** Records that some group has not committed yet, and all records that were ever appended. */
  progress(): Promise<{ readonly lag: number; readonly end: number }> {
    return this.#pools.progress();
  }

  /** Starts one more instance of a role; partitions are shared anew. @returns its name */
  addInstance(role: ConsumerRole): Promise<string> {
    return this.#pools.add(role);
  }

  /** Stops an instance for good; the others take its partitions. @throws {RangeError} */
  removeInstance(id: string): Promise<void> {
    return this.#pools.remove(id);
  }

  /** Starts a source under supervision. Resolves when it is ready. */
  async startProducer(spec: ChildSpec): Promise<void> {
    await this.#pools.pool(PRODUCERS).add(spec);
  }

  /** Ends a source for good. */
  async removeProducer(id: string): Promise<void> {
    await this.#pools.pool(PRODUCERS).remove(id);
  }

  /** Names of the running sources. */
  producers(): readonly string[] {
    return this.#pools.pool(PRODUCERS).tree().children.map(({ id }) => id);
  }

  /**
   * Resolves, with why, when the log has been out of reach for longer than {@link stop} would wait for
   * it; with null when `signal` aborts. A log on this machine is always within reach.
   */
  async logLost(signal: AbortSignal): Promise<FloorFailedError | null> {
    const { reach } = this.#parts;
    if (reach === null) return await aborted(signal).then(() => null);
    const loss = await reach.lost(STOP_PATIENCE_MS, signal);
    if (loss === null) return null;
    return new FloorFailedError(
      `Cannot finish: the log has been out of reach for ${secondsOf(loss)}: ${loss.why}`,
    );
  }

  /**
   * Drains and stops everything, in reverse order of starting. Idempotent. Where the log is out of
   * reach it ends all the same, some 5 to 10 seconds later: what was not acknowledged is rejected.
   *
   * @throws {FloorFailedError} when the log was out of reach; the run can be gone on with
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** {@link stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const { closeActors, closePlace, cleaning } = this.#parts;
    cleaning?.stop();
    await endInOrder(this.#parts, async () => {
      try {
        await closeActors();
      } finally {
        await closePlace();
        await cleaning?.ended;
      }
    });
  }
}
