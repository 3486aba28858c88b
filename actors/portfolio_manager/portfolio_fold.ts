/**
 * The portfolio manager's logic: a fold over one partition of `notifications`. It owns positions, cash,
 * cost basis and realised profit and loss, by user.
 *
 * A user's records come from the gateway and from the engines, and only those of one sender are in
 * order among themselves: a fill may be read before the opening or the deposit that paid for it. Every
 * record is therefore added to what is there, and cash or lots may stand below 0 until the other comes.
 *
 * @module
 */

import type { AccountOpened, Notification, OrderFilled } from "../../kafka/messages/mod.ts";
import { adoptParameters } from "../floor/adopt_parameters.ts";
import { FOLD_VERSIONS } from "../floor/fold_versions.ts";
import type { Fold, FoldInput } from "../fold/fold.ts";
import { type Instrument, Instruments } from "../instruments.ts";
import { buy, emptyPortfolio, type Portfolio, positionOf, sell } from "./portfolio.ts";
import {
  decodePortfolioState,
  emptyPortfolioState,
  encodePortfolioState,
  type PortfolioState,
} from "./portfolio_state.ts";

/** The portfolio manager, over one partition of `notifications`. It emits nothing. */
export const portfolioFold: Fold<PortfolioState, "notifications"> = {
  role: "portfolio-manager",
  version: FOLD_VERSIONS["portfolio-manager"],
  topic: "notifications",
  create: emptyPortfolioState,
  apply,
  encode: encodePortfolioState,
  decode: decodePortfolioState,
};

/** @throws {Error} for a record before `floor-opened`, and for one that opens another floor */
function apply(state: PortfolioState, { message }: FoldInput<Notification>): void {
  if (message.type === "floor-opened") {
    const held = state.floor?.parameters ?? null;
    const parameters = adoptParameters(held, message.parameters);
    if (held === null) state.floor = { parameters, instruments: new Instruments(parameters) };
    return;
  }
  if (state.floor === null) {
    throw new Error(
      `Cannot book "${message.type}": the partition does not begin with floor-opened`,
    );
  }
  switch (message.type) {
    case "account-opened":
      if (!message.duplicate) endow(state, message);
      return;
    case "deposit-accepted":
      if (!message.duplicate) portfolioOf(state, message.userId).cash += message.amountUnits;
      return;
    case "order-filled":
      return book(state, message, state.floor.instruments);
    default:
      // Answers, cancellations and refusals move neither cash nor shares.
      return;
  }
}

function endow(state: PortfolioState, { userId, cashUnits, holdings }: AccountOpened): void {
  const portfolio = portfolioOf(state, userId);
  portfolio.cash += cashUnits;
  for (const [symbol, lots] of Object.entries(holdings)) {
    if (lots > 0) positionOf(portfolio, symbol).lots += lots;
  }
}

function book(state: PortfolioState, fill: OrderFilled, instruments: Instruments): void {
  const { userId, symbol, side, priceTicks, quantityLots } = fill;
  const units = priceTicks * (quantityLots * instrumentOf(instruments, symbol).unitsPerTickLot);
  const portfolio = portfolioOf(state, userId);
  if (side === "buy") buy(portfolio, symbol, quantityLots, units);
  else sell(portfolio, symbol, quantityLots, units);
  state.fills++;
}

function instrumentOf(instruments: Instruments, symbol: string): Instrument {
  const instrument = instruments.get(symbol);
  if (instrument !== undefined) return instrument;
  throw new Error(`Cannot book a fill: symbol "${symbol}" is not of this floor`);
}

function portfolioOf(state: PortfolioState, userId: string): Portfolio {
  const known = state.portfolios.get(userId);
  if (known !== undefined) return known;
  const portfolio = emptyPortfolio(userId);
  state.portfolios.set(userId, portfolio);
  return portfolio;
}
