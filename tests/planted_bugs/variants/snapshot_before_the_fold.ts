/**
 * Snapshot taken before the fold it claims to hold: the state is encoded, then a batch is folded, then
 * the snapshot is saved under the offset behind the batch.
 *
 * @module
 */

import { tradingEngineFold } from "../../../actors/trading_engine/trading_engine_fold.ts";
import type { EngineState } from "../../../actors/trading_engine/engine_state.ts";
import type { PlantedBug } from "../planted_bug.ts";
import { foldingConsumer } from "../support/folding_consumer.ts";
import { over } from "../support/over.ts";
import { withConsumer } from "../support/planted_roles.ts";

/** An engine that is restored has forgotten the orders of a batch. */
export const snapshotBeforeTheFold: PlantedBug = {
  id: "snapshot_before_the_fold",
  what: "snapshot taken before the fold it claims to hold",
  host: withConsumer("trading-engine", (start, surroundings) => {
    const taken = new Map<EngineState, Uint8Array>();
    const fold = {
      ...tradingEngineFold,
      encode: (state: EngineState) => taken.get(state)?.slice() ?? tradingEngineFold.encode(state),
    };
    return foldingConsumer(fold, {
      start,
      surroundings,
      wrap: (processor) =>
        over(processor, {
          process: async (records) => {
            const { state } = processor;
            // Before the floor is open there is no state to speak of.
            if (state.parameters !== null) taken.set(state, tradingEngineFold.encode(state));
            await processor.process(records);
            taken.delete(state);
          },
        }),
    });
  }),
};
