/**
 * What a session starts besides the floor, made from its role's name: producers, and the meter. Their
 * modules are loaded when they are needed, so a worker carries its own role only.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { lazyModule } from "../../actors/lazy_module.ts";
import type { MarketDataProducerOptions } from "../../actors/market_data_producer/options.ts";
import type { OrderCommandProducerOptions } from "../../actors/order_command_producer/options.ts";
import type { Actor, ActorStart } from "../../actors/runtime/actor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { MeterOptions } from "../measuring/meter_actor.ts";

/** What a session's own actor is, and its options. Plain data. */
export type SourceOptions =
  | { readonly kind: "order-command-producer"; readonly options: OrderCommandProducerOptions }
  | { readonly kind: "market-data-producer"; readonly options: MarketDataProducerOptions }
  | { readonly kind: "meter"; readonly options: MeterOptions };

const MODULES = {
  orders: lazyModule(() => import("../../actors/order_command_producer/order_command_producer.ts")),
  prices: lazyModule(() => import("../../actors/market_data_producer/market_data_producer.ts")),
  meter: lazyModule(() => import("../measuring/meter_actor.ts")),
} as const;

/** Loads every kind, so that none is loaded later: where time is virtual, modules must be there before. */
export async function preloadSources(): Promise<void> {
  await Promise.all(Object.values(MODULES).map((load) => load()));
}

/** Makes the actor that `start.options.kind` names. */
export async function createSource(
  start: ActorStart<SourceOptions>,
  { log, clock }: { readonly log: EventLog; readonly clock: Clock },
): Promise<Actor> {
  const source = start.options;
  switch (source.kind) {
    case "order-command-producer": {
      const { createOrderCommandProducer } = await MODULES.orders();
      return createOrderCommandProducer({
        start: { ...start, options: source.options },
        log,
        clock,
      });
    }
    case "market-data-producer": {
      const { createMarketDataProducer } = await MODULES.prices();
      return createMarketDataProducer({ start: { ...start, options: source.options }, log, clock });
    }
    case "meter": {
      const { createMeterActor } = await MODULES.meter();
      return await createMeterActor({ ...start, options: source.options }, { log, clock });
    }
  }
}
