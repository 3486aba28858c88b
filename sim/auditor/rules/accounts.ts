/**
 * `no-overdraft`, and `conservation` per account: replays every account along its partition of
 * `order-commands` and looks at it after every record that touches it.
 *
 * @module
 */

import type {
  ClientCommand,
  OpenAccount,
  PlaceOrder,
  ReleaseOrder,
  SettleFill,
} from "../../../kafka/messages/mod.ts";
import {
  type Account,
  AccountBook,
  faultOf,
  give,
  type Holding,
  payIn,
  receive,
  release,
  reserve,
  sharesOf,
} from "../account_book.ts";
import type { Derived } from "../derived_messages.ts";
import type { AnswerFacts } from "../evidence/answer_table.ts";
import { type FloorFacts, stepsOf, type SymbolFacts } from "../evidence/floor_facts.ts";
import type { FloorTotals } from "../evidence/floor_totals.ts";
import { formatRef } from "../findings.ts";
import {
  chainOfOrder,
  type CommandView,
  type Rule,
  type RuleContext,
  type Settlement,
} from "../rule.ts";
import type { RecordRef } from "../verdict.ts";
import { limitPriceOf } from "./limit_price.ts";

const RESERVED = 1;
const OVER = 2;

/** The part of both rules that looks at single accounts. */
export class Accounts implements Rule {
  readonly #context: RuleContext;
  readonly #totals: FloorTotals;
  #book = new AccountBook();

  constructor(context: RuleContext, totals: FloorTotals) {
    this.#context = context;
    this.#totals = totals;
  }

  onPartition(topic: string): void {
    if (topic === "order-commands") this.#book = new AccountBook();
  }

  onCommand(view: CommandView): void {
    const { command, answer } = view;
    if (answer === null || answer.duplicate || answer.reason !== null) return;
    const { facts } = this.#context.evidence;
    if (facts === null) return this.#undecide();
    switch (command.type) {
      case "open-account":
        return this.#open(view, command, { answer, facts });
      case "deposit":
        return this.#deposit(view, { asked: command.amount, answer, facts });
      case "place-order":
        return this.#place(view, command, { answer, facts });
      case "cancel-order":
        return;
    }
  }

  onSettlement(derived: Derived<Settlement>, row: number): void {
    const { message, record } = derived;
    const { facts, orders } = this.#context.evidence;
    if (facts === null) return this.#undecide();
    const account = this.#book.find(message.userId);
    const symbol = facts.symbol(message.symbol);
    if (row < 0 || symbol === undefined) return; // no-phantom and rejects-inert say so
    const chain = [...chainOfOrder(this.#context.evidence, row), derived.origin, record];
    if (account === undefined || orders.reservation.get(row) !== RESERVED) {
      const why = orders.reservation.get(row) === OVER ? "is over" : "has nothing reserved";
      const text = `${message.type} of order ${message.orderNumber}, which ${why}`;
      return this.#violate("conservation", text, chain);
    }
    const parties = { account, symbol, row, chain };
    if (message.type === "settle-fill") this.#settle(message, parties);
    else this.#release(message, parties);
  }

  #open(
    { record, intentAt }: CommandView,
    command: OpenAccount,
    { answer, facts }: { answer: AnswerFacts; facts: FloorFacts },
  ): void {
    const { evidence } = this.#context;
    const chain = [intentAt, record, answer.at];
    if (this.#book.find(command.userId) !== undefined) {
      const text = `the account of ${command.userId} was opened twice`;
      return this.#violate("conservation", text, chain);
    }
    const account = this.#book.open(command.userId);
    this.#compareCredit(command, { asked: command.cash, answer, facts });
    payIn(account.cash, answer.amount);
    this.#totals.payInCash(answer.amount);
    const holdings = evidence.answers.takeHoldings(record.partition, record.offset);
    const asked = askedHoldings(command.holdings);
    for (const name of new Set([...Object.keys(asked), ...Object.keys(holdings)])) {
      const symbol = facts.symbol(name);
      const lots = holdings[name] ?? 0;
      const wanted = symbol === undefined ? 0 : stepsOf(asked[name] ?? 0, symbol.lotSize);
      if (symbol === undefined || wanted !== lots) {
        const text = `${command.userId} asked for ${wanted} lots of ${name} and was given ${lots}`;
        this.#violate("conservation", text, chain);
      }
      if (symbol === undefined) continue;
      payIn(sharesOf(account, symbol.index), lots);
      this.#totals.payInShares(symbol.index, lots);
    }
    this.#check(account, account.cash, "cash units", chain);
  }

  #deposit(
    view: CommandView,
    credit: { asked: unknown; answer: AnswerFacts; facts: FloorFacts },
  ): void {
    const { command, record, intentAt } = view;
    const account = this.#book.find(command.userId);
    const chain = [intentAt, record, credit.answer.at];
    if (account === undefined) {
      const text = `a deposit of ${command.userId}, who has no account, was accepted`;
      return this.#violate("conservation", text, chain);
    }
    this.#compareCredit(command, credit);
    payIn(account.cash, credit.answer.amount);
    this.#totals.payInCash(credit.answer.amount);
    this.#check(account, account.cash, "cash units", chain);
  }

