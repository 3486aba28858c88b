/**
 * Whom a command names: in the record's bytes as long as nobody asks for more.
 *
 * @module
 */

import { asciiText } from "./ascii.ts";

/** The user and the order of one command: one object for many. */
export class ClaimedNames {
  /** The bytes that the names stand in as ASCII; null where they are strings. */
  bytes: Uint8Array | null = null;
  /** Where they stand; nowhere when none is named. */
  userStart = 0;
  userEnd = 0;
  orderStart = 0;
  orderEnd = 0;
  #userId: string | null = null;
  #orderId: string | null = null;

  get userId(): string | null {
    return this.bytes === null ? this.#userId : textAt(this.bytes, this.userStart, this.userEnd);
  }

  get orderId(): string | null {
    return this.bytes === null ? this.#orderId : textAt(this.bytes, this.orderStart, this.orderEnd);
  }

  /** Names that were decoded. */
  setTexts(userId: string | null, orderId: string | null): void {
    this.bytes = null;
    this.#userId = userId;
    this.#orderId = orderId;
  }
}

function textAt(bytes: Uint8Array, from: number, to: number): string | null {
  return from === to ? null : asciiText(bytes, from, to);
}
