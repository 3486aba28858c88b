/**
 * The portfolios of one partition's users, and their canonical bytes.
 *
 * @module
 */

import type { FloorParameters } from "../../kafka/messages/mod.ts";
import { packState, viewState } from "../fold/state_bytes.ts";
import { Instruments } from "../instruments.ts";
import type { Portfolio, Position } from "./portfolio.ts";

/** State of the portfolio manager's fold over one partition of `notifications`. */
export interface PortfolioState {
  /** Null before the partition's first record. */
  floor: { readonly parameters: FloorParameters; readonly instruments: Instruments } | null;
  /** By user id, in the order in which they were first heard of. */
  readonly portfolios: Map<string, Portfolio>;
  /** Fills of all users: two for each trade, if both are of this partition. */
  fills: number;
}

/** The state before the first record. */
export function emptyPortfolioState(): PortfolioState {
  return { floor: null, portfolios: new Map(), fills: 0 };
}

/** A portfolio as a JSON row, short because there are many: user, cash, trades, positions. */
type Row = readonly [
  userId: string,
  cash: number,
  trades: number,
  positions: readonly (readonly [
    symbol: string,
    lots: number,
    cost: number,
    realised: number,
    trades: number,
  ])[],
];

interface Head {
  readonly parameters: FloorParameters | null;
  readonly fills: number;
  readonly portfolios: readonly Row[];
}

/** Rows stand in the order in which the records brought them, so equal states give equal bytes. */
export function encodePortfolioState(state: PortfolioState): Uint8Array {
  const head: Head = {
    parameters: state.floor?.parameters ?? null,
    fills: state.fills,
    portfolios: [...state.portfolios.values()].map(rowOf),
  };
  return packState(head);
}

export function decodePortfolioState(bytes: Uint8Array): PortfolioState {
  // The bytes are encodePortfolioState's, told by the snapshot's digest.
  const { parameters, fills, portfolios } = viewState(bytes).head as Head;
  return {
    floor: parameters === null ? null : { parameters, instruments: new Instruments(parameters) },
    portfolios: new Map(portfolios.map((row) => [row[0], portfolioOf(row)])),
    fills,
  };
}

function rowOf({ userId, cash, trades, positions }: Portfolio): Row {
  const rows = [...positions].map(([symbol, position]) =>
    [symbol, position.lots, position.cost, position.realised, position.trades] as const
  );
  return [userId, cash, trades, rows];
}

function portfolioOf([userId, cash, trades, rows]: Row): Portfolio {
  const positions = new Map(rows.map(([symbol, lots, cost, realised, trades]) => {
    const position: Position = { lots, cost, realised, trades };
    return [symbol, position];
  }));
  return { userId, cash, trades, positions };
}
