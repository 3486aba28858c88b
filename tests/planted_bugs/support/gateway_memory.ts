/**
 * A gateway that remembers otherwise what was asked and answered.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import type { Hash64 } from "../../../actors/order_gateway/hash64.ts";
import type { Idempotency, Recall } from "../../../actors/order_gateway/idempotency.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { GatewayLimits } from "../../../kafka/messages/mod.ts";
import type { HostDecorator } from "../planted_bug.ts";
import { foldingConsumer } from "./folding_consumer.ts";
import { withConsumer } from "./planted_roles.ts";

/** What is made of what the memory recalls. */
export type OtherRecall = (
  memory: Idempotency,
  recalled: Recall,
  asked: { readonly id: Hash64; readonly limits: GatewayLimits },
) => Recall;

/** Gateways whose accounts recall as `other` says. */
export function gatewayRecalling(other: OtherRecall): HostDecorator {
  return withConsumer(
    "order-gateway",
    (start, surroundings) => foldingConsumer(recalling(other), { start, surroundings }),
  );
}

function recalling(other: OtherRecall): Fold<GatewayState, "order-commands"> {
  const changed = new WeakSet<Idempotency>();
  return {
    ...orderGatewayFold,
    apply(state, input, out) {
      const { message } = input;
      const memory = "userId" in message ? state.accounts.get(message.userId)?.memory : undefined;
      if (memory !== undefined && state.floor !== null && !changed.has(memory)) {
        changed.add(memory);
        const { limits } = state.floor.parameters;
        const recall = memory.recall.bind(memory);
        memory.recall = (id, body, now) => other(memory, recall(id, body, now), { id, limits });
      }
      orderGatewayFold.apply(state, input, out);
    },
  };
}
