/**
 * A running floor: the supervision tree over all its actors, and what a program can do with them.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import type { TopicName } from "../../kafka/topics.ts";
import type { MarketDataPublisher } from "../market_data_producer/market_data_publisher.ts";
import { notificationStream } from "../notifier/notification_stream.ts";
import type { DeliveredNotification } from "../notifier/user_notifications.ts";
import type { OrderClient } from "../order_command_producer/order_client.ts";
import type {
  PortfolioAnswer,
  PortfolioQuestion,
} from "../portfolio_manager/portfolio_questions.ts";
import type { PortfolioView } from "../portfolio_manager/portfolio_view.ts";
import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { ChildSpec } from "../runtime/child_spec.ts";
import type { Clock } from "../runtime/clock.ts";
import type { RuntimeEventSink } from "../runtime/event_stream.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import { CONSUMER_ROLES, type ConsumerRole, MAX_INSTANCES } from "../topology.ts";
import type { ActorHost } from "./actor_host.ts";
import { actorIds, type ActorView, unlessDown, viewActors } from "./actor_view.ts";
import type { ConsumerSettings } from "./consumer_actor.ts";
import { consumerSpec } from "./consumer_spec.ts";
import { FloorFailedError } from "./floor_failed_error.ts";
import { PRODUCERS } from "./floor_tree.ts";
import type { LogCleaning } from "./log_cleaning.ts";
import { servesAll } from "./rest.ts";

/** How often {@link Floor.idle} looks: rarely while much is left to do, since looking costs the floor. */
const IDLE_CHECK_MS = { soon: 20, later: 200 } as const;

/** So many records behind, a floor is not idle soon. */
const FAR_BEHIND_RECORDS = 10_000;

/** How soon a question is asked again that nobody could answer yet. */
const QUESTION_RETRY_MS = 5;

/** How long a question waits for partitions that are on their way from one instance to another. */
const QUESTION_DEADLINE_MS = 15_000;

/** What may be done to a single actor from outside. */
export type ActorControl = Pick<
  ActorHandle,
  | "id"
  | "role"
  | "incarnation"
  | "crash"
  | "hang"
  | "terminate"
  | "suspend"
  | "resume"
  | "step"
  | "report"
  | "ask"
  | "down"
>;

/** What happens to the floor's actors, told as it happens. */
export interface FloorEvents {
  /**
   * Tells `sink` of every event from now on, in order; one that throws is told of no more.
   * @returns what takes it off again
   */
  addSink(sink: RuntimeEventSink): () => void;
}

/** What actors of one's own share with those of the floor. */
export interface FloorRuntime {
  /** The stream of runtime events. */
  readonly events: FloorEvents;
  /** The clock that everything on the floor goes by. */
  readonly clock: Clock;
  /** Counts the starts of an actor that no supervisor starts, from 1. */
  nextIncarnation(id: string): number;
}

/** What a floor is put together from; see `startFloor`. */
export interface FloorParts {
  readonly log: EventLog;
  readonly runtime: Runtime;
  readonly root: Supervisor;
  readonly host: ActorHost;
  readonly parameters: FloorParameters;
  readonly settings: ConsumerSettings;
  readonly orders: OrderClient;
  readonly marketData: MarketDataPublisher;
  readonly notificationsUrl: string | null;
  /** Resolves, with why, when the floor cannot go on; else never settles. */
  readonly failure: Promise<FloorFailedError>;
  /** Closes the floor's clients, then stops the tree; does all of it, whatever fails. */
  readonly closeActors: () => Promise<void>;
  /** Closes the log and gives the folder back. */
  readonly closePlace: () => Promise<void>;
  readonly cleaning: LogCleaning;
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
    void parts.failure.then((error) => this.#failed = error);
  }

