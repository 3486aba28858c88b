/**
 * What the portfolio manager's state has to do with a record: its user's portfolio.
 *
 * @module
 */

import type { Portfolio, Position } from "../../../actors/portfolio_manager/portfolio.ts";
import type { PortfolioState } from "../../../actors/portfolio_manager/portfolio_state.ts";
import type { StateLens, StateValue, StateView } from "./state_view.ts";
import { type PlainUnits, unitsOf } from "./units.ts";

/** So many positions of a portfolio are shown, the record's own before the others. */
export const MAX_POSITIONS_SHOWN = 32;

/** The portfolio manager's lens. */
export const portfolioLens: StateLens<PortfolioState, "notifications"> = {
  view(state, { message }) {
    const { floor, portfolios } = state;
    if (floor === null) return { subject: "floor", value: { opened: false } };
    if (message === null || message.type === "floor-opened") {
      const value = { opened: true, portfolios: portfolios.size, fills: state.fills };
      return { subject: "floor", value };
    }
    const symbol = "symbol" in message ? message.symbol : null;
    const portfolio = portfolios.get(message.userId);
    if (portfolio === undefined) return unknownView(message.userId);
    return portfolioView(portfolio, symbol, unitsOf(floor.parameters).plain);
  },
};

function unknownView(userId: string): StateView {
  return {
    subject: `portfolio ${userId}`,
    value: { portfolio: "none yet" },
    raw: { kind: "portfolio", userId, cashUnits: 0, trades: 0, position: null },
  };
}

function portfolioView(
  portfolio: Portfolio,
  symbol: string | null,
  units: PlainUnits,
): StateView {
  const { userId, cash, trades, positions } = portfolio;
  const own = symbol === null ? undefined : positions.get(symbol);
  return {
    subject: `portfolio ${userId}`,
    value: {
      cash: units.cash(cash),
      positions: positionsOf(positions, symbol, units),
      trades,
    },
    raw: {
      kind: "portfolio",
      userId,
      cashUnits: cash,
      trades,
      position: symbol === null || own === undefined ? null : {
        symbol,
        lots: own.lots,
        costUnits: own.cost,
        realisedUnits: own.realised,
        trades: own.trades,
      },
    },
  };
}

/** In the order in which they were first held. */
function positionsOf(
  positions: ReadonlyMap<string, Position>,
  symbol: string | null,
  units: PlainUnits,
): StateValue {
  const rows: [string, StateValue][] = [];
  const room = MAX_POSITIONS_SHOWN - (symbol !== null && positions.has(symbol) ? 1 : 0);
  let others = 0;
  for (const [held, position] of positions) {
    if (held !== symbol && ++others > room) continue;
    rows.push([held, positionValue(held, position, units)]);
  }
  if (others > room) rows.push(["(others)", others - room]);
  return Object.fromEntries(rows);
}

function positionValue(symbol: string, position: Position, units: PlainUnits): StateValue {
  return {
    quantity: units.quantity(symbol, position.lots),
    cost: units.cash(position.cost),
    realised: units.cash(position.realised),
    trades: position.trades,
  };
}
