/**
 * A portfolio as its user sees it: decimals, and market values by whatever prices the asker has.
 * Prices are no part of the state: unrealised profit is joined here and nowhere else.
 *
 * @module
 */

import type { Instrument, Instruments } from "../instruments.ts";
import type { Portfolio, Position } from "./portfolio.ts";
import type { PortfolioState } from "./portfolio_state.ts";

/** One position, in decimals of cash and quantity. Plain data. */
export interface PositionView {
  /** Ticker. */
  readonly symbol: string;
  /** Held now, those reserved for open sell orders among them. */
  readonly quantity: number;
  /** Cash paid for the quantity held. */
  readonly cost: number;
  /** Cash paid for one unit of the quantity held; null when nothing is held. */
  readonly averageCost: number | null;
  /** Null when the asker knows no price. */
  readonly marketPrice: number | null;
  /** Quantity x market price, rounded to a cash unit. 0 when nothing is held. */
  readonly marketValue: number | null;
  /** Market value less cost. */
  readonly unrealised: number | null;
  /** Profit of what was sold, at average cost. */
  readonly realised: number;
  /** Fills of the user in this symbol. */
  readonly trades: number;
}

/** One user's portfolio, in decimals. Plain data. */
export interface PortfolioView {
  /** Whose it is. */
  readonly userId: string;
  /** All of it, that reserved for open buy orders included. */
  readonly cash: number;
  /** Everything that was ever held, in the floor's order of symbols. */
  readonly positions: readonly PositionView[];
  /** Over all positions. */
  readonly realised: number;
  /** Null when a position is held whose price is not known; so is the next. */
  readonly unrealised: number | null;
  /** Cash and market values. */
  readonly equity: number | null;
  /** Fills of the user. */
  readonly trades: number;
}

/** The price of a symbol now, in decimals, as far as the asker knows. */
export type PriceView = (symbol: string) => number | undefined;

/**
 * A user's portfolio, or null when this partition has never heard of the user.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { emptyPortfolioState } from "./portfolio_state.ts";
 * import { portfolioView } from "./portfolio_view.ts";
 * assert.equal(portfolioView(emptyPortfolioState(), "501", () => undefined), null);
 * ```
 */
export function portfolioView(
  state: PortfolioState,
  userId: string,
  prices: PriceView,
): PortfolioView | null {
  const portfolio = state.portfolios.get(userId);
  if (portfolio === undefined || state.floor === null) return null;
  const { instruments } = state.floor;
  const marked = instruments.list.flatMap((instrument) => {
    const position = portfolio.positions.get(instrument.symbol);
    return position === undefined ? [] : [{
      instrument,
      position,
      ...markToMarket(position, { instrument, instruments, price: prices(instrument.symbol) }),
    }];
  });
  // Summed in cash units, since sums of decimals are not exact.
  const value = sum(marked.map(({ valueUnits }) => valueUnits));
  const cost = marked.reduce((total, { position }) => total + position.cost, 0);
  return {
    userId,
    cash: instruments.unitsToCash(portfolio.cash),
    positions: marked.map((mark) => positionView(mark, instruments)),
    realised: instruments.unitsToCash(realisedUnits(portfolio)),
    unrealised: value === null ? null : instruments.unitsToCash(value - cost),
    equity: value === null ? null : instruments.unitsToCash(portfolio.cash + value),
    trades: portfolio.trades,
  };
}

/** Users with a portfolio in this partition, in the order in which they were first heard of. */
export function portfolioUsers(state: PortfolioState): readonly string[] {
  return [...state.portfolios.keys()];
}

interface Mark {
  readonly marketPrice: number | null;
  readonly valueUnits: number | null;
}

function markToMarket(
  { lots }: Position,
  { instrument, instruments, price }: {
    readonly instrument: Instrument;
    readonly instruments: Instruments;
    readonly price: number | undefined;
  },
): Mark {
  const marketPrice = price === undefined || !Number.isFinite(price) ? null : price;
  if (lots === 0) return { marketPrice, valueUnits: 0 };
  if (marketPrice === null) return { marketPrice, valueUnits: null };
  const value = marketPrice * instrument.lotsToQuantity(lots);
  return { marketPrice, valueUnits: Math.round(value * 10 ** instruments.cashDecimals) };
}

function positionView(
  { instrument, position, marketPrice, valueUnits }: Mark & {
    readonly instrument: Instrument;
    readonly position: Position;
  },
  instruments: Instruments,
): PositionView {
  const { lots, cost, realised, trades } = position;
  const quantity = instrument.lotsToQuantity(lots);
  return {
    symbol: instrument.symbol,
    quantity,
    cost: instruments.unitsToCash(cost),
    averageCost: lots > 0 ? instruments.unitsToCash(cost) / quantity : null,
    marketPrice,
    marketValue: valueUnits === null ? null : instruments.unitsToCash(valueUnits),
    unrealised: valueUnits === null ? null : instruments.unitsToCash(valueUnits - cost),
    realised: instruments.unitsToCash(realised),
    trades,
  };
}

function realisedUnits({ positions }: Portfolio): number {
  let total = 0;
  for (const { realised } of positions.values()) total += realised;
  return total;
}

function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