  /**
   * A user's cash, positions, profit and loss, or null when nobody has heard of the user. It holds
   * whatever had been notified when it was asked for.
   *
   * @throws {FloorFailedError} when no portfolio manager serves the user's partition in time
   */
  async portfolio(userId: string): Promise<PortfolioView | null> {
    const upTo = await this.#endOf("notifications", userId);
    const question: PortfolioQuestion = { kind: "portfolio", userId, upTo };
    const giveUpAt = this.runtime.clock.now() + QUESTION_DEADLINE_MS;
    while (this.runtime.clock.now() < giveUpAt) {
      for (const handle of this.#instancesOf("portfolio-manager")) {
        const answer = await askOrNull(handle, question);
        if (answer?.kind === "answer") return answer.portfolio;
      }
      await this.runtime.clock.sleep(QUESTION_RETRY_MS);
    }
    throw new FloorFailedError(
      `Cannot read the portfolio of ${userId}: no portfolio manager has served its partition for ` +
        `${QUESTION_DEADLINE_MS} ms`,
    );
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

  /** The supervision tree, with states, restarts, assignments and lag. */
  async actors(): Promise<ActorView> {
    const lags = new Map<string, number>();
    for (const role of CONSUMER_ROLES) {
      for (const { topic, partition, lag } of await this.log.lag(role)) {
        lags.set(`${role}/${topic}/${partition}`, lag);
      }
    }
    const { root } = this.#parts;
    return await viewActors(root.tree(), { lags, handleOf: (id) => root.actor(id) });
  }

  /** One actor. @throws {RangeError} when there is none of that name now; the names are listed */
  actor(id: string): ActorControl {
    const handle = this.#parts.root.actor(id);
    if (handle === null) {
      throw new RangeError(
        `Cannot find actor "${id}": running are ${actorIds(this.#parts.root.tree()).join(", ")}`,
      );
    }
    return handle;
  }

  /**
   * Resolves when every group has caught up with everything, its own outputs included, and every
   * partition is served.
   *
   * @throws {FloorFailedError} when the floor fails before
   */
  async idle(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    for (let before = -1; options.signal?.aborted !== true;) {
      if (this.#failed !== null) throw this.#failed;
      const { lag, end } = await this.progress();
      if (lag === 0 && end === before && await this.#isServed()) return;
      before = lag === 0 ? end : -1;
      const { soon, later } = IDLE_CHECK_MS;
      await this.runtime.clock.sleep(lag > FAR_BEHIND_RECORDS ? later : soon, options.signal);
    }
  }

  /** Records that some group has not committed yet, and all records that were ever appended. */
  async progress(): Promise<{ readonly lag: number; readonly end: number }> {
    let lag = 0;
    for (const role of CONSUMER_ROLES) {
      // What a role without instances leaves undone, nobody waits for.
      if (this.#pool(role).tree().children.length === 0) continue;
      for (const partition of await this.log.lag(role)) lag += partition.lag;
    }
    let end = 0;
    for (const { name, offsets } of await this.log.describeTopics()) {
      if (name !== "snapshots") { for (const offset of offsets) end += offset.end; }
    }
    return { lag, end };
  }

  /** Starts one more instance of a role; partitions are shared anew. @returns its name */
  async addInstance(role: ConsumerRole): Promise<string> {
    const pool = this.#pool(role);
    const taken = new Set(pool.tree().children.map(({ id }) => id));
    for (let n = 0; n < MAX_INSTANCES; n++) {
      const id = `${role}-${n}`;
      if (taken.has(id)) continue;
      await pool.add(consumerSpec(role, n, this.#parts));
      return id;
    }
    throw new RangeError(`Cannot add a ${role}: it has ${MAX_INSTANCES} instances already`);
  }

  /** Stops an instance for good; the others take its partitions. @throws {RangeError} */
  async removeInstance(id: string): Promise<void> {
    await this.#pool(id.slice(0, id.lastIndexOf("-"))).remove(id);
  }

  /** Starts a source under supervision. Resolves when it is ready. */
  async startProducer(spec: ChildSpec): Promise<void> {
    await this.#pool(PRODUCERS).add(spec);
  }

  /** Ends a source for good. */
  async removeProducer(id: string): Promise<void> {
    await this.#pool(PRODUCERS).remove(id);
  }

  /** Names of the running sources. */
  producers(): readonly string[] {
    return this.#pool(PRODUCERS).tree().children.map(({ id }) => id);
  }

  /** Drains and stops everything, in reverse order of starting. Idempotent. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** {@link stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const { closeActors, cleaning } = this.#parts;
    cleaning.stop();
    try {
      await closeActors();
    } finally {
      await this.#parts.closePlace();
      await cleaning.ended;
    }
  }

  /** Whether every partition has an instance that has it open. Roles without instances do not count. */
  async #isServed(): Promise<boolean> {
    for (const role of CONSUMER_ROLES) {
      if (this.#pool(role).tree().children.length === 0) continue;
      const reports = await Promise.all(
        this.#instancesOf(role).map((handle) => unlessDown(handle.report())),
      );
      const served = reports.map((report) => report?.assignment ?? []);
      if (!servesAll(role, served, this.#parts.settings.partitions)) return false;
    }
    return true;
  }

  async #endOf(topic: TopicName, key: string): Promise<number> {
    const [description] = await this.log.describeTopics([topic]);
    const offsets = description?.offsets ?? [];
    return offsets[partitionForKey(key, offsets.length)]?.end ?? 0;
  }

  #pool(id: string): Supervisor {
    const pool = this.#parts.root.supervisor(id);
    if (pool === null) throw new RangeError(`Cannot find "${id}": it is no group of this floor`);
    return pool;
  }

  #instancesOf(role: ConsumerRole): readonly ActorHandle[] {
    return this.#pool(role).tree().children.flatMap(({ id }) => this.#parts.root.actor(id) ?? []);
  }
}

async function askOrNull(
  handle: ActorHandle,
  question: PortfolioQuestion,
): Promise<PortfolioAnswer | null> {
  // The portfolio manager's own answer to its own question.
  return await unlessDown(handle.ask(question)) as PortfolioAnswer | null;
}
