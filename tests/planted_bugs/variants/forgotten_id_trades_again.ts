/**
 * A forgotten order id that trades again when resent: once the answer is gone, the id is new.
 *
 * @module
 */

import type { PlantedBug } from "../planted_bug.ts";
import { gatewayRecalling } from "../support/gateway_memory.ts";

/** A resend past the horizon is another order. */
export const forgottenIdTradesAgain: PlantedBug = {
  id: "forgotten_id_trades_again",
  what: "a forgotten order id that trades again when resent",
  host: gatewayRecalling((_memory, recalled) =>
    recalled.kind === "stale" ? { kind: "new" } : recalled
  ),
};
