/**
 * `duplicates-inert`: an idempotency key takes effect at most once. The same command again gets the
 * first answer again, marked; another command under the same key is refused; nothing follows from
 * either.
 *
 * @module
 */

import type { CancelRequested, ClientCommand, OrderAccepted } from "../../../kafka/messages/mod.ts";
import type { Column, PlaceColumn } from "../memory/columns.ts";
import type { Numbering } from "../memory/numbering.ts";
import type { Derived } from "../derived_messages.ts";
import type { AnswerFacts } from "../evidence/answer_table.ts";
import { Fingerprinter } from "../fingerprint.ts";
import { formatRef } from "../findings.ts";
import { TEXT } from "../reading/message_fields.ts";
import type { CommandView, Rule, RuleContext } from "../rule.ts";
import { bodyPrints } from "./command_body.ts";

const RULE = "duplicates-inert";

/** Refusals that leave an id unused, or are given whatever was answered before. */
const LEAVES_ID_UNUSED: ReadonlySet<string> = new Set([
  "rate-limited",
  "wrong-partition",
  "unknown-account",
  "id-space-exhausted",
  "stale",
  "id-conflict",
]);

/** Refusals that a resend may get in the place of the first answer; the last one an opening only. */
const FORGOTTEN: ReadonlySet<string> = new Set(["stale", "wrong-partition", "account-exists"]);

/** The rule. */
export class DuplicatesInert implements Rule {
  readonly #context: RuleContext;
  readonly #print = new Fingerprinter();
  readonly #accepted: Numbering;
  readonly #acceptedAt: PlaceColumn;
  readonly #keys: Numbering;
  /** 1 when the key's first answer is known. */
  readonly #used: Column;
  readonly #exactBody: Column;
  readonly #meaning: Column;
  readonly #firstAt: PlaceColumn;

  constructor(context: RuleContext) {
    this.#context = context;
    const { memory } = context.evidence;
    this.#accepted = memory.numbering();
    this.#acceptedAt = memory.table().places("orders");
    this.#keys = memory.numbering();
    const keys = memory.table();
    this.#used = keys.bytes();
    this.#exactBody = keys.words();
    this.#meaning = keys.words();
    this.#firstAt = keys.places("order-commands");
  }

