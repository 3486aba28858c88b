/**
 * `price-time-priority`: the slow matcher replays `orders` and must reproduce every trade, end and
 * quote that the engine told, in every place where it told it.
 *
 * @module
 */

import type {
  CancelRequested,
  OrderAccepted,
  OrderFilled,
  Quote,
  SettleFill,
  Trade,
} from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { ExpectedOutcomes } from "../evidence/expected_outcomes.ts";
import {
  ALL_LEGS,
  LEG_BUY_FILL,
  LEG_BUY_SETTLE,
  LEG_SELL_FILL,
  LEG_SELL_SETTLE,
  LEG_TRADE,
  legNames,
} from "../evidence/trade_table.ts";
import { formatRef } from "../findings.ts";
import {
  chainOfOrder,
  type EngineNotice,
  type Rule,
  type RuleContext,
  type Settlement,
} from "../rule.ts";
import type { TopOfBook } from "../slow_matcher.ts";
import { ReplayedBooks } from "./replayed_books.ts";

const RULE = "price-time-priority";
const TOLD = 1;
const RELEASED = 2;

/** The rule. */
export class PriceTimePriority implements Rule {
  readonly #context: RuleContext;
  readonly #expected: ExpectedOutcomes;
  readonly #books: ReplayedBooks;

  constructor(context: RuleContext) {
    this.#context = context;
    this.#expected = new ExpectedOutcomes(context.evidence.memory);
    this.#books = new ReplayedBooks(context, this.#expected);
  }

  onAccepted(derived: Derived<OrderAccepted>): void {
    this.#books.accept(derived);
  }

  onCancelRequested(derived: Derived<CancelRequested>): void {
    this.#books.cancel(derived);
  }

  onNotice(derived: Derived<EngineNotice>, row: number): void {
    if (this.#books.blind) return;
    const { message } = derived;
    if (message.type === "order-filled") {
      // Narrowed by its type.
      this.#compareFill(derived as Derived<OrderFilled>, row);
      return;
    }
    const end = this.#expected.endOf(derived.origin);
    const reason = message.type === "cancel-missed" ? "missed" : message.reason;
    const lots = message.type === "cancel-missed" ? 0 : message.quantityLots;
    const told = () => `order ${message.orderNumber} ended (${reason}, ${lots} lots left)`;
    if (end === null) {
      this.#violate(derived, row, `${told()}, but the slow matcher leaves it as it was`);
    } else if (
      end.reason !== reason || end.orderNumber !== message.orderNumber || end.lots !== lots
    ) {
      this.#violate(derived, row, `${told()}, but the slow matcher gives: ${endText(end)}`);
    } else {
      this.#expected.endFound.set(end.row, this.#expected.endFound.get(end.row) | TOLD);
    }
  }

  onTrade(derived: Derived<Trade>): void {
    if (this.#books.blind) return;
    const { message, origin } = derived;
    const trade = this.#nextUnfound(origin, LEG_TRADE, () => true);
    const told = () => `a trade of ${message.quantityLots} at ${message.priceTicks}`;
    if (trade < 0) {
      return this.#violate(
        derived,
        -1,
        `${told()} was told, but the slow matcher gives no such trade`,
      );
    }
    const buys = this.#expected.takerBuys.get(trade) === 1;
    if (!this.#sameTerms(trade, message) || buys !== (message.aggressor === "buy")) {
      this.#violate(derived, -1, `${told()} was told, but ${this.#tradeText(trade)}`);
    }
  }

  onQuote(derived: Derived<Quote>): void {
    if (this.#books.blind) return;
    const { message, origin } = derived;
    const row = this.#expected.quoteOf(origin);
    if (row < 0) {
      return this.#violate(
        derived,
        -1,
        `a quote of ${message.symbol} was told (${topText(message)}), ` +
          `but by the slow matcher the best prices did not change`,
      );
    }
    this.#expected.quoteFound.set(row, 1);
    const top = this.#expected.quote(row);
    if (topText(top) === topText(message)) return;
    this.#violate(
      derived,
      -1,
      `the best of ${message.symbol} was told as ${topText(message)}, ` +
        `but the slow matcher gives ${topText(top)}`,
    );
  }

  onSettlement(derived: Derived<Settlement>, row: number): void {
    if (this.#books.blind) return;
    const { message, origin } = derived;
    if (message.type === "settle-fill") return this.#compareSettlement(derived, message, row);
    const end = this.#expected.endOf(origin);
    if (end === null || end.reason === "missed" || end.orderNumber !== message.orderNumber) {
      this.#violate(
        derived,
        row,
        `order ${message.orderNumber} was released, but the slow matcher does not end it here`,
      );
      return;
    }
    this.#expected.endFound.set(end.row, this.#expected.endFound.get(end.row) | RELEASED);
  }

