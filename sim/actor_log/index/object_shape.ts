/**
 * How the objects of one kind are written: what stands before each of their values. Our encoder writes
 * all messages of a type alike, so that of most members the name need not be read, only compared.
 *
 * @module
 */

import { Literal } from "../../../kafka/literal.ts";

/** How a value is written: as a text, as a text that holds an object, or without quotes. */
export const VALUE = { text: 0, object: 1, bare: 2 } as const;

/** One member, as it was read. */
export interface ShapedMember {
  /** All that stands before the value: brace or comma, name, colon, and the quote of a text. */
  readonly beginning: Uint8Array;
  /** The number of its field; -1 for others. */
  readonly field: number;
  /** One of {@link VALUE}. */
  readonly value: number;
}

/** Members one after another, as arrays. */
export class ObjectShape {
  readonly count: number;
  /** By member: what stands before its value. */
  readonly beginnings: readonly Literal[];
  /** By member: its field, and how its value is written. */
  readonly fields: Int8Array;
  readonly values: Uint8Array;
  /** Objects in a row that were not written so. */
  misses = 0;

  constructor(members: readonly ShapedMember[]) {
    this.count = members.length;
    this.beginnings = members.map(({ beginning }) => new Literal(beginning));
    this.fields = Int8Array.from(members, ({ field }) => field);
    this.values = Uint8Array.from(members, ({ value }) => value);
  }
}
