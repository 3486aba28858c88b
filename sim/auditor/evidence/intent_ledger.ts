/**
 * What the producers meant to send, grouped by the exact bytes, key and partition: a resend after a
 * crash is the same intent, and so is the same garbage sent twice on purpose.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LogRecord } from "../../../kafka/event_log.ts";
import type { Intent, IntentsAcknowledged } from "../../../kafka/messages/mod.ts";
import { Column, PlaceColumn } from "../columns.ts";
import { Numbering } from "../fingerprint.ts";

interface Producer {
  readonly index: number;
  /** Numbers below it have been seen. */
  next: number;
  /** Commands of intents below it are in `order-commands`, the producer says. */
  acknowledgedBefore: number;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const EMPTY = new Uint8Array();

/** Intents, and which of them came true. */
export class IntentLedger {
  readonly #producers = new Map<string, Producer>();
  readonly #producerList: Producer[] = [];
  readonly #groups = new Numbering();
  readonly #intended = Column.words();
  readonly #found = Column.words();
  readonly #intentAt = new PlaceColumn("intents");
  /** By intent, in the order found. */
  readonly #groupOf = Column.words();
  readonly #producerOf = Column.words();
  readonly #numberOf = Column.words();
  #size = 0;

  /** Intents, repeats not counted. */
  get size(): number {
    return this.#size;
  }

  /** Adds an intent unless its number has been seen. */
  add(intent: Intent, record: LogRecord): void {
    const producer = this.#producerNamed(intent.producer);
    if (intent.number < producer.next) return;
    producer.next = intent.number + 1;
    this.#take(intent, contentOf(intent));
    const group = this.#groups.add();
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
    this.#take(record, record.text ?? record.value ?? EMPTY);
    const group = this.#groups.find();
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
    const rest = Column.words();
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

  #take(
    place: { readonly partition: number; readonly key: string | null },
    content: string | Uint8Array,
  ): void {
    const { print } = this.#groups;
    print.ofText(`${place.partition}/${place.key === null ? "" : `=${place.key}`}`);
    if (typeof content === "string") print.ofText(content, print.low);
    else print.ofBytes(content, print.low);
  }
}

/** What the intent's command holds, as a record of it is read: text, unless it is no UTF-8. */
function contentOf({ value, encoding }: Intent): string | Uint8Array {
  if (encoding === "text") return value;
  const bytes = Buffer.from(value, "base64");
  try {
    return decoder.decode(bytes);
  } catch {
    // No UTF-8: that is why it is base64.
    return bytes;
  }
}
