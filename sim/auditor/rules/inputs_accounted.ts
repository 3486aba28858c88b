/**
 * `inputs-accounted`: whatever stands in `order-commands` was consumed in one way and in one only:
 * applied, recognised as a duplicate, refused, or set aside where it can be seen. The four add up to
 * what was consumed.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import { GATEWAY_ROLE } from "../evidence/evidence.ts";
import { formatRef } from "../findings.ts";
import type { CommandView, MalformedView, Rule, RuleContext } from "../rule.ts";

const RULE = "inputs-accounted";

/** The rule. */
export class InputsAccounted implements Rule {
  readonly #context: RuleContext;
  /** Answers whose command was found. */
  #answered = 0;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onCommand({ record, command, answer }: CommandView): void {
    if (answer !== null) this.#answered++;
    this.#judge(record, { what: command.type, answeredAt: answer?.at ?? null });
  }

  onMalformed({ record }: MalformedView): void {
    const { partition, offset } = record;
    const answeredAt = this.#context.evidence.answers.placeOf(partition, offset);
    if (answeredAt !== null) this.#answered++;
    this.#judge(record, { what: "record that is no command", answeredAt });
  }

  finish(): void {
    const { evidence, findings } = this.#context;
    const strays = evidence.answers.size - this.#answered;
    if (strays <= 0) return;
    findings.violate(
      RULE,
      `${evidence.answers.size} answers were given to ${this.#answered} commands: ` +
        `${strays} answer nothing that stands in order-commands`,
      [],
    );
  }

  #judge(record: LogRecord, { what, answeredAt }: {
    readonly what: string;
    readonly answeredAt: { topic: string; partition: number; offset: number } | null;
  }): void {
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    const letter = evidence.letters.kindOf(GATEWAY_ROLE, record);
    const ways = (answeredAt === null ? 0 : 1) + (letter === null ? 0 : 1);
    if (ways === 1) return;
    const where = `the ${what} at ${formatRef(record)}`;
    if (ways === 0) {
      return findings.miss(RULE, `${where} was neither answered nor set aside`, [record]);
    }
    findings.violate(RULE, `${where} was answered, and set aside as ${letter}, too`, [
      record,
      answeredAt,
    ]);
  }
}
