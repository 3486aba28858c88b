/**
 * A share of a floor's actors in a process that did not open it.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";
import type { PortfolioView } from "../portfolio_manager/portfolio_view.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { Supervisor } from "../runtime/supervisor.ts";
import type { ActorView } from "./actor_view.ts";
import { ConsumerPools } from "./consumer_pools.ts";
import type { ConsumerParts } from "./consumer_spec.ts";
import type { ActorControl, FloorRuntime } from "./floor_control.ts";
import type { FloorFailedError } from "./floor_failed_error.ts";
import type { LogPlace } from "./floor_place.ts";
import { endInOrder } from "./orderly_end.ts";
import { PortfolioDesk } from "./portfolio_desk.ts";

/** What it is put together from; see `joinFloor`. */
export interface JoinedParts {
  readonly place: Pick<LogPlace, "log" | "reach" | "close">;
  readonly root: Supervisor;
  readonly consumers: ConsumerParts & { readonly runtime: Runtime; readonly processName: string };
  readonly parameters: FloorParameters;
  readonly failure: Promise<FloorFailedError>;
}

/** A share of a floor's actors in this process. Made by `joinFloor`; it leaves by {@link stop}. */
export class JoinedFloor implements AsyncDisposable {
  /** What ends the names of its instances. */
  readonly name: string;
  /** The log under the floor. */
  readonly log: EventLog;
  /** What the floor was opened with. */
  readonly parameters: FloorParameters;
  /** Time, events and counts of starts. */
  readonly runtime: FloorRuntime;
  /** Resolves, with why, when its actors cannot be kept running; else never settles. */
  readonly failure: Promise<FloorFailedError>;
  readonly #place: JoinedParts["place"];
  readonly #root: Supervisor;
  readonly #abandonZombies: () => void;
  readonly #pools: ConsumerPools;
  readonly #desk: PortfolioDesk;
  #stopping: Promise<void> | null = null;

  /** For `joinFloor`, which makes the parts and knows how they fit. */
  constructor({ place, root, consumers, parameters, failure }: JoinedParts) {
    const { log } = place;
    const { runtime, settings: { partitions } } = consumers;
    this.name = consumers.processName;
    this.log = log;
    this.parameters = parameters;
    this.runtime = runtime;
    this.failure = failure;
    this.#place = place;
    this.#root = root;
    this.#abandonZombies = () => runtime.abandonZombies();
    this.#pools = new ConsumerPools(log, root, consumers);
    this.#desk = new PortfolioDesk({
      log,
      clock: runtime.clock,
      partitions,
      managers: () => this.#pools.instancesOf("portfolio-manager"),
    });
  }

  /** The supervision tree of this process, with states, restarts, assignments and lag. */
  actors(): Promise<ActorView> {
    return this.#pools.view();
  }

  /** One actor of this process. @throws {RangeError} when there is none of that name now */
  actor(id: string): ActorControl {
    return this.#pools.actor(id);
  }

  /** A user's portfolio as any process of the floor gives it; see `Floor.portfolio`. */
  portfolio(userId: string): Promise<PortfolioView | null> {
    return this.#desk.portfolio(userId);
  }

  /**
   * Finishes what is under way, hands the partitions to the others, and leaves. Idempotent. Where the
   * log is out of reach it ends all the same, some 5 to 10 seconds later.
   *
   * @throws {FloorFailedError} when the log was out of reach
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
    const { log, reach } = this.#place;
    const root = this.#root;
    await endInOrder({ log, root, reach }, async () => {
      try {
        await root.stop();
        this.#abandonZombies();
      } finally {
        await this.#place.close();
      }
    });
  }
}