  /** What ought to have followed and did not. */
  finish(): void {
    const { findings } = this.#context;
    const expected = this.#expected;
    for (let trade = 0; trade < expected.tradeCount; trade++) {
      const missing = ALL_LEGS & ~expected.found.get(trade);
      if (missing === 0) continue;
      findings.miss(RULE, `${this.#tradeText(trade)}, but ${legNames(missing)} of it is missing`, [
        expected.causeOfTrade(trade),
      ]);
    }
    for (let row = 0; row < expected.endCount; row++) {
      const end = expected.end(row);
      const wanted = end.reason === "missed" ? TOLD : TOLD | RELEASED;
      if (expected.endFound.get(row) === wanted) continue;
      const what = (expected.endFound.get(row) & TOLD) === 0
        ? "its user was never told"
        : "its reservation was never released";
      findings.miss(RULE, `by the slow matcher ${endText(end)}, but ${what}`, [
        expected.causeOfEnd(row),
      ]);
    }
    for (let row = 0; row < expected.quoteCount; row++) {
      if (expected.quoteFound.get(row) === 1) continue;
      findings.miss(
        RULE,
        `the best prices became ${topText(expected.quote(row))}, but no quote tells it`,
        [
          expected.causeOfQuote(row),
        ],
      );
    }
  }

  #compareFill(derived: Derived<OrderFilled>, row: number): void {
    const { message, origin } = derived;
    const { orderNumber, side, liquidity } = message;
    const isTaker = liquidity === "taker";
    const leg = side === "buy" ? LEG_BUY_FILL : LEG_SELL_FILL;
    const numbers = isTaker ? this.#expected.takerNumber : this.#expected.makerNumber;
    const trade = this.#nextUnfound(origin, leg, (at) => numbers.get(at) === orderNumber);
    const told = () =>
      `order ${orderNumber} was filled as ${liquidity}: ${side} ` +
      `${message.quantityLots} at ${message.priceTicks}`;
    if (trade < 0) {
      return this.#violate(derived, row, `${told()}, but ${this.#tradesText(origin)}`);
    }
    const buys = this.#expected.takerBuys.get(trade) === 1;
    if (!this.#sameTerms(trade, message) || isTaker !== (buys === (side === "buy"))) {
      this.#violate(derived, row, `${told()}, but ${this.#tradeText(trade)}`);
    }
  }

  #compareSettlement(derived: Derived<Settlement>, message: SettleFill, row: number): void {
    const { orderNumber, side } = message;
    const leg = side === "buy" ? LEG_BUY_SETTLE : LEG_SELL_SETTLE;
    const trade = this.#nextUnfound(
      derived.origin,
      leg,
      (at) => this.#numberOnSide(at, side) === orderNumber,
    );
    const told = () =>
      `order ${orderNumber} was settled: ${side} ${message.quantityLots} ` +
      `at ${message.priceTicks}`;
    if (trade < 0) {
      return this.#violate(derived, row, `${told()}, but ${this.#tradesText(derived.origin)}`);
    }
    if (!this.#sameTerms(trade, message)) {
      this.#violate(derived, row, `${told()}, but ${this.#tradeText(trade)}`);
    }
  }

  #numberOnSide(trade: number, side: "buy" | "sell"): number {
    const takers = (this.#expected.takerBuys.get(trade) === 1) === (side === "buy");
    return (takers ? this.#expected.takerNumber : this.#expected.makerNumber).get(trade);
  }

  /** The first expected trade of a cause whose leg has not been found yet; it is then. */
  #nextUnfound(
    cause: { readonly partition: number; readonly offset: number },
    leg: number,
    matches: (trade: number) => boolean,
  ): number {
    const { found } = this.#expected;
    const { first, count } = this.#expected.tradesOf(cause);
    for (let trade = first; trade < first + count; trade++) {
      if ((found.get(trade) & leg) !== 0 || !matches(trade)) continue;
      found.set(trade, found.get(trade) | leg);
      return trade;
    }
    return -1;
  }

  #sameTerms(trade: number, told: { priceTicks: number; quantityLots: number }): boolean {
    return this.#expected.priceTicks.get(trade) === told.priceTicks &&
      this.#expected.lots.get(trade) === told.quantityLots;
  }

  #violate(derived: Derived, row: number, text: string): void {
    const { evidence, findings } = this.#context;
    const { record, origin } = derived;
    findings.violate(RULE, `${text} (${formatRef(record)})`, [
      ...chainOfOrder(evidence, row),
      origin,
      record,
    ]);
  }

  #tradesText(cause: { partition: number; offset: number }): string {
    const { first, count } = this.#expected.tradesOf(cause);
    if (count === 0) return "by the slow matcher nothing trades here";
    if (count === 1) return this.#tradeText(first);
    return `${this.#tradeText(first)}, and ${count - 1} more`;
  }

  #tradeText(trade: number): string {
    const expected = this.#expected;
    return `by the slow matcher order ${expected.takerNumber.get(trade)} ` +
      `${expected.takerBuys.get(trade) === 1 ? "buys" : "sells"} ${expected.lots.get(trade)} at ` +
      `${expected.priceTicks.get(trade)} against order ${expected.makerNumber.get(trade)}`;
  }
}

function endText(end: { reason: string; orderNumber: number; lots: number }): string {
  return `order ${end.orderNumber} ends (${end.reason}, ${end.lots} lots left)`;
}

function topText(top: TopOfBook): string {
  return `${top.bidLots} at ${top.bidTicks ?? "-"} / ${top.askLots} at ${top.askTicks ?? "-"}`;
}
