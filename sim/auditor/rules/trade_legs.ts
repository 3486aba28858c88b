/**
 * `conservation`, per trade: its five legs (the trade itself, two fills, two settlements) say the
 * same, so that what one side pays is what the other gets.
 *
 * @module
 */

import type { Side, Trade } from "../../../kafka/messages/mod.ts";
import type { PlaceColumn } from "../memory/columns.ts";
import type { Derived } from "../derived_messages.ts";
import {
  ALL_LEGS,
  LEG_BUY_FILL,
  LEG_BUY_SETTLE,
  LEG_SELL_FILL,
  LEG_SELL_SETTLE,
  LEG_TRADE,
  legNames,
  MAKER,
  TAKER,
} from "../evidence/trade_table.ts";
import { formatRef } from "../findings.ts";
import type { EngineNotice, Rule, RuleContext, Settlement } from "../rule.ts";
import type { RecordRef } from "../verdict.ts";

const RULE = "conservation";

interface Terms {
  readonly tradeId: string;
  readonly symbol: string;
  readonly priceTicks: number;
  readonly quantityLots: number;
}

interface Leg {
  readonly bit: number;
  readonly name: string;
  readonly places: PlaceColumn;
  /** Null for the trade itself, which names no order. */
  readonly order: { readonly side: Side; readonly number: number } | null;
}

/** The part of the rule that looks at single trades. */
export class TradeLegs implements Rule {
  readonly #context: RuleContext;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onNotice(derived: Derived<EngineNotice>): void {
    const { message } = derived;
    if (message.type !== "order-filled") return;
    const { trades } = this.#context.evidence;
    const { side, orderNumber } = message;
    const buys = side === "buy";
    const row = this.#addLeg(derived, message, {
      bit: buys ? LEG_BUY_FILL : LEG_SELL_FILL,
      name: buys ? "the buyer's fill" : "the seller's fill",
      places: buys ? trades.buyFillAt : trades.sellFillAt,
      order: { side, number: orderNumber },
    });
    const mark = message.liquidity === "taker" ? TAKER : MAKER;
    if ((trades.seen.get(row) & mark) !== 0) {
      this.#violate(
        message,
        row,
        derived.record,
        `has two fills marked ${message.liquidity}`,
      );
    }
    trades.seen.set(row, trades.seen.get(row) | mark);
  }

  onTrade(derived: Derived<Trade>): void {
    const { trades } = this.#context.evidence;
    this.#addLeg(derived, derived.message, {
      bit: LEG_TRADE,
      name: "the trade in market-data",
      places: trades.tradeAt,
      order: null,
    });
  }

  onSettlement(derived: Derived<Settlement>): void {
    const { message } = derived;
    if (message.type !== "settle-fill") return;
    const { trades } = this.#context.evidence;
    const { side, orderNumber } = message;
    const buys = side === "buy";
    this.#addLeg(derived, message, {
      bit: buys ? LEG_BUY_SETTLE : LEG_SELL_SETTLE,
      name: buys ? "the buyer's settlement" : "the seller's settlement",
      places: buys ? trades.buySettleAt : trades.sellSettleAt,
      order: { side, number: orderNumber },
    });
  }

  finish(): void {
    const { trades, counts } = this.#context.evidence;
    counts.trades = trades.size;
    for (let row = 0; row < trades.size; row++) {
      const missing = ALL_LEGS & ~trades.seen.get(row);
      if (missing === 0) continue;
      const places = [trades.buyFillAt, trades.sellFillAt, trades.buySettleAt, trades.sellSettleAt];
      this.#context.findings.miss(
        RULE,
        `a trade of ${trades.lots.get(row)} lots at ${trades.priceTicks.get(row)} lacks ` +
          legNames(missing),
        [trades.tradeAt.get(row), ...places.map((column) => column.get(row))],
      );
    }
  }

  /** Returns the trade's row. */
  #addLeg(derived: Derived, terms: Terms, leg: Leg): number {
    const { evidence, findings } = this.#context;
    const { trades } = evidence;
    const { record } = derived;
    findings.check(RULE);
    const row = trades.add(derived.prints);
    const seen = trades.seen.get(row);
    const symbol = (evidence.facts?.symbol(terms.symbol)?.index ?? -1) + 1;
    if (seen === 0) {
      trades.symbol.set(row, symbol);
      trades.priceTicks.set(row, terms.priceTicks);
      trades.lots.set(row, terms.quantityLots);
    } else if (
      trades.symbol.get(row) !== symbol || trades.priceTicks.get(row) !== terms.priceTicks ||
      trades.lots.get(row) !== terms.quantityLots
    ) {
      const told = `${terms.quantityLots} ${terms.symbol} at ${terms.priceTicks}`;
      const first = `${trades.lots.get(row)} at ${trades.priceTicks.get(row)}`;
      this.#violate(terms, row, record, `is ${first}, but ${leg.name} says ${told}`);
    }
    if ((seen & leg.bit) !== 0) {
      this.#violate(terms, row, record, `has ${leg.name} twice`);
      return row;
    }
    trades.seen.set(row, seen | leg.bit);
    leg.places.set(row, record);
    this.#compareOrder(terms, row, record, leg);
    return row;
  }

  /** A fill and its settlement must be of the same order. */
  #compareOrder(terms: Terms, row: number, record: RecordRef, leg: Leg): void {
    if (leg.order === null) return;
    const { trades } = this.#context.evidence;
    const buys = leg.order.side === "buy";
    const column = buys ? trades.buyOrder : trades.sellOrder;
    const other = buys ? LEG_BUY_FILL | LEG_BUY_SETTLE : LEG_SELL_FILL | LEG_SELL_SETTLE;
    if ((trades.seen.get(row) & other & ~leg.bit) === 0) {
      column.set(row, leg.order.number);
    } else if (column.get(row) !== leg.order.number) {
      const text = `is of order ${column.get(row)}, but ${leg.name} is of ${leg.order.number}`;
      this.#violate(terms, row, record, text);
    }
  }

  #violate({ tradeId }: Terms, row: number, at: RecordRef, what: string): void {
    const { evidence, findings } = this.#context;
    const first = evidence.trades.firstPlace(row);
    findings.violate(RULE, `trade ${tradeId} ${what} (${formatRef(at)})`, [first, at]);
  }
}
