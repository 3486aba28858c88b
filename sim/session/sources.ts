/**
 * The sources of a session under the floor's supervision, and the meter beside it.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { ActorHandle } from "../../actors/runtime/actor_handle.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { MeterOptions } from "../measuring/meter_actor.ts";
import {
  marketProducerOptions,
  orderProducerOptions,
  type SessionTime,
} from "../producer_options.ts";
import type { SessionPlan } from "../session_plan.ts";
import type { FloorWatch } from "./floor_watch.ts";
import { createSource, type SourceOptions } from "./source_factory.ts";

/** How long a producer may take to write down where it is when it stops. */
const PRODUCER_SHUTDOWN_MS = 5_000;

/** The name of the meter among the actors. */
const METER = "meter";

/** Starts an incarnation of a session's own actor on the floor's host. */
export function startSource(floor: Floor, source: {
  readonly id: string;
  readonly incarnation: number;
  readonly options: SourceOptions;
  readonly read?: readonly string[];
}): ActorHandle {
  return floor.host.start({
    id: source.id,
    role: source.options.kind,
    incarnation: source.incarnation,
    module: new URL("./source_worker.ts", import.meta.url),
    options: source.options,
    read: source.read ?? [],
    create: (surroundings) => (start) => createSource(start, surroundings),
  });
}

/** The producers of a session. */
export class Sources {
  readonly #floor: Floor;
  readonly #running = new Set<string>();
  readonly #finished = Promise.withResolvers<void>();
  /** Incarnations that were told to stop, as `id:incarnation`: their end is not the end of their work. */
  readonly #told = new Set<string>();

  constructor(floor: Floor, watch: FloorWatch) {
    this.#floor = floor;
    watch.listen((event) => this.#observe(event));
  }

  /** Resolves when every producer has sent all it had to send. */
  get finished(): Promise<void> {
    return this.#finished.promise;
  }

  /** Starts all producers of a plan: market data first, so that there are prices to order by. */
  async start(plan: SessionPlan, time: SessionTime): Promise<void> {
    const files = plan.symbols.flatMap(({ prices }) =>
      prices.model === "replay" ? [prices.path] : []
    );
    const all: readonly { readonly options: SourceOptions; readonly read: readonly string[] }[] = [
      ...marketProducerOptions(plan, time).map((options) => ({
        options: { kind: "market-data-producer" as const, options },
        read: files,
      })),
      ...orderProducerOptions(plan, time).map((options) => ({
        options: { kind: "order-command-producer" as const, options },
        read: [],
      })),
    ];
    for (const { options } of all) this.#running.add(producerOf(options));
    if (all.length === 0) this.#finished.resolve();
    await Promise.all(all.map((source) => this.#add(source.options, source.read)));
  }

  /** Stops every producer where it is; what it has begun is finished. */
  async stop(): Promise<void> {
    await Promise.all(this.#floor.producers().map((id) => this.#floor.removeProducer(id)));
  }

  async #add(options: SourceOptions, read: readonly string[]): Promise<void> {
    const id = producerOf(options);
    await this.#floor.startProducer({
      kind: "actor",
      id,
      role: options.kind,
      restart: "transient",
      shutdownMs: PRODUCER_SHUTDOWN_MS,
      start: (incarnation) => startSource(this.#floor, { id, incarnation, options, read }),
    });
  }

  /**
   * A producer that ends well without having been told to has sent all it had to send. One that was
   * told to stop, because the consumers before it are started again, comes back and goes on.
   */
  #observe(event: RuntimeEvent): void {
    if (!this.#running.has(event.actor)) return;
    const name = `${event.actor}:${event.incarnation}`;
    if (event.kind === "stopping") this.#told.add(name);
    if (event.kind !== "down" || event.reason !== "stopped" || this.#told.has(name)) return;
    this.#running.delete(event.actor);
    if (this.#running.size === 0) this.#finished.resolve();
  }
}

function producerOf(source: SourceOptions): string {
  return source.kind === "meter" ? METER : source.options.producer;
}

/** Starts the meter; what stood in `notifications` before `timedFrom` is counted and not timed. */
export function startMeter(floor: Floor, options: MeterOptions): ActorHandle {
  return startSource(floor, {
    id: METER,
    incarnation: floor.runtime.nextIncarnation(METER),
    options: { kind: "meter", options },
  });
}
