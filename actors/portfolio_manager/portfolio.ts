/**
 * One user's portfolio in integers: cash, and for each symbol lots, what they cost, and what their
 * sales have earned, by the average-cost method.
 *
 * A sale takes its share of the cost out of the position: `floor(cost x sold / held)` cash units, all
 * of it with the last lot. What rounding leaves stays with what is held, so that at any time, exactly:
 * cash = cash paid in + realised - cost of what is held.
 *
 * Shares that an account was opened with cost nothing: nobody paid for them on this floor. Their whole
 * proceeds are profit when they are sold.
 *
 * @module
 */

/** One symbol's position. */
export interface Position {
  /** Below 0 only while a sale is known before the opening that brought the shares. */
  lots: number;
  /** Cash units paid for the lots held. */
  cost: number;
  /** Cash units earned by sales, below 0 for losses. */
  realised: number;
  /** Fills. */
  trades: number;
}

/** One user's account as the notifications tell it. */
export interface Portfolio {
  readonly userId: string;
  /** Cash units. Below 0 only while a purchase is known before the cash that paid for it. */
  cash: number;
  trades: number;
  /** By symbol, in the order in which they were first held. */
  readonly positions: Map<string, Position>;
}

export function emptyPortfolio(userId: string): Portfolio {
  return { userId, cash: 0, trades: 0, positions: new Map() };
}

/** The position of a symbol, made when there is none. */
export function positionOf(portfolio: Portfolio, symbol: string): Position {
  const held = portfolio.positions.get(symbol);
  if (held !== undefined) return held;
  const position: Position = { lots: 0, cost: 0, realised: 0, trades: 0 };
  portfolio.positions.set(symbol, position);
  return position;
}

/** A purchase of `lots` for `paid` cash units. */
export function buy(portfolio: Portfolio, symbol: string, lots: number, paid: number): void {
  const position = positionOf(portfolio, symbol);
  position.lots += lots;
  position.cost += paid;
  portfolio.cash -= paid;
  countTrade(portfolio, position);
}

/** A sale of `lots` for `received` cash units. */
export function sell(portfolio: Portfolio, symbol: string, lots: number, received: number): void {
  const position = positionOf(portfolio, symbol);
  const cost = costOfSale(position, lots);
  position.lots -= lots;
  position.cost -= cost;
  position.realised += received - cost;
  portfolio.cash += received;
  countTrade(portfolio, position);
}

/** Cash units of a position's cost that belong to `lots` of it. */
export function costOfSale(
  { lots: held, cost }: Pick<Position, "lots" | "cost">,
  lots: number,
): number {
  if (lots >= held) return cost;
  const product = cost * lots;
  if (Number.isSafeInteger(product)) return (product - product % held) / held;
  return Number(BigInt(cost) * BigInt(lots) / BigInt(held));
}

function countTrade(portfolio: Portfolio, position: Position): void {
  position.trades++;
  portfolio.trades++;
}
