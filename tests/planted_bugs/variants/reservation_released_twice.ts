/**
 * Reservation released twice: what was reserved for an order that is over becomes free a second time.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import { orderGatewayFold } from "../../../actors/order_gateway/order_gateway_fold.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer } from "../support/folding_consumer.ts";
import { withConsumer } from "../support/planted_roles.ts";

const releasingTwice: Fold<GatewayState, "order-commands"> = {
  ...orderGatewayFold,
  apply(state, input, out) {
    const { message } = input;
    const order = message.type === "release-order"
      ? [...state.live.values()].find(({ orderNumber }) => orderNumber === message.orderNumber)
      : undefined;
    const reserved = order?.reserved ?? 0;
    orderGatewayFold.apply(state, input, out);
    if (order === undefined) return;
    const { account, instrument, side } = order;
    if (side === "buy") account.availableCash += reserved;
    else account.reservedLots[instrument.index]! -= reserved;
  },
};

/** Users spend what they do not have. */
export const reservationReleasedTwice: PlantedBug = {
  id: "reservation_released_twice",
  what: "reservation released twice",
  host: withConsumer(
    "order-gateway",
    (start, surroundings) => foldingConsumer(releasingTwice, { start, surroundings }),
  ),
};
