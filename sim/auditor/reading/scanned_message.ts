/**
 * A message that was read from bytes without making objects of it. It is the same one for every record:
 * whoever wants to keep something of it keeps that.
 *
 * @module
 */

import type { Side, TimeInForce } from "../../../kafka/messages/mod.ts";
import { IS_ABSENT, IS_NULL, NUMBER, NUMBERS, TEXT, TEXTS, WORD, WORDS } from "./message_fields.ts";

const decoder = new TextDecoder();
const NO_BYTES = new Uint8Array();

/** The fields of all types; those that the type at hand lacks hold what an earlier message had. */
export class ScannedMessage {
  type = "";
  duplicate = false;
  readonly numbers = new Float64Array(NUMBERS);
  readonly words: (string | null | undefined)[] = new Array(WORDS).fill("");
  /** Where the texts are that are only read when they are to be told. */
  bytes: Uint8Array = NO_BYTES;
  readonly starts = new Uint32Array(TEXTS);
  readonly ends = new Uint32Array(TEXTS);
  /** Bytes that the message carries. */
  content: Uint8Array = NO_BYTES;

  get orderNumber(): number {
    return this.numbers[NUMBER.orderNumber]!;
  }
  get quantityLots(): number {
    return this.numbers[NUMBER.quantityLots]!;
  }
  get limitTicks(): number | null {
    return this.#numberOrNull(NUMBER.limitTicks);
  }
  get budgetUnits(): number | null {
    return this.#numberOrNull(NUMBER.budgetUnits);
  }
  get reserved(): number {
    return this.numbers[NUMBER.reserved]!;
  }
  get priceTicks(): number {
    return this.numbers[NUMBER.priceTicks]!;
  }
  get remainingLots(): number {
    return this.numbers[NUMBER.remainingLots]!;
  }
  get bidTicks(): number | null {
    return this.#numberOrNull(NUMBER.bidTicks);
  }
  get bidLots(): number {
    return this.numbers[NUMBER.bidLots]!;
  }
  get askTicks(): number | null {
    return this.#numberOrNull(NUMBER.askTicks);
  }
  get askLots(): number {
    return this.numbers[NUMBER.askLots]!;
  }
  get amountUnits(): number {
    return this.numbers[NUMBER.amountUnits]!;
  }
  get sequence(): number {
    return this.numbers[NUMBER.sequence]!;
  }
  get timestamp(): number {
    return this.numbers[NUMBER.timestamp]!;
  }
  get clientTimestamp(): number {
    return this.numbers[NUMBER.clientTimestamp]!;
  }
  get number(): number {
    return this.numbers[NUMBER.number]!;
  }
  get partition(): number {
    return this.numbers[NUMBER.partition]!;
  }
  get quantity(): number | undefined {
    return this.#numberOrAbsent(NUMBER.quantity);
  }
  get price(): number | undefined {
    return this.#numberOrAbsent(NUMBER.price);
  }
  get protectionPrice(): number | undefined {
    return this.#numberOrAbsent(NUMBER.protectionPrice);
  }
  get amount(): number | undefined {
    return this.#numberOrAbsent(NUMBER.amount);
  }

  get userId(): string {
    return this.words[WORD.userId]!;
  }
  get symbol(): string {
    return this.words[WORD.symbol]!;
  }
  get producer(): string {
    return this.words[WORD.producer]!;
  }
  get key(): string | null {
    return this.words[WORD.key] ?? null;
  }
  get reason(): string {
    return this.words[WORD.reason]!;
  }
  // The words of these are few, and checked when the message was read.
  get side(): Side {
    return this.words[WORD.side] as Side;
  }
  get aggressor(): Side {
    return this.words[WORD.aggressor] as Side;
  }
  get timeInForce(): TimeInForce | undefined {
    return this.words[WORD.timeInForce] as TimeInForce | undefined;
  }
  get liquidity(): "maker" | "taker" {
    return this.words[WORD.liquidity] as "maker" | "taker";
  }

  get id(): string {
    return this.#textOf(TEXT.id);
  }
  get correlationId(): string {
    return this.#textOf(TEXT.correlationId);
  }
  get causationId(): string {
    return this.#textOf(TEXT.causationId);
  }
  get orderId(): string {
    return this.#textOf(TEXT.orderId);
  }
  get cancelId(): string {
    return this.#textOf(TEXT.cancelId);
  }
  get depositId(): string {
    return this.#textOf(TEXT.depositId);
  }
  get tradeId(): string {
    return this.#textOf(TEXT.tradeId);
  }

  #textOf(text: number): string {
    return decoder.decode(this.bytes.subarray(this.starts[text], this.ends[text]));
  }

  #numberOrNull(slot: number): number | null {
    const value = this.numbers[slot]!;
    return value === IS_NULL ? null : value;
  }

  #numberOrAbsent(slot: number): number | undefined {
    const value = this.numbers[slot]!;
    return value === IS_ABSENT ? undefined : value;
  }
}
