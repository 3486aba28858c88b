/**
 * Settlements sent past the input partition: the engine tells the gateway at once, and the record in
 * `order-commands` is kept for the auditor only.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { EventLog, RecordBatch } from "../../../kafka/event_log.ts";
import type { ReleaseOrder, SettleFill } from "../../../kafka/messages/mod.ts";
import { both, withConsumer, withLog } from "../support/planted_roles.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer } from "../support/folding_consumer.ts";
import { over } from "../support/over.ts";

type Settlement = SettleFill | ReleaseOrder;

/** The gateway's cash is no longer a fold of one log: what it decides by is not where it says. */
export const settlementsPastTheInput: PlantedBug = {
  id: "settlements_past_the_input",
  what: "settlements sent past the input partition",
  host: (host) => {
    const line = new DirectLine();
    const gateways = withConsumer(
      "order-gateway",
      (start, surroundings) => foldingConsumer(line.fold(), { start, surroundings }),
    );
    const engines = withLog((log, { role }) => role === "trading-engine" ? line.tapped(log) : log);
    return both(gateways, engines)(host);
  },
};

/** From engines to gateways, without the log. */
class DirectLine {
  /** By partition of `order-commands`. */
  readonly #waiting = new Map<number, Settlement[]>();
  readonly #taken = new Set<string>();

  tapped(log: EventLog): EventLog {
    return over(log, {
      publish: async (batches) => {
        const published = await log.publish(batches);
        for (const batch of batches) this.#put(batch);
        return published;
      },
    });
  }

  fold(): Fold<GatewayState, "order-commands"> {
    const { admits = () => true } = orderGatewayFold;
    return {
      ...orderGatewayFold,
      apply: (state, input, out) => {
        for (const message of this.#waiting.get(state.partition)?.splice(0) ?? []) {
          if (this.#taken.has(message.id) || !admits(state, { message, key: message.userId })) {
            continue;
          }
          this.#taken.add(message.id);
          orderGatewayFold.apply(state, { ...input, message, key: message.userId }, out);
        }
        if (!this.#taken.has(input.message.id)) orderGatewayFold.apply(state, input, out);
      },
      admits: (state, input) => this.#taken.has(input.message.id) || admits(state, input),
    };
  }

  #put({ topic, partition, records }: RecordBatch): void {
    if (topic !== "order-commands") return;
    const waiting = this.#waiting.get(partition) ?? [];
    this.#waiting.set(partition, waiting);
    for (const { value } of records) {
      // An engine writes nothing else there, and as text.
      if (typeof value === "string") waiting.push(JSON.parse(value) as Settlement);
    }
  }
}
