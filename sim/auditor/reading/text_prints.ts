/**
 * Fingerprints of a message's texts.
 *
 * @module
 */

import type { Fingerprinter } from "../fingerprint.ts";
import { trailingNumber } from "../memory/numbering.ts";
import { SUBJECT_TEXTS, TEXT, TEXTS } from "./message_fields.ts";

/** Where something with texts keeps their prints, by {@link TEXT}; 0 for a text that it lacks. */
export class TextPrints {
  readonly low = new Uint32Array(TEXTS);
  readonly high = new Uint32Array(TEXTS);
  /** The number at the end of an id, by which ids that belong together lie together. */
  readonly near = new Float64Array(TEXTS);

  /** Forgets what the message before it was about. */
  clear(): void {
    for (let text = 0; text < SUBJECT_TEXTS; text++) {
      this.low[text] = 0;
      this.high[text] = 0;
    }
  }

  /** Keeps the print that is at hand. */
  keep(text: number, print: Fingerprinter): void {
    this.low[text] = print.low;
    this.high[text] = print.high;
  }

  /** Takes the prints of whatever texts a message has. */
  take(message: object, print: Fingerprinter): void {
    this.low.fill(0);
    this.high.fill(0);
    const fields = new Map<string, unknown>(Object.entries(message));
    for (const [name, text] of Object.entries(TEXT)) {
      const value = fields.get(name);
      if (typeof value !== "string") continue;
      this.keep(text, print.ofText(value));
      this.near[text] = trailingNumber(value);
    }
  }

  /** Has `print` hold the identity of an order, which is its user and its id. */
  holdOrder(print: Fingerprinter): void {
    this.hold(print, TEXT.userId);
    print.then(this.low[TEXT.orderId]!, this.high[TEXT.orderId]!);
  }

  /** Has `print` hold the print of a text. */
  hold(print: Fingerprinter, text: number): void {
    print.low = this.low[text]!;
    print.high = this.high[text]!;
  }

  /** What a command is about, or an answer: its user and its ids. */
  subject(print: Fingerprinter): number {
    this.hold(print, 0);
    for (let text = 1; text < SUBJECT_TEXTS; text++) {
      print.then(this.low[text]!, this.high[text]!);
    }
    return print.low;
  }
}