  #compareCredit(
    command: ClientCommand,
    { asked, answer, facts }: { asked: unknown; answer: AnswerFacts; facts: FloorFacts },
  ): void {
    const units = facts.cashUnits(asked);
    if (units === answer.amount) return;
    const text = `${command.userId} paid in ${units} cash units and was credited ${answer.amount}`;
    this.#violate("conservation", text, [answer.at]);
  }

  #place(
    view: CommandView,
    command: PlaceOrder,
    { answer, facts }: { answer: AnswerFacts; facts: FloorFacts },
  ): void {
    const { record, intentAt, acceptedRow: row } = view;
    const chain = [intentAt, record, answer.at];
    const account = this.#book.find(command.userId);
    const symbol = typeof command.symbol === "string" ? facts.symbol(command.symbol) : undefined;
    if (account === undefined || symbol === undefined) {
      const text =
        `order ${command.orderId} of ${command.userId} was placed without account or symbol`;
      return this.#violate("no-overdraft", text, chain);
    }
    const buys = command.side === "buy";
    const holding = buys ? account.cash : sharesOf(account, symbol.index);
    const needed = reservationOf(command, symbol, holding.available);
    const unit = buys ? "cash units" : `lots of ${symbol.symbol}`;
    const order = () => `order ${answer.orderNumber} (${command.userId}'s ${command.orderId})`;
    if (needed !== answer.amount) {
      const text = `${order()} reserves ${answer.amount} ${unit}, but needs ${needed}`;
      this.#violate("no-overdraft", text, chain);
    }
    if (answer.amount > holding.available) {
      const text = `${order()} reserves ${answer.amount} ${unit}, but only ` +
        `${holding.available} were available`;
      this.#violate("no-overdraft", text, chain);
    }
    reserve(holding, answer.amount);
    this.#check(account, holding, unit, chain);
    if (row < 0) return; // not yet accepted: nothing can settle
    const { orders } = this.#context.evidence;
    orders.reservation.set(row, RESERVED);
    orders.reserved.set(row, answer.amount);
    orders.unsettled.set(row, stepsOf(command.quantity, symbol.lotSize));
  }

  #settle(message: SettleFill, parties: Parties): void {
    const { account, symbol, row, chain } = parties;
    const { orders } = this.#context.evidence;
    const { side, quantityLots, priceTicks } = message;
    const left = orders.unsettled.get(row) - quantityLots;
    if (left < 0) {
      const open = orders.unsettled.get(row);
      const text = `order ${message.orderNumber} settles ${quantityLots} lots of ${open} open`;
      return this.#violate("conservation", text, chain);
    }
    const value = priceTicks * quantityLots * symbol.unitsPerTickLot;
    const shares = sharesOf(account, symbol.index);
    const limit = orders.limitTicks.get(row);
    const spoken = side === "sell"
      ? quantityLots
      : limit === 0
      ? value
      : limit * quantityLots * symbol.unitsPerTickLot;
    if (side === "buy") {
      give(account.cash, value, spoken);
      receive(shares, quantityLots);
      this.#totals.trade(symbol.index, { cash: -value, lots: quantityLots });
    } else {
      give(shares, quantityLots, spoken);
      receive(account.cash, value);
      this.#totals.trade(symbol.index, { cash: value, lots: -quantityLots });
    }
    orders.unsettled.set(row, left);
    orders.reserved.set(row, orders.reserved.get(row) - spoken);
    if (left === 0) this.#close(parties, side === "buy" ? account.cash : shares);
    this.#check(account, account.cash, "cash units", chain);
    this.#check(account, shares, `lots of ${symbol.symbol}`, chain);
  }

  #release(message: ReleaseOrder, parties: Parties): void {
    const { account, symbol, row, chain } = parties;
    const { orders } = this.#context.evidence;
    const open = orders.unsettled.get(row);
    if (open !== message.quantityLots) {
      const text = `order ${message.orderNumber} is released with ${message.quantityLots} lots ` +
        `unfilled, but ${open} were open`;
      this.#violate("conservation", text, chain);
    }
    const buys = orders.buys.get(row) === 1;
    const holding = buys ? account.cash : sharesOf(account, symbol.index);
    this.#close(parties, holding);
    this.#check(account, holding, buys ? "cash units" : `lots of ${symbol.symbol}`, chain);
  }

  /** What is left of the reservation is free. */
  #close({ row }: Parties, holding: Holding): void {
    const { orders } = this.#context.evidence;
    release(holding, orders.reserved.get(row));
    orders.reserved.set(row, 0);
    orders.reservation.set(row, OVER);
  }

  #check(
    account: Account,
    holding: Holding,
    unit: string,
    chain: readonly (RecordRef | null)[],
  ): void {
    const { findings } = this.#context;
    findings.check("conservation");
    findings.check("no-overdraft");
    const fault = faultOf(holding, unit);
    if (fault === null) return;
    this.#violate(fault.rule, `${account.userId}: ${fault.text}`, chain);
  }

  #undecide(): void {
    const reason = "no floor-opened record says what the symbols are";
    this.#context.findings.undecide("conservation", reason);
    this.#context.findings.undecide("no-overdraft", reason);
  }

  #violate(
    rule: "conservation" | "no-overdraft",
    text: string,
    chain: readonly (RecordRef | null)[],
  ): void {
    const at = chain.at(-1);
    const where = at === null || at === undefined ? "" : ` (${formatRef(at)})`;
    this.#context.findings.violate(rule, text + where, chain);
  }
}

interface Parties {
  readonly account: Account;
  readonly symbol: SymbolFacts;
  readonly row: number;
  readonly chain: readonly (RecordRef | null)[];
}

/** What an order must reserve: cash units for a buy, lots for a sell. */
function reservationOf(command: PlaceOrder, symbol: SymbolFacts, available: number): number {
  const lots = stepsOf(command.quantity, symbol.lotSize);
  if (command.side !== "buy") return lots;
  const price = limitPriceOf(command);
  if (price === null) return available;
  return stepsOf(price, symbol.tickSize) * lots * symbol.unitsPerTickLot;
}

function askedHoldings(holdings: unknown): Readonly<Record<string, unknown>> {
  if (typeof holdings !== "object" || holdings === null || Array.isArray(holdings)) return {};
  return Object.fromEntries(Object.entries(holdings));
}
