/**
 * Two incarnations running at once with a clock in the decision: the gateway counts rates and horizons by
 * its own clock, so two of them decide otherwise on the same record.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { Clock } from "../../../actors/runtime/clock.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer } from "../support/folding_consumer.ts";
import { withConsumer } from "../support/planted_roles.ts";

/** What a gateway sends again is not what it sent before. */
export const clockInTheDecision: PlantedBug = {
  id: "clock_in_the_decision",
  what: "two incarnations running at once with a clock in the decision",
  host: withConsumer(
    "order-gateway",
    (start, surroundings) => foldingConsumer(byClock(surroundings.clock), { start, surroundings }),
  ),
};

function byClock(clock: Clock): Fold<GatewayState, "order-commands"> {
  return {
    ...orderGatewayFold,
    apply: (state, input, out) =>
      orderGatewayFold.apply(state, { ...input, now: Math.floor(clock.now()) }, out),
  };
}
