/**
 * No high-water mark: the trading engine takes whatever it is delivered, as often as it is.
 *
 * @module
 */

import type { PlantedBug } from "../planted_bug.ts";
import { withLog } from "../support/planted_roles.ts";
import { resequenced } from "../support/resequenced.ts";

/** What a gateway sends again after a crash is taken again. */
export const noHighWaterMark: PlantedBug = {
  id: "no_high_water_mark",
  what: "no high-water mark",
  host: withLog((log, { role }) =>
    role === "trading-engine" ? resequenced(log, "orders", () => true) : log
  ),
};
