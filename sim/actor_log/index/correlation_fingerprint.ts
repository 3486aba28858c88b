/**
 * Correlation ids as numbers of 28 bits: by them an order's records are found.
 *
 * @module
 */

/** Bits of a fingerprint. */
export const FINGERPRINT_BITS = 28;

/** What hashing starts from, and what it multiplies by: FNV-1a's for 32 bits. */
export const HASH = { offset: 0x811c9dc5, prime: 0x01000193 } as const;

/** Of a text, by its UTF-16 units. */
export function fingerprintOf(text: string): number {
  let hash: number = HASH.offset;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), HASH.prime);
  return finished(hash);
}

/** Of ASCII bytes: the same as of the text that they are. */
export function fingerprintOfAscii(bytes: Uint8Array, from: number, to: number): number {
  let hash: number = HASH.offset;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ bytes[i]!, HASH.prime);
  return finished(hash);
}

/** Ids that differ in their last character differ in the lowest bits only: those are spread. */
function finished(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> (32 - FINGERPRINT_BITS);
}
