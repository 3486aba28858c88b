/**
 * Priority by price only: of two orders at one price the younger trades first.
 *
 * @module
 */

import type { Fold } from "../../../actors/fold/fold.ts";
import type { BookSide } from "../../../actors/trading_engine/book_side.ts";
import type { EngineState } from "../../../actors/trading_engine/engine_state.ts";
import { NONE } from "../../../actors/trading_engine/order_index.ts";
import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer } from "../support/folding_consumer.ts";
import { withConsumer } from "../support/planted_roles.ts";

/** Who came first is served last. */
export const priorityByPriceOnly: PlantedBug = {
  id: "priority_by_price_only",
  what: "priority by price only",
  host: withConsumer(
    "trading-engine",
    (start, surroundings) => foldingConsumer(youngestFirst(), { start, surroundings }),
  ),
};

function youngestFirst(): Fold<EngineState, "orders"> {
  const changed = new WeakSet<BookSide>();
  return {
    ...tradingEngineFold,
    apply(state, input, out) {
      const { message } = input;
      if (message.type === "order-accepted") {
        const { bids, asks } = state.bookOf(message.symbol).book;
        for (const side of [bids, asks]) {
          if (changed.has(side)) continue;
          changed.add(side);
          appendAtHead(side, state);
        }
      }
      tradingEngineFold.apply(state, input, out);
    },
  };
}

/** The order goes to its price's queue as always, and then to the queue's head. */
function appendAtHead(side: BookSide, { orders }: EngineState): void {
  const append = side.append.bind(side);
  side.append = (orderNumber, ticks, lots) => {
    const slot = append(orderNumber, ticks, lots);
    const level = orders.levels[slot]!;
    const { heads, tails } = side.ladder;
    const before = orders.previous[slot]!;
    if (before === NONE) return slot;
    const head = heads[level]!;
    orders.next[before] = NONE;
    tails[level] = before;
    orders.previous[head] = slot;
    orders.next[slot] = head;
    orders.previous[slot] = NONE;
    heads[level] = slot;
    return slot;
  };
}
