/**
 * Reads messages from bytes that are exactly as our encoder writes them, checked as strictly as a full
 * decoder would. It makes no objects and no strings but for names it has not met. Whatever is written in
 * another way, however right, it leaves to the full decoder.
 *
 * @module
 */

import { REJECT_REASONS } from "../../../kafka/messages/mod.ts";
import type { StoredValue } from "../../../kafka/value_span.ts";
import { Literal } from "../../../kafka/literal.ts";
import { ByteCursor, NOWHERE } from "./byte_cursor.ts";
import { FORM, IS_ABSENT, IS_NULL, TEXT } from "./message_fields.ts";
import {
  MAX_STEPS,
  type MessageShape,
  shapeKey,
  SHAPES_BY_TOPIC,
  type ShapeStep,
  SHORTEST_MESSAGE,
} from "./message_shapes.ts";
import { NameTable } from "./name_table.ts";
import { ScannedMessage } from "./scanned_message.ts";
import { TextPrints } from "./text_prints.ts";

const SLASH = 0x2f;
const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;
const ZERO = 48;
const NULL = new Literal("null");
const TRUE = new Literal("true");
const FALSE = new Literal("false");

/** At most so many digits of an id's end count, as with texts. */
const NEAR_DIGITS = 9;

/** With a larger partition or index an id is none. */
const MAX_ORIGIN_PART = 10 ** 9;

/** The largest content that is read here. */
const MAX_CONTENT_BYTES = 64 * 1024;

const REASONS: ReadonlySet<string> = new Set(REJECT_REASONS);

/** Where a derived message comes from. */
export interface ScannedOrigin {
  topic: string;
  partition: number;
  offset: number;
  index: number;
}

/** Where the parts of a message lie. */
export interface MessageLayout {
  readonly shape: MessageShape | null;
  /** Where the value of each of the shape's steps begins; {@link NOWHERE} of one that is left out. */
  readonly starts: Int32Array;
  /** Behind it. */
  readonly ends: Int32Array;
}

/** Reads one message after the other; the last one stands in its fields. */
export class MessageScanner implements MessageLayout {
  readonly message = new ScannedMessage();
  readonly prints = new TextPrints();
  /** Only of a derived message. */
  readonly origin: ScannedOrigin = { topic: "", partition: 0, offset: 0, index: 0 };
  /** The shape of the last message. */
  shape: MessageShape | null = null;
  readonly starts = new Int32Array(MAX_STEPS);
  readonly ends = new Int32Array(MAX_STEPS);
  readonly #cursor = new ByteCursor();
  readonly #names = new NameTable();
  readonly #content = new Uint8Array(MAX_CONTENT_BYTES);
  #topic = "";
  #shapes: ReadonlyMap<number, readonly MessageShape[]> | undefined = undefined;

  /** Whether a record of a topic holds a message that can be read so. */
  scan(topic: string, record: StoredValue): boolean {
    if (topic !== this.#topic) {
      this.#topic = topic;
      this.#shapes = SHAPES_BY_TOPIC.get(topic);
    }
    if (this.#shapes === undefined) return false;
    const start = this.#cursor.turnToValue(record);
    if (start === NOWHERE || this.#cursor.end - start < SHORTEST_MESSAGE) return false;
    const shapes = this.#shapes.get(shapeKey(this.#cursor.view, start));
    if (shapes === undefined) return false;
    for (let n = 0; n < shapes.length; n++) {
      const at = this.#cursor.literal(start, shapes[n]!.opening);
      if (at !== NOWHERE) return this.#scanAs(shapes[n]!, at);
    }
    return false;
  }

  #scanAs(shape: MessageShape, start: number): boolean {
    const { steps, longest } = shape;
    const cursor = this.#cursor;
    this.shape = shape;
    this.message.type = shape.type;
    this.message.bytes = cursor.bytes;
    this.prints.clear();
    let at = start;
    for (let n = 0; n < steps.length; n++) {
      const step = steps[n]!;
      const opened = cursor.literal(at, step.opening);
      this.starts[n] = opened;
      if (opened !== NOWHERE) {
        at = this.#take(step, opened, longest);
        if (at === NOWHERE) return false;
        this.ends[n] = at;
      } else if (step.isOptional) this.#leaveOut(step);
      else return false;
    }
    if (cursor.byte(at, CLOSING_BRACE) !== cursor.end) return false;
    return !shape.isRefusal || REASONS.has(this.message.reason);
  }

  /** Behind the value of a field, if it is as its form wants it. */
  #take(step: ShapeStep, at: number, longest: number): number {
    switch (step.form) {
      case FORM.count:
        return this.#kept(step.slot, this.#cursor.count(at));
      case FORM.decimal:
        return this.#kept(step.slot, this.#cursor.decimal(at));
      case FORM.stamp:
        return this.#kept(step.slot, this.#cursor.stamp(at));
      case FORM.countOrNull:
        return this.#takeCountOrNull(step.slot, at);
      case FORM.flag:
        return this.#takeFlag(at);
      case FORM.word:
        return this.#takeWord(step, at);
      case FORM.name:
        return this.#takeName(step, at, longest);
      case FORM.nameOrNull:
        return this.#takeNameOrNull(step, at, longest);
      case FORM.text:
        return this.#takeText(step.text, at, longest);
      case FORM.passedText:
        return this.#passText(step.text, at, longest);
      case FORM.content:
        return this.#takeContent(at);
      default:
        return this.#takeOrigin(at);
    }
  }

