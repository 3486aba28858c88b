/**
 * The lenses of the roles whose state is a fold of trading.
 *
 * @module
 */

import type { GatewayState } from "../../../actors/order_gateway/gateway_state.ts";
import type { PortfolioState } from "../../../actors/portfolio_manager/portfolio_state.ts";
import type { EngineState } from "../../../actors/trading_engine/engine_state.ts";
import { engineLens } from "./engine_lens.ts";
import { gatewayLens } from "./gateway_lens.ts";
import { portfolioLens } from "./portfolio_lens.ts";
import type { StateLens } from "./state_view.ts";

/** By role. A lens reads a state and changes nothing of it. */
export const LENSES: {
  readonly "order-gateway": StateLens<GatewayState, "order-commands">;
  readonly "trading-engine": StateLens<EngineState, "orders">;
  readonly "portfolio-manager": StateLens<PortfolioState, "notifications">;
} = {
  "order-gateway": gatewayLens,
  "trading-engine": engineLens,
  "portfolio-manager": portfolioLens,
};
