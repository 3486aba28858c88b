/**
 * The answers to commands, by the command's place.
 *
 * @module
 */

import {
  type Answer,
  REJECT_REASONS,
  type RejectReason,
  type Side,
} from "../../../kafka/messages/mod.ts";
import type { AuditMemory } from "../memory/audit_memory.ts";
import type { Column, OffsetColumns, PlaceColumn } from "../memory/columns.ts";
import type { Derived } from "../derived_messages.ts";
import { Fingerprinter } from "../fingerprint.ts";

/** Types of answers, in the order of their codes. */
const ANSWER_TYPES = [
  "order-placed",
  "order-rejected",
  "cancel-accepted",
  "cancel-rejected",
  "account-opened",
  "account-rejected",
  "deposit-accepted",
  "deposit-rejected",
] as const satisfies readonly Answer["type"][];

/** One answer, as much of it as the rules need. */
export interface AnswerFacts {
  readonly type: Answer["type"];
  readonly duplicate: boolean;
  /** Only of a refusal. */
  readonly reason: RejectReason | null;
  /** Fingerprint of everything but envelope, duplicate mark and client timestamp. */
  readonly content: number;
  /** Fingerprint of whom and what it answers. */
  readonly subject: number;
  /** Only of an order-placed; else 0. */
  readonly orderNumber: number;
  /** What an order-placed reserves, an account-opened or deposit-accepted pays in; else 0. */
  readonly amount: number;
  readonly at: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/** Answers by row. */
export class AnswerTable {
  readonly #byCommand: OffsetColumns;
  readonly #type: Column;
  readonly #duplicate: Column;
  readonly #reason: Column;
  readonly #content: Column;
  readonly #subject: Column;
  readonly #orderNumber: Column;
  readonly #amount: Column;
  readonly #at: PlaceColumn;
  readonly #holdings = new Map<number, Readonly<Record<string, number>>>();
  readonly #print = new Fingerprinter();
  #size = 0;

  constructor(memory: AuditMemory) {
    this.#byCommand = memory.offsetColumns("words");
    const table = memory.table();
    this.#type = table.bytes();
    this.#duplicate = table.bytes();
    this.#reason = table.bytes();
    this.#content = table.words();
    this.#subject = table.words();
    this.#orderNumber = table.doubles();
    this.#amount = table.doubles();
    this.#at = table.places("notifications");
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an answer; false when its command has one already, which stays. */
  add(derived: Derived<Answer>): boolean {
    const { message, origin, record } = derived;
    if (this.#byCommand.get(origin.partition, origin.offset) !== 0) return false;
    const row = this.#size++;
    this.#byCommand.set(origin.partition, origin.offset, row + 1);
    this.#type.set(row, ANSWER_TYPES.indexOf(message.type));
    this.#duplicate.set(row, message.duplicate ? 1 : 0);
    this.#reason.set(row, "reason" in message ? REJECT_REASONS.indexOf(message.reason) : 0);
    this.#content.set(row, this.#print.ofText(contentText(message)).low);
    this.#subject.set(row, subjectPrint(this.#print, message));
    if (message.type === "order-placed") this.#orderNumber.set(row, message.orderNumber);
    this.#amount.set(row, amountOf(message));
    if (message.type === "account-opened") this.#holdings.set(row, message.holdings);
    this.#at.set(row, record);
    return true;
  }

  /** Where the answer to a command is, or null when there is none. */
  placeOf(partition: number, offset: number): AnswerFacts["at"] | null {
    const row = this.#byCommand.get(partition, offset) - 1;
    return row < 0 ? null : this.#at.get(row);
  }

  /** The answer to a command, or null. */
  find(partition: number, offset: number): AnswerFacts | null {
    const row = this.#byCommand.get(partition, offset) - 1;
    const at = row < 0 ? null : this.#at.get(row);
    if (at === null) return null;
    const type = ANSWER_TYPES[this.#type.get(row)]!;
    return {
      type,
      duplicate: this.#duplicate.get(row) === 1,
      reason: type.endsWith("-rejected") ? REJECT_REASONS[this.#reason.get(row)] ?? null : null,
      content: this.#content.get(row),
      subject: this.#subject.get(row),
      orderNumber: this.#orderNumber.get(row),
      amount: this.#amount.get(row),
      at,
    };
  }

  /** The lots by symbol that an account-opened credits; each can be taken once. */
  takeHoldings(partition: number, offset: number): Readonly<Record<string, number>> {
    const row = this.#byCommand.get(partition, offset) - 1;
    const holdings = this.#holdings.get(row) ?? {};
    this.#holdings.delete(row);
    return holdings;
  }
}

/** What a command is about, or an answer: its user and its ids. */
export function subjectPrint(
  print: Fingerprinter,
  about: {
    readonly userId: string;
    readonly orderId?: string;
    readonly cancelId?: string;
    readonly commandId?: string;
    readonly depositId?: string;
  },
): number {
  const { userId, orderId, cancelId, commandId, depositId } = about;
  return print.ofText(
    `${userId}\u0000${orderId ?? ""}\u0000${cancelId ?? ""}\u0000${commandId ?? ""}\u0000${
      depositId ?? ""
    }`,
  ).low;
}

/** What an order-placed tells of an order. */
export interface PlacedTerms {
  readonly orderNumber: number;
  readonly symbol: string;
  readonly side: Side;
  readonly quantityLots: number;
  readonly limitTicks: number | null;
  readonly reserved: number;
}

/** The fingerprint of an order-placed's content, as {@link AnswerFacts} has it. */
export function placedPrint(print: Fingerprinter, terms: PlacedTerms): number {
  return print.ofText(placedText(terms)).low;
}

function placedText(terms: PlacedTerms): string {
  const { orderNumber, symbol, side, quantityLots, limitTicks, reserved } = terms;
  return `placed ${orderNumber} ${symbol} ${side} ${quantityLots} ${limitTicks} ${reserved}`;
}

function amountOf(answer: Answer): number {
  switch (answer.type) {
    case "order-placed":
      return answer.reserved;
    case "account-opened":
      return answer.cashUnits;
    case "deposit-accepted":
      return answer.amountUnits;
    default:
      return 0;
  }
}

function contentText(answer: Answer): string {
  switch (answer.type) {
    case "order-placed":
      return placedText(answer);
    case "account-opened":
      return `opened ${answer.cashUnits} ${JSON.stringify(answer.holdings)}`;
    case "deposit-accepted":
      return `deposited ${answer.amountUnits}`;
    case "cancel-accepted":
      return "cancelling";
    default:
      return `${answer.type} ${answer.reason}`;
  }
}
