/**
 * `one-terminal-state`: what users are told of an order runs through an automaton: placed, filled any
 * number of times, then filled to its end or cancelled, and nothing after.
 *
 * Whether `order-placed` stands before the first fill is not asked: they come from two actors, over
 * channels between which a log promises no order.
 *
 * @module
 */

import type { Answer } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { END_CANCELLED, END_FILLED, END_NONE } from "../evidence/order_table.ts";
import { formatRef } from "../findings.ts";
import { chainOfOrder, type EngineNotice, type Rule, type RuleContext } from "../rule.ts";

const RULE = "one-terminal-state";
const END_NAMES = ["open", "filled", "cancelled"] as const;

/** The rule. */
export class OneTerminalState implements Rule {
  readonly #context: RuleContext;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onAnswer({ message }: Derived<Answer>): void {
    if (message.type !== "order-placed" || message.duplicate) return;
    const { orders } = this.#context.evidence;
    const row = orders.find(message.orderNumber);
    if (row >= 0 && orders.placed.get(row) === 0) orders.placed.set(row, 1);
  }

  onNotice(derived: Derived<EngineNotice>, row: number): void {
    const { message } = derived;
    if (row < 0 || message.type === "cancel-missed") return;
    const { orders } = this.#context.evidence;
    this.#context.findings.check(RULE);
    const ended = orders.ended.get(row);
    if (ended !== END_NONE) {
      return this.#violate(derived, row, `${message.type} came after it was ${END_NAMES[ended]}`);
    }
    if (message.type === "order-filled") this.#fill(derived, row);
    else this.#cancel(derived, row);
  }

  finish(): void {
    const { evidence, findings } = this.#context;
    const { orders } = evidence;
    for (let row = 0; row < orders.size; row++) {
      const told = orders.fills.get(row) > 0 || orders.ended.get(row) !== END_NONE;
      if (!told || orders.placed.get(row) === 1) continue;
      const number = orders.number.get(row);
      findings.miss(
        RULE,
        `order ${number} was filled or cancelled, but its user was never told that it was placed`,
        chainOfOrder(evidence, row),
      );
    }
  }

  #fill(derived: Derived<EngineNotice>, row: number): void {
    const { message } = derived;
    if (message.type !== "order-filled") return;
    const { orders } = this.#context.evidence;
    const before = orders.remaining.get(row);
    const after = before - message.quantityLots;
    orders.fills.set(row, orders.fills.get(row) + 1);
    orders.remaining.set(row, Math.max(0, after));
    if (after < 0) {
      const text = `${message.quantityLots} lots were filled when only ${before} were open`;
      return this.#violate(derived, row, text);
    }
    if (after === 0) orders.ended.set(row, END_FILLED);
    if (after !== message.remainingLots) {
      const text = `a fill leaves ${after} lots open, but says ${message.remainingLots}`;
      this.#violate(derived, row, text);
    }
  }

  #cancel(derived: Derived<EngineNotice>, row: number): void {
    const { message } = derived;
    if (message.type !== "order-cancelled") return;
    const { orders } = this.#context.evidence;
    orders.ended.set(row, END_CANCELLED);
    const open = orders.remaining.get(row);
    if (open === message.quantityLots) return;
    const text =
      `${open} lots were open when it was cancelled, but it says ${message.quantityLots}`;
    this.#violate(derived, row, text);
  }

  #violate(derived: Derived<EngineNotice>, row: number, what: string): void {
    const { evidence, findings } = this.#context;
    const { message, origin, record } = derived;
    const text = `order ${message.orderNumber} (${message.userId}'s ${message.orderId}): ${what} ` +
      `(${formatRef(record)})`;
    findings.violate(RULE, text, [...chainOfOrder(evidence, row), origin, record]);
  }
}
