/**
 * `no-phantom`: nothing happens that nobody asked for. Every effect traces to a client's command that
 * says the same, and every command to an intent.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type {
  Answer,
  CancelRequested,
  ClientCommand,
  PlaceOrder,
} from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { type AnswerFacts, placedPrint } from "../evidence/answer_table.ts";
import { stepsOf } from "../evidence/floor_facts.ts";
import { END_CANCELLED } from "../evidence/order_table.ts";
import { formatRef } from "../findings.ts";
import {
  chainOfOrder,
  type CommandView,
  type EngineNotice,
  type Rule,
  type RuleContext,
  type Settlement,
} from "../rule.ts";
import { limitPriceOf } from "./limit_price.ts";

const RULE = "no-phantom";

const ANSWERS_TO: Readonly<Record<ClientCommand["type"], readonly Answer["type"][]>> = {
  "open-account": ["account-opened", "account-rejected"],
  "deposit": ["deposit-accepted", "deposit-rejected"],
  "place-order": ["order-placed", "order-rejected"],
  "cancel-order": ["cancel-accepted", "cancel-rejected"],
};

/** The rule. */
export class NoPhantom implements Rule {
  readonly #context: RuleContext;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onUnreadable(record: LogRecord, error: string): void {
    this.#context.findings.violate(
      RULE,
      `${formatRef(record)} is nothing that an actor writes: ${error}`,
      [record],
    );
  }

  onDerived(derived: Derived): void {
    const { evidence, findings } = this.#context;
    const { message, origin, record } = derived;
    findings.check(RULE);
    if (evidence.exists(origin)) return;
    findings.violate(RULE, `${message.type} at ${formatRef(record)} follows from no record`, [
      record,
    ]);
  }

  onCancelRequested(derived: Derived<CancelRequested>): void {
    const { message } = derived;
    const { orders } = this.#context.evidence;
    const row = orders.find(message.orderNumber);
    if (row >= 0 && orders.isNamed(row, derived.prints)) return;
    this.#violate(
      derived,
      row,
      `a cancel of order ${message.orderNumber}, which was never accepted`,
    );
  }

  onNotice(derived: Derived<EngineNotice>, row: number): void {
    const { message } = derived;
    const { orders } = this.#context.evidence;
    if (row >= 0 && orders.isNamed(row, derived.prints)) return;
    const order = `order ${message.orderNumber} (${message.userId}'s ${message.orderId})`;
    this.#violate(derived, row, `${message.type} of ${order}, which was never accepted`);
  }

  onSettlement(derived: Derived<Settlement>, row: number): void {
    const { message, record } = derived;
    const { evidence, findings } = this.#context;
    const { orders } = evidence;
    if (row < 0 || !orders.isOwned(row, derived.prints)) {
      const order = `order ${message.orderNumber} of ${message.userId}`;
      return this.#violate(derived, row, `${message.type} of ${order}, which was never accepted`);
    }
    if (message.type === "release-order" && orders.ended.get(row) !== END_CANCELLED) {
      findings.miss(
        RULE,
        `order ${message.orderNumber} was released (${formatRef(record)}), but never cancelled`,
        [...chainOfOrder(evidence, row), record],
      );
    }
  }

  onCommand(view: CommandView): void {
    const { record, command, intentAt, answer } = view;
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    const isPhantom = intentAt === null && !evidence.openFloor;
    const wrong = this.#wrongAnswer(view) ?? this.#wrongOrder(view) ?? this.#wrongCancel(view);
    if (!isPhantom && wrong === null) return;
    const name = `${command.type} of ${command.userId} at ${formatRef(record)}`;
    if (isPhantom) findings.violate(RULE, `${name} has no intent`, [record, answer?.at ?? null]);
    if (wrong === null) return;
    const acceptedAt = view.acceptedRow < 0
      ? null
      : evidence.orders.acceptedAt.get(view.acceptedRow);
    findings.violate(RULE, `${name}: ${wrong}`, [intentAt, record, answer?.at ?? null, acceptedAt]);
  }

  onOtherRecord(record: LogRecord, what: string): void {
    const { evidence, findings } = this.#context;
    const { partition, offset } = record;
    const row = evidence.orders.acceptedFrom(partition, offset);
    const cancel = evidence.cancels.requestedFrom(partition, offset);
    if (row < 0 && cancel < 0) return;
    const effectAt = row >= 0
      ? evidence.orders.acceptedAt.get(row)
      : evidence.cancels.requestedAt.get(cancel);
    findings.violate(
      RULE,
      `an order or cancel follows from ${formatRef(record)}, which is ${what}`,
      [
        record,
        effectAt,
      ],
    );
  }

  #wrongAnswer({ command, answer, acceptedRow, prints }: CommandView): string | null {
    if (answer === null) return null;
    const { evidence } = this.#context;
    if (!ANSWERS_TO[command.type].includes(answer.type)) return `was answered ${answer.type}`;
    if (answer.subject !== prints.subject(evidence.print)) {
      return "its answer is about something else";
    }
    if (answer.type !== "order-placed" || answer.duplicate) return null;
    if (this.#tellsOtherTerms(command, answer)) return "was told other terms than it asks for";
    if (acceptedRow < 0) return null;
    const number = evidence.orders.number.get(acceptedRow);
    return number === answer.orderNumber
      ? null
      : `was told order number ${answer.orderNumber}, but accepted as ${number}`;
  }

  /** The number and the reservation are compared elsewhere. */
  #tellsOtherTerms(command: ClientCommand, answer: AnswerFacts): boolean {
    const { evidence } = this.#context;
    if (command.type !== "place-order") return false;
    const symbol = evidence.facts?.symbol(orderSymbol(command));
    const price = limitPriceOf(command);
    const { side } = command;
    if (symbol === undefined || price === undefined || (side !== "buy" && side !== "sell")) {
      return false;
    }
    return answer.content !== placedPrint(evidence.print, {
      orderNumber: answer.orderNumber,
      symbol: symbol.symbol,
      side,
      quantityLots: stepsOf(command.quantity, symbol.lotSize),
      limitTicks: price === null ? null : stepsOf(price, symbol.tickSize),
      reserved: answer.amount,
    });
  }

  #wrongOrder({ command, answer, acceptedRow: row, prints }: CommandView): string | null {
    if (row < 0) return null;
    if (command.type !== "place-order") return "an order was accepted from it";
    const { orders, facts } = this.#context.evidence;
    if (!orders.isNamed(row, prints)) {
      return "the order accepted from it has another user or id";
    }
    const symbol = facts?.symbol(orderSymbol(command));
    if (symbol === undefined) return null; // rejects-inert says so
    const lots = stepsOf(command.quantity, symbol.lotSize);
    const price = limitPriceOf(command);
    const limit = price === null ? 0 : stepsOf(price, symbol.tickSize);
    const buys = orders.buys.get(row) === 1;
    if (orders.symbol.get(row) !== symbol.index + 1) return "it was accepted in another symbol";
    if (buys !== (command.side === "buy")) return "it was accepted on the other side";
    if (orders.lots.get(row) !== lots) {
      return `it asks for ${lots} lots, but ${orders.lots.get(row)} were accepted`;
    }
    if (price !== undefined && orders.limitTicks.get(row) !== limit) {
      return `its limit is ${limit} ticks, but was accepted as ${orders.limitTicks.get(row)}`;
    }
    if ((orders.immediate.get(row) === 1) !== isImmediate(command)) {
      return "it was accepted with another time in force";
    }
    if (answer?.type !== "order-placed") return null;
    const budget = orders.budget.get(row);
    const reserved = buys ? answer.amount : 0;
    return budget === reserved
      ? null
      : `${reserved} cash units were reserved for it, but it may spend ${budget}`;
  }

  #wrongCancel({ command, cancelRow: row, prints }: CommandView): string | null {
    if (row < 0) return null;
    if (command.type !== "cancel-order") return "a cancel was requested from it";
    const { orders, cancels } = this.#context.evidence;
    if (!cancels.isNamed(row, prints)) return "the cancel from it has another id";
    const order = orders.find(cancels.orderNumber.get(row));
    return order >= 0 && orders.isNamed(order, prints)
      ? null
      : "another order's cancel was requested from it";
  }

  #violate(derived: Derived, row: number, what: string): void {
    const { evidence, findings } = this.#context;
    const { record, origin } = derived;
    const cause = evidence.exists(origin) ? origin : null;
    const chain = [...chainOfOrder(evidence, row), cause, record];
    findings.violate(RULE, `${what} (${formatRef(record)})`, chain);
  }
}

/** Left out, it is what is usual for an order with a price, or without one. */
function isImmediate({ timeInForce, price }: PlaceOrder): boolean {
  return (timeInForce ?? (price === undefined || price === null ? "ioc" : "gtc")) === "ioc";
}

function orderSymbol(command: PlaceOrder): string {
  return typeof command.symbol === "string" ? command.symbol : "";
}
