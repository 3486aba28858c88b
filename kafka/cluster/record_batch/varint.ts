/**
 * Kafka's variable-length numbers: zigzag, seven bits a byte, the lowest first.
 *
 * Exact for numbers of up to 52 bits: offsets, lengths and milliseconds are below that. Above 31 bits
 * they are divided, because the operators of bits know 32 of them only.
 *
 * @module
 */

/** Of 0, -1, 1, -2: 0, 1, 2, 3. */
function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** How many bytes {@link writeVarint} writes. */
export function varintSize(value: number): number {
  let rest = zigzag(value);
  let size = 1;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) size++;
  for (; rest >= 0x80; rest >>>= 7) size++;
  return size;
}

/** Writes it at `start`; where the next byte goes. */
export function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let rest = zigzag(value);
  let at = start;
  for (; rest > 0x7fff_ffff; rest = Math.floor(rest / 128)) bytes[at++] = rest % 128 + 0x80;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = rest & 0x7f | 0x80;
  bytes[at++] = rest;
  return at;
}
