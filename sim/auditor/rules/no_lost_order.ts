/**
 * `no-lost-order`: what a producer was told is in the log is there, and every command got exactly one
 * answer; what is no command was set aside where it can be seen. What is a message and was skipped all
 * the same, because a fold threw on it, is lost: nothing follows from it.
 *
 * @module
 */

import type { Answer } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { GATEWAY_ROLE } from "../evidence/evidence.ts";
import { formatRef } from "../findings.ts";
import type { CommandView, MalformedView, Rule, RuleContext } from "../rule.ts";

const RULE = "no-lost-order";

/** The rule. */
export class NoLostOrder implements Rule {
  readonly #context: RuleContext;

  constructor(context: RuleContext) {
    this.#context = context;
  }

  onAnswer(derived: Derived<Answer>, first: boolean): void {
    if (first) return;
    const { origin, record } = derived;
    const { evidence, findings } = this.#context;
    findings.violate(RULE, `the command at ${formatRef(origin)} was answered twice`, [
      origin,
      evidence.answers.placeOf(origin.partition, origin.offset),
      record,
    ]);
  }

  onCommand(view: CommandView): void {
    const { record, command, answer, intentAt } = view;
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    const isLost = answer === null || (!answer.duplicate &&
      ((answer.type === "order-placed" && view.acceptedRow < 0) ||
        (answer.type === "cancel-accepted" && view.cancelRow < 0)));
    if (!isLost) return;
    const what = `${command.type} of ${command.userId} at ${formatRef(record)}`;
    if (answer === null) {
      // Skipped: finish() says so.
      if (evidence.letters.kindOf(GATEWAY_ROLE, record) === "poison") return;
      return findings.miss(RULE, `${what} has no answer`, [intentAt, record]);
    }
    findings.miss(RULE, `${what} was answered ${answer.type}, but never reached the engine`, [
      intentAt,
      record,
      answer.at,
    ]);
  }

  onMalformed({ record, error }: MalformedView): void {
    const { evidence, findings } = this.#context;
    findings.check(RULE);
    if (evidence.letters.kindOf(GATEWAY_ROLE, record) !== null) return;
    if (evidence.answers.placeOf(record.partition, record.offset) !== null) return;
    findings.miss(
      RULE,
      `${formatRef(record)} is no command (${error}), but was neither answered nor set aside`,
      [record],
    );
  }

  finish(): void {
    this.#judgePoison();
    const { evidence, findings } = this.#context;
    for (const { acknowledged, at, number } of evidence.intents.missing()) {
      if (!acknowledged) {
        evidence.counts.unsentIntents++;
        continue;
      }
      findings.violate(
        RULE,
        `intent ${number} was acknowledged, but its command is not in order-commands`,
        [at],
      );
    }
  }

  /** Whatever the role and the message: what a fold skipped, it never did. */
  #judgePoison(): void {
    const { evidence, findings } = this.#context;
    for (const { record, letterAt, role, type, error } of evidence.letters.poison) {
      findings.check(RULE);
      // A floor is opened once, by its partition's first record: another opening is a stranger's.
      if (type === "floor-opened" && record.offset > 0) continue;
      findings.violate(
        RULE,
        `the ${type} at ${formatRef(record)} was skipped by the ${role} as poison (${error})`,
        [record, letterAt],
      );
    }
  }
}
