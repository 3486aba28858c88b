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
    const { message, origin, record, prints } = derived;
    if (this.#byCommand.get(origin.partition, origin.offset) !== 0) return false;
    const row = this.#size++;
    this.#byCommand.set(origin.partition, origin.offset, row + 1);
    this.#type.set(row, ANSWER_CODES.get(message.type)!);
    this.#duplicate.set(row, message.duplicate ? 1 : 0);
    this.#reason.set(row, reasonOf(message));
    this.#content.set(row, contentPrint(this.#print, message));
    this.#subject.set(row, prints.subject(this.#print));
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

/** Whether messages of a type answer commands. */
export function isAnswerType(type: string): boolean {
  return ANSWER_CODES.has(type);
}

const ANSWER_CODES: ReadonlyMap<string, number> = new Map(
  ANSWER_TYPES.map((type, code) => [type, code]),
);

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
  const { orderNumber, symbol, side, quantityLots, limitTicks, reserved } = terms;
  print.ofText(symbol).thenNumber(orderNumber).then(side === "buy" ? 1 : 2);
  print.thenNumber(quantityLots).thenNumber(limitTicks ?? -1);
  return print.thenNumber(reserved).low;
}

/** 0 where nothing was refused. */
function reasonOf(answer: Answer): number {
  switch (answer.type) {
    case "order-rejected":
    case "cancel-rejected":
    case "account-rejected":
    case "deposit-rejected":
      return REJECT_REASONS.indexOf(answer.reason);
    default:
      return 0;
  }
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

function contentPrint(print: Fingerprinter, answer: Answer): number {
  switch (answer.type) {
    case "order-placed":
      return placedPrint(print, answer);
    case "account-opened":
      return print.ofText(`opened ${answer.cashUnits} ${JSON.stringify(answer.holdings)}`).low;
    case "deposit-accepted":
      return print.ofText("deposited").thenNumber(answer.amountUnits).low;
    case "cancel-accepted":
      return print.ofText("cancelling").low;
    default:
      return print.ofText(`${answer.type} ${answer.reason}`).low;
  }
}
