/**
 * `rejects-inert`: nothing follows from a refused command, and a symbol that the floor does not list
 * appears in no order, fill, trade or settlement.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type { CancelRequested, OrderAccepted, Quote, Trade } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { orderKey } from "../evidence/order_table.ts";
import { formatRef, refOf } from "../findings.ts";
import type { CommandView, EngineNotice, Rule, RuleContext, Settlement } from "../rule.ts";
import type { RecordRef } from "../verdict.ts";

const RULE = "rejects-inert";

/** Notices of orders never accepted that are kept until it is known whether they were refused. */
const MAX_STRAYS = 10_000;

/** The rule. */
export class RejectsInert implements Rule {
  readonly #context: RuleContext;
  readonly #strays = new Map<string, RecordRef>();

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onAccepted(derived: Derived<OrderAccepted>): void {
    this.#checkSymbol(derived, derived.message.symbol);
  }

  onCancelRequested(derived: Derived<CancelRequested>): void {
    this.#checkSymbol(derived, derived.message.symbol);
  }

  onNotice(derived: Derived<EngineNotice>, row: number): void {
    const { message, record } = derived;
    this.#checkSymbol(derived, message.symbol);
    if (row >= 0 || this.#strays.size >= MAX_STRAYS) return;
    this.#strays.set(orderKey(message.userId, message.orderId), refOf(record));
  }

  onTrade(derived: Derived<Trade>): void {
    this.#checkSymbol(derived, derived.message.symbol);
  }

  onQuote(derived: Derived<Quote>): void {
    this.#checkSymbol(derived, derived.message.symbol);
  }

  onSettlement(derived: Derived<Settlement>): void {
    this.#checkSymbol(derived, derived.message.symbol);
  }

  onCommand(view: CommandView): void {
    const { record, command, answer } = view;
    if (answer === null || answer.reason === null) return;
    const { findings } = this.#context;
    findings.check(RULE);
    const effectAt = this.#effectOf(view);
    if (effectAt === null) return;
    const what = `${command.type} of ${command.userId} at ${formatRef(record)}`;
    findings.violate(RULE, `${what} was refused (${answer.reason}), but took effect`, [
      record,
      answer.at,
      effectAt,
    ]);
  }

  #effectOf({ command, acceptedRow, cancelRow }: CommandView): RecordRef | null {
    const { orders, cancels } = this.#context.evidence;
    if (acceptedRow >= 0) return orders.acceptedAt.get(acceptedRow);
    if (cancelRow >= 0) return cancels.requestedAt.get(cancelRow);
    if (command.type !== "place-order" || this.#strays.size === 0) return null;
    return this.#strays.get(orderKey(command.userId, command.orderId)) ?? null;
  }

  #checkSymbol(
    derived: { readonly record: LogRecord; readonly message: { type: string } },
    symbol: string,
  ) {
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    if (evidence.facts === null) {
      return findings.undecide(RULE, "no floor-opened record says what the symbols are");
    }
    if (evidence.facts.symbol(symbol) !== undefined) return;
    const { record, message } = derived;
    const text = `${message.type} at ${
      formatRef(record)
    } is in ${symbol}, which is not traded here`;
    findings.violate(RULE, text, [record]);
  }
}
