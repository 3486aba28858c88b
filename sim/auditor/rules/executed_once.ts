/**
 * `executed-once`: an execution has an id of its own, is told to each side once, and no order is filled
 * beyond its quantity, whatever else is said of it.
 *
 * @module
 */

import type { OrderAccepted, Trade } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { LEG_BUY_FILL, LEG_SELL_FILL, LEG_TRADE } from "../evidence/trade_table.ts";
import { formatRef } from "../findings.ts";
import { chainOfOrder, type EngineNotice, type Rule, type RuleContext } from "../rule.ts";

const RULE = "executed-once";

/** The rule. It looks at the tables before the rules that fill them with the record at hand. */
export class ExecutedOnce implements Rule {
  readonly #context: RuleContext;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onAccepted({ message, record, origin }: Derived<OrderAccepted>, row: number): void {
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    const before = evidence.orders.acceptedAt.get(row);
    if (before === null) return;
    const text = `order number ${message.orderNumber} was accepted at ${formatRef(before)} and ` +
      `again at ${formatRef(record)}`;
    findings.violate(RULE, text, [origin, before, record]);
  }

  onNotice(derived: Derived<EngineNotice>, row: number): void {
    const { message, record, prints } = derived;
    if (message.type !== "order-filled") return;
    const { evidence, findings } = this.#context;
    const { orders, trades } = evidence;
    findings.check(RULE);
    const trade = trades.add(prints);
    const [leg, first] = message.side === "buy"
      ? [LEG_BUY_FILL, trades.buyFillAt.get(trade)] as const
      : [LEG_SELL_FILL, trades.sellFillAt.get(trade)] as const;
    if ((trades.seen.get(trade) & leg) !== 0) {
      const text = `execution ${message.tradeId} was told to its ${message.side}er twice ` +
        `(${formatRef(record)})`;
      findings.violate(RULE, text, [...chainOfOrder(evidence, row), first, record]);
    }
    if (row < 0 || message.quantityLots <= orders.remaining.get(row)) return;
    const text = `order ${message.orderNumber} (${message.userId}'s ${message.orderId}) of ` +
      `${orders.lots.get(row)} lots was filled beyond its quantity (${formatRef(record)})`;
    findings.violate(RULE, text, [...chainOfOrder(evidence, row), record]);
  }

  onTrade({ message, record, prints }: Derived<Trade>): void {
    const { trades } = this.#context.evidence;
    this.#context.findings.check(RULE);
    const trade = trades.add(prints);
    if ((trades.seen.get(trade) & LEG_TRADE) === 0) return;
    const text = `execution ${message.tradeId} was published twice (${formatRef(record)})`;
    this.#context.findings.violate(RULE, text, [trades.tradeAt.get(trade), record]);
  }
}
