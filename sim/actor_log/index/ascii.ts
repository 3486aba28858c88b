/**
 * The bytes of JSON, by name.
 *
 * @module
 */

/** ASCII codes of what JSON is made of. */
export const ASCII = {
  quote: 0x22,
  plus: 0x2b,
  comma: 0x2c,
  minus: 0x2d,
  point: 0x2e,
  slash: 0x2f,
  zero: 0x30,
  nine: 0x39,
  colon: 0x3a,
  backslash: 0x5c,
  e: 0x65,
  f: 0x66,
  n: 0x6e,
  p: 0x70,
  r: 0x72,
  s: 0x73,
  t: 0x74,
  openBrace: 0x7b,
  closeBrace: 0x7d,
  /** The first that may stand in a string as it is. */
  space: 0x20,
  /** The last that is one byte and printed. */
  tilde: 0x7e,
} as const;

/** By byte: 1 for what does not stand for itself in a JSON string of ASCII, or ends it. */
export const ENDS_PLAIN_TEXT: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const isPrinted = byte >= ASCII.space && byte <= ASCII.tilde;
  return Number(!isPrinted || byte === ASCII.quote || byte === ASCII.backslash);
});

/** Digits of a whole number that a double surely holds. */
export const MAX_SAFE_DIGITS = 15;

/** A text of ASCII as bytes. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const decoder = new TextDecoder();

/** Bytes of ASCII as a text of their own. */
export function asciiText(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** Whether the bytes from `from` to `to` are the token. */
export function isToken(bytes: Uint8Array, from: number, to: number, token: Uint8Array): boolean {
  if (to - from !== token.length) return false;
  for (let i = token.length - 1; i >= 0; i--) if (bytes[from + i] !== token[i]) return false;
  return true;
}

/** Where the digits begin that end before `end`; `end` itself when there are none. */
export function digitsStart(bytes: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && bytes[at - 1]! >= ASCII.zero && bytes[at - 1]! <= ASCII.nine) at--;
  return at;
}

/** Whether these digits write a whole number as JSON writes it, and not too large a one. */
export function isWholeNumber(bytes: Uint8Array, from: number, to: number): boolean {
  const length = to - from;
  return length >= 1 && length <= MAX_SAFE_DIGITS && (length === 1 || bytes[from] !== ASCII.zero);
}

/** The whole number that these digits write as JSON writes it; -1 when they are none, or too many. */
export function wholeNumber(bytes: Uint8Array, from: number, to: number): number {
  if (!isWholeNumber(bytes, from, to)) return -1;
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + bytes[i]! - ASCII.zero;
  return value;
}
