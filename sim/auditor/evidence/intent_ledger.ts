/**
 * What the producers meant to send, grouped by the exact bytes, key and partition: a resend after a
 * crash is the same intent, and so is the same garbage sent twice on purpose.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../../kafka/event_log.ts";
import type { Intent, IntentsAcknowledged } from "../../../kafka/messages/mod.ts";
import type { AuditMemory } from "../memory/audit_memory.ts";
import type { Column, PlaceColumn } from "../memory/columns.ts";
import { firstNumber, type Numbering } from "../memory/numbering.ts";
import { ByteCursor, NOWHERE } from "../reading/byte_cursor.ts";

interface Producer {
  readonly index: number;
  /** Numbers below it have been seen. */
  next: number;
  /** Commands of intents below it are in `order-commands`, the producer says. */
  acknowledgedBefore: number;
}

const EMPTY = new Uint8Array();

/** Intents, and which of them came true. */
export class IntentLedger {
  readonly #producers = new Map<string, Producer>();
  readonly #producerList: Producer[] = [];
  readonly #memory: AuditMemory;
  readonly #groups: Numbering;
  readonly #cursor = new ByteCursor();
  readonly #intended: Column;
  readonly #found: Column;
  readonly #intentAt: PlaceColumn;
  /** By intent, in the order found. */
  readonly #groupOf: Column;
  readonly #producerOf: Column;
  readonly #numberOf: Column;
  #size = 0;

  constructor(memory: AuditMemory) {
    this.#memory = memory;
    this.#groups = memory.numbering();
    const groups = memory.table();
    this.#intended = groups.words();
    this.#found = groups.words();
    this.#intentAt = groups.places("intents");
    const intents = memory.table();
    this.#groupOf = intents.words();
    this.#producerOf = intents.words();
    this.#numberOf = intents.doubles();
  }

  /** Intents, repeats not counted. */
  get size(): number {
    return this.#size;
  }

  /** Adds an intent, whose command is `content`, unless its number has been seen. */
  add(intent: IntentPlace, content: Uint8Array, record: LogRecord): void {
    const producer = this.#producerNamed(intent.producer);
    if (intent.number < producer.next) return;
    producer.next = intent.number + 1;
    const start = this.#cursor.turnTo(content);
    const group = this.#groups.add(this.#take(intent, start));
    if (!this.#intentAt.has(group)) this.#intentAt.set(group, record);
    this.#intended.set(group, this.#intended.get(group) + 1);
    const row = this.#size++;
    this.#groupOf.set(row, group);
    this.#producerOf.set(row, producer.index);
    this.#numberOf.set(row, intent.number);
  }

  acknowledge(message: IntentsAcknowledged): void {
    const producer = this.#producerNamed(message.producer);
    producer.acknowledgedBefore = Math.max(producer.acknowledgedBefore, message.before);
  }

  /** Where the intent of a record of `order-commands` is; null when there is none. */
  find(record: LogRecord): { topic: string; partition: number; offset: number } | null {
    const start = this.#cursor.turnToValue(record);
    const group = this.#groups.find(
      this.#take(record, start === NOWHERE ? this.#cursor.turnTo(EMPTY) : start),
    );
    if (group < 0) return null;
    this.#found.set(group, this.#found.get(group) + 1);
    return this.#intentAt.get(group);
  }

  /** What did not come true: acknowledged and yet missing, or never sent as far as can be told. */
  *missing(): Generator<{
    readonly acknowledged: boolean;
    readonly at: { topic: string; partition: number; offset: number } | null;
    readonly number: number;
  }> {
    const rest = this.#memory.table().words();
    for (let group = 0; group < this.#groups.size; group++) {
      const missing = this.#intended.get(group) - this.#found.get(group);
      rest.set(group, Math.max(0, missing));
    }
    // Of equal intents the last ones are those that are missing.
    for (let row = this.#size - 1; row >= 0; row--) {
      const group = this.#groupOf.get(row);
      if (rest.get(group) === 0) continue;
      rest.set(group, rest.get(group) - 1);
      const number = this.#numberOf.get(row);
      const producer = this.#producerList[this.#producerOf.get(row)]!;
      const acknowledged = number < producer.acknowledgedBefore;
      yield { acknowledged, at: this.#intentAt.get(group), number };
    }
  }

  #producerNamed(name: string): Producer {
    const known = this.#producers.get(name);
    if (known !== undefined) return known;
    const producer = { index: this.#producerList.length, next: 0, acknowledgedBefore: 0 };
    this.#producers.set(name, producer);
    this.#producerList.push(producer);
    return producer;
  }

  /** Takes the print of the command that the cursor is at, and gives the number near which it lies. */
  #take(
    place: { readonly partition: number; readonly key: string | null },
    start: number,
  ): number {
    const { bytes, view, end } = this.#cursor;
    const { print } = this.#groups;
    print.ofText(place.key ?? "").then(place.partition, place.key === null ? 1 : 0);
    print.ofBytesIn(view, start, end, print.low);
    return firstNumber(bytes, start, end);
  }
}

/** What tells an intent from others. */
interface IntentPlace {
  readonly producer: string;
  readonly number: number;
  readonly partition: number;
  readonly key: string | null;
}

/** The bytes that an intent's command has. */
export function contentOf({ value, encoding }: Intent): Uint8Array {
  return Buffer.from(value, encoding === "base64" ? "base64" : "utf8");
}
