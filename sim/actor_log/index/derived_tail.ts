/**
 * What a derived message says of itself, read from the end of its bytes. A fold's outputs end with
 * `"id":…,"correlationId":…,"causationId":…,"sequence":…,"timestamp":…}` (`PartitionFold`), and most
 * records of a run are such: reading their ends alone costs a tenth of reading their JSON.
 *
 * A comma right before a quote stands in no JSON string, since a quote inside one is escaped. So what is
 * found here stands in the outermost object of whatever JSON these bytes are.
 *
 * @module
 */

import { ASCII, digitsStart, ENDS_PLAIN_TEXT, isWholeNumber, wholeNumber } from "./ascii.ts";
import { Literal } from "../../../kafka/literal.ts";
import type { ByteRow } from "./byte_row.ts";

const TIMESTAMP = new Literal(`,"timestamp":`);
const SEQUENCE = new Literal(`,"sequence":`);
const CAUSATION = new Literal(`,"causationId":`);
const CORRELATION = new Literal(`,"correlationId":`);
const ID = new Literal(`,"id":`);
/** No text and no name that is looked for reaches past it, into what stands before the record. */
const BEGINNING = new Literal(`{"type":"`);

/** The end of a derived message: one object for many, read into again and again. */
export class DerivedTail {
  sequence = 0;
  /** Where the id's characters are in the bytes. */
  idStart = 0;
  idEnd = 0;
  correlationStart = 0;
  correlationEnd = 0;
  #start = 0;
  #end = 0;

  /** Whether the bytes from `from` to `to` end so; false says nothing of what they are. */
  read(row: ByteRow, from: number, to: number): boolean {
    const { bytes } = row;
    if (!row.has(BEGINNING, from)) return false;
    const last = to - 1;
    if (bytes[last] !== ASCII.closeBrace) return false;
    const timestampAt = digitsStart(bytes, last);
    if (!isWholeNumber(bytes, timestampAt, last)) return false;
    if (!row.has(TIMESTAMP, timestampAt - TIMESTAMP.length)) return false;
    const sequenceEnd = timestampAt - TIMESTAMP.length;
    const sequenceAt = digitsStart(bytes, sequenceEnd);
    this.sequence = wholeNumber(bytes, sequenceAt, sequenceEnd);
    if (this.sequence < 0 || !row.has(SEQUENCE, sequenceAt - SEQUENCE.length)) return false;
    if (!this.#text(row, sequenceAt - SEQUENCE.length, CAUSATION)) return false;
    if (!this.#text(row, this.#start - 1 - CAUSATION.length, CORRELATION)) return false;
    this.correlationStart = this.#start;
    this.correlationEnd = this.#end;
    if (!this.#text(row, this.#start - 1 - CORRELATION.length, ID)) return false;
    this.idStart = this.#start;
    this.idEnd = this.#end;
    return true;
  }

  /** A text that ends before `end`, of printable ASCII without escapes, and its name before it. */
  #text(row: ByteRow, end: number, name: Literal): boolean {
    const { bytes } = row;
    let at = end - 1;
    if (bytes[at] !== ASCII.quote) return false;
    this.#end = at;
    while (at > 0 && ENDS_PLAIN_TEXT[bytes[at - 1]!] === 0) at--;
    this.#start = at;
    return at < this.#end && bytes[at - 1] === ASCII.quote && row.has(name, at - 1 - name.length);
  }
}