  onAccepted(derived: Derived<OrderAccepted>, row: number): void {
    const { message, record, origin, prints } = derived;
    const { orders } = this.#context.evidence;
    prints.holdOrder(this.#accepted.print);
    const key = this.#accepted.add(prints.near[TEXT.orderId]);
    const first = this.#acceptedAt.get(key) ?? orders.acceptedAt.get(row);
    const sibling = orders.acceptedFrom(origin.partition, origin.offset);
    const before = first ?? (sibling < 0 ? null : orders.acceptedAt.get(sibling));
    if (before !== null) {
      const order = `order ${message.orderNumber} (${message.userId}'s ${message.orderId})`;
      const text = `${order} was accepted twice (${formatRef(before)} and ${formatRef(record)})`;
      this.#context.findings.violate(RULE, text, [origin, before, record]);
    }
    this.#acceptedAt.set(key, first ?? record);
  }

  onCancelRequested({ message, record, origin }: Derived<CancelRequested>): void {
    const { cancels } = this.#context.evidence;
    const row = cancels.requestedFrom(origin.partition, origin.offset);
    if (row < 0) return;
    const text = `cancel ${message.cancelId} of ${message.userId} was handed on twice ` +
      `(${formatRef(record)})`;
    this.#context.findings.violate(RULE, text, [origin, cancels.requestedAt.get(row), record]);
  }

  onCommand(view: CommandView): void {
    const { record, command, answer, prints } = view;
    if (answer === null) return;
    this.#context.findings.check(RULE);
    const text = KEY_TEXTS[command.type];
    prints.hold(this.#keys.print, TEXT.userId);
    this.#keys.print.then(prints.low[text]!, prints.high[text]!).then(text);
    const known = this.#keys.size;
    const key = this.#keys.add(prints.near[text]);
    const isNew = key === known;
    const first = !isNew && this.#used.get(key) === 1 ? this.#firstAt.get(key) : null;
    const { exact, meaning } = bodyPrints(view, this.#print);
    if (first !== null) {
      const sameBody = this.#exactBody.get(key) === exact
        ? "same"
        : this.#meaning.get(key) === meaning
        ? "alike"
        : "other";
      return this.#judgeAgain(view, answer, { first, sameBody });
    }
    if (answer.duplicate && isNew) {
      this.#violate(view, null, "is answered as a duplicate, but nothing came before it");
    }
    if (!usesId(command, answer)) return;
    this.#used.set(key, 1);
    this.#exactBody.set(key, exact);
    this.#meaning.set(key, meaning);
    this.#firstAt.set(key, record);
  }

  #judgeAgain(
    view: CommandView,
    answer: AnswerFacts,
    before: {
      readonly first: { topic: string; partition: number; offset: number };
      readonly sameBody: "same" | "alike" | "other";
    },
  ): void {
    const { first, sameBody } = before;
    if (view.acceptedRow >= 0 || view.cancelRow >= 0) {
      this.#violate(view, first, "took effect although its id was used before");
    }
    const firstAnswer = this.#context.evidence.answers.find(first.partition, first.offset);
    if (firstAnswer === null) return;
    const refused = answer.reason !== null;
    if (sameBody === "other") {
      const isAccepted = !refused || answer.duplicate && firstAnswer.reason === null;
      if (isAccepted) {
        this.#violate(view, first, "has another body than the first, but is accepted");
      }
      return;
    }
    const repeats = answer.type === firstAnswer.type && answer.content === firstAnswer.content;
    if (repeats && (answer.duplicate || refused)) return;
    if (refused && (FORGOTTEN.has(answer.reason) || sameBody === "alike")) return;
    this.#violate(
      view,
      first,
      repeats
        ? "gets its first answer again, but not marked as a duplicate"
        : `gets another answer (${answerText(answer)}) than at first (${answerText(firstAnswer)})`,
    );
  }

  #violate(
    view: CommandView,
    first: { topic: string; partition: number; offset: number } | null,
    what: string,
  ): void {
    const { record, command, answer } = view;
    const { evidence, findings } = this.#context;
    const firstAnswerAt = first === null
      ? null
      : evidence.answers.placeOf(first.partition, first.offset);
    const acceptedAt = view.acceptedRow < 0
      ? null
      : evidence.orders.acceptedAt.get(view.acceptedRow);
    const { kind, id } = keyOf(command);
    findings.violate(RULE, `${kind} ${id} of ${command.userId} at ${formatRef(record)} ${what}`, [
      first,
      firstAnswerAt,
      record,
      answer?.at ?? null,
      acceptedAt,
    ]);
  }
}

/** An opening that is refused leaves nobody behind who could remember its id. */
function usesId(command: ClientCommand, answer: AnswerFacts): boolean {
  if (answer.reason === null) return true;
  return command.type !== "open-account" && !LEAVES_ID_UNUSED.has(answer.reason);
}

/** Which text of a command is its key, with its user. */
const KEY_TEXTS: Readonly<Record<ClientCommand["type"], number>> = {
  "place-order": TEXT.orderId,
  "cancel-order": TEXT.cancelId,
  "deposit": TEXT.depositId,
  "open-account": TEXT.commandId,
};

function keyOf(command: ClientCommand): { readonly kind: string; readonly id: string } {
  switch (command.type) {
    case "place-order":
      return { kind: "order", id: command.orderId };
    case "cancel-order":
      return { kind: "cancel", id: command.cancelId };
    case "deposit":
      return { kind: "deposit", id: command.depositId };
    case "open-account":
      return { kind: "opening", id: command.commandId };
  }
}

function answerText(answer: AnswerFacts): string {
  return answer.reason === null ? answer.type : `${answer.type}: ${answer.reason}`;
}
