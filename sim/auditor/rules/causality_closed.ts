/**
 * `causality-closed`: the record that a derived message names as its origin is there, has the id that
 * the message names as its cause, and comes before it where the log tells what comes before.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type { CancelRequested, OrderAccepted } from "../../../kafka/messages/mod.ts";
import type { OffsetColumns } from "../memory/columns.ts";
import type { Derived } from "../derived_messages.ts";
import { formatRef } from "../findings.ts";
import { TEXT } from "../reading/message_fields.ts";
import type { TextPrints } from "../reading/text_prints.ts";
import type { CommandView, Rule, RuleContext, Settlement } from "../rule.ts";

const RULE = "causality-closed";

/** The rule. */
export class CausalityClosed implements Rule {
  readonly #context: RuleContext;
  /** Ids of the records of `orders`, by place. */
  readonly #orderIds: OffsetColumns;
  /** Ids that effects name, by the place in `order-commands` where they say their cause is. */
  readonly #namedIds: OffsetColumns;

  constructor(context: RuleContext) {
    this.#context = context;
    const { memory } = context.evidence;
    this.#orderIds = memory.offsetColumns("words");
    this.#namedIds = memory.offsetColumns("words");
  }

  onDerived(derived: Derived): void {
    const { message, origin, prints } = derived;
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    if (!evidence.exists(origin)) {
      this.#violate(derived, `says it follows from ${formatRef(origin)}, which is not in the log`);
      return;
    }
    const named = printOf(prints, TEXT.causationId);
    if (origin.topic === "orders") {
      if (this.#orderIds.get(origin.partition, origin.offset) !== named) {
        this.#violate(
          derived,
          `names ${message.causationId} as its cause, which is not at its origin`,
        );
      }
      return;
    }
    const known = this.#namedIds.get(origin.partition, origin.offset);
    if (known === 0) this.#namedIds.set(origin.partition, origin.offset, named);
    else if (known !== named) {
      this.#violate(derived, `names ${message.causationId} as its cause, another effect another`);
    }
  }

  onAccepted(derived: Derived<OrderAccepted>): void {
    this.#keepOrderId(derived);
  }

  onCancelRequested(derived: Derived<CancelRequested>): void {
    this.#keepOrderId(derived);
  }

  onSettlement(derived: Derived<Settlement>, row: number): void {
    const { record, message } = derived;
    const commandAt = row < 0 ? null : this.#context.evidence.orders.commandAt.get(row);
    if (commandAt?.partition !== record.partition || commandAt.offset < record.offset) return;
    this.#violate(
      derived,
      `settles order ${message.orderNumber}, which was not sent before ${formatRef(commandAt)}`,
    );
  }

  onCommand({ record, command, prints }: CommandView): void {
    const named = this.#namedIds.get(record.partition, record.offset);
    if (named === 0 || named === printOf(prints, TEXT.id)) return;
    this.#context.findings.violate(
      RULE,
      `what follows from ${formatRef(record)} names another cause than its id ${command.id}`,
      this.#effectsOf(record),
    );
  }

  onOtherRecord(record: LogRecord, what: string): void {
    if (this.#namedIds.get(record.partition, record.offset) === 0) return;
    this.#context.findings.violate(
      RULE,
      `a message says it follows from ${formatRef(record)}, but that is ${what}`,
      this.#effectsOf(record),
    );
  }

  #effectsOf(record: LogRecord) {
    const { evidence } = this.#context;
    const { partition, offset } = record;
    const row = evidence.orders.acceptedFrom(partition, offset);
    const acceptedAt = row < 0 ? null : evidence.orders.acceptedAt.get(row);
    return [record, evidence.answers.placeOf(partition, offset), acceptedAt];
  }

  #keepOrderId({ record, prints }: Derived): void {
    this.#orderIds.set(record.partition, record.offset, printOf(prints, TEXT.id));
  }

  #violate(derived: Derived, what: string): void {
    const { message, origin, record } = derived;
    const cause = this.#context.evidence.exists(origin) ? origin : null;
    this.#context.findings.violate(RULE, `${message.type} at ${formatRef(record)} ${what}`, [
      cause,
      record,
    ]);
  }
}

/** Never 0, which stands for none. */
function printOf(prints: TextPrints, text: number): number {
  return prints.low[text] || 1;
}