  /** A field that is not there. */
  #leaveOut({ form, slot }: ShapeStep): void {
    if (form === FORM.decimal) this.message.numbers[slot] = IS_ABSENT;
    else this.message.words[slot] = undefined;
  }

  #kept(slot: number, at: number): number {
    this.message.numbers[slot] = this.#cursor.value;
    return at;
  }

  #takeCountOrNull(slot: number, at: number): number {
    const to = this.#cursor.literal(at, NULL);
    if (to === NOWHERE) return this.#kept(slot, this.#cursor.count(at));
    this.message.numbers[slot] = IS_NULL;
    return to;
  }

  #takeFlag(at: number): number {
    const to = this.#cursor.literal(at, FALSE);
    this.message.duplicate = to === NOWHERE;
    return to === NOWHERE ? this.#cursor.literal(at, TRUE) : to;
  }

  #takeWord({ slot, words }: ShapeStep, at: number): number {
    for (let n = 0; n < words.length; n++) {
      const { literal, word } = words[n]!;
      const to = this.#cursor.literal(at, literal);
      if (to === NOWHERE) continue;
      this.message.words[slot] = word;
      return to;
    }
    return NOWHERE;
  }

  #takeName({ slot, text }: ShapeStep, from: number, longest: number): number {
    const cursor = this.#cursor;
    const to = cursor.text(from);
    if (to === NOWHERE || to - from > longest) return NOWHERE;
    this.message.words[slot] = this.#names.nameIn(cursor.bytes, from, to, cursor.print);
    this.prints.keep(text, cursor.print);
    return to + 1;
  }

  #takeNameOrNull(step: ShapeStep, at: number, longest: number): number {
    const from = this.#cursor.byte(at, QUOTE);
    if (from !== NOWHERE) return this.#takeName(step, from, longest);
    this.message.words[step.slot] = null;
    return this.#cursor.literal(at, NULL);
  }

  #takeText(text: number, from: number, longest: number): number {
    const cursor = this.#cursor;
    const to = cursor.text(from);
    if (to === NOWHERE || to - from > longest) return NOWHERE;
    this.message.starts[text] = from;
    this.message.ends[text] = to;
    this.prints.keep(text, cursor.print);
    this.prints.near[text] = trailingNumberIn(cursor.bytes, from, to);
    return to + 1;
  }

  #passText(text: number, from: number, longest: number): number {
    const cursor = this.#cursor;
    let to = cursor.plain(from);
    // Details quote what they are about.
    while (text === TEXT.detail && cursor.isEscapedQuote(to)) {
      to = cursor.plain(to + 2);
    }
    if (to === from || to - from > longest) return NOWHERE;
    this.message.starts[text] = from;
    this.message.ends[text] = to;
    return cursor.byte(to, QUOTE);
  }

  /** An id whose topic was passed with its opening. */
  #takeOrigin(start: number): number {
    const { origin, shape } = this;
    const cursor = this.#cursor;
    const topic = shape!.cause!; // of a derived message
    origin.topic = topic;
    let at = cursor.count(start);
    origin.partition = cursor.value;
    if (at === NOWHERE || cursor.byte(at, SLASH) === NOWHERE) return NOWHERE;
    at = cursor.count(at + 1);
    origin.offset = cursor.value;
    if (at === NOWHERE || cursor.byte(at, SLASH) === NOWHERE) return NOWHERE;
    at = cursor.count(at + 1);
    origin.index = cursor.value;
    if (at === NOWHERE) return NOWHERE;
    if (origin.partition >= MAX_ORIGIN_PART || origin.index >= MAX_ORIGIN_PART) return NOWHERE;
    this.message.starts[TEXT.id] = start - topic.length - 1;
    this.message.ends[TEXT.id] = at;
    // Only what orders lead to names them as its cause.
    if (this.#topic === "orders") {
      this.prints.keep(TEXT.id, cursor.print.ofTextIn(cursor.view, start - topic.length - 1, at));
    }
    return cursor.byte(at, QUOTE);
  }

  /** A text in which nothing but quotes is escaped. */
  #takeContent(start: number): number {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const content = this.#content;
    let length = 0;
    for (let from = start;;) {
      const to = cursor.plain(from);
      if (length + to - from >= MAX_CONTENT_BYTES) return NOWHERE;
      for (let at = from; at < to; at++) content[length++] = bytes[at]!;
      const after = cursor.byte(to, QUOTE);
      if (after !== NOWHERE) {
        this.message.content = content.subarray(0, length);
        return after;
      }
      if (!cursor.isEscapedQuote(to)) return NOWHERE;
      content[length++] = QUOTE;
      from = to + 2;
    }
  }
}

/** As with texts: the number at an id's end. */
function trailingNumberIn(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  let unit = 1;
  const first = Math.max(from, to - NEAR_DIGITS);
  for (let at = to - 1; at >= first; at--, unit *= 10) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) break;
    value += digit * unit;
  }
  return value;
}
