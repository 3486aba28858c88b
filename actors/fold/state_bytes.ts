/**
 * State as bytes: a JSON head and binary parts, so that large typed arrays need no text.
 *
 * @module
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Layout: uint32 count of parts, uint32 byte length of the head and of each part (little endian),
 * then head and parts. Canonical as long as `head` lists its keys in a fixed order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { packState, unpackState } from "./state_bytes.ts";
 * const bytes = packState({ users: 2 }, [Uint8Array.of(7)]);
 * assert.deepEqual(unpackState(bytes), { head: { users: 2 }, parts: [Uint8Array.of(7)] });
 * ```
 */
export function packState(head: unknown, parts: readonly Uint8Array[] = []): Uint8Array {
  const text = encoder.encode(JSON.stringify(head));
  const all = [text, ...parts];
  const table = 4 + 4 * all.length;
  const bytes = new Uint8Array(table + all.reduce((sum, part) => sum + part.length, 0));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, parts.length, true);
  let at = table;
  all.forEach((part, i) => {
    view.setUint32(4 + 4 * i, part.length, true);
    bytes.set(part, at);
    at += part.length;
  });
  return bytes;
}

/** The same of parts that nobody looks at any more: their memory is given back at once. */
export function packOwnedState(head: unknown, parts: readonly Uint8Array[]): Uint8Array {
  const packed = packState(head, parts);
  for (const part of parts) giveBack(part);
  return packed;
}

/** A head and its parts, as {@link packState} takes them. */
export interface UnpackedState {
  /** As JSON gave it. */
  readonly head: unknown;
  /** Bytes as they were packed. */
  readonly parts: readonly Uint8Array[];
}

/** What {@link packState} packed. The parts are copies. @throws {RangeError} when bytes are missing */
export function unpackState(bytes: Uint8Array): UnpackedState {
  const { head, parts } = viewState(bytes);
  return { head, parts: parts.map((part) => part.slice()) };
}

/** The same, but the parts are views: for states of megabytes that are looked at only once. */
export function viewState(bytes: Uint8Array): UnpackedState {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getUint32(0, true) + 1;
  const sections: Uint8Array[] = [];
  let at = 4 + 4 * count;
  for (let i = 0; i < count; i++) {
    const length = view.getUint32(4 + 4 * i, true);
    if (at + length > bytes.length) {
      throw new RangeError(`Cannot unpack state: section ${i} is cut`);
    }
    sections.push(bytes.subarray(at, at + length));
    at += length;
  }
  const [head, ...parts] = sections;
  return { head: JSON.parse(decoder.decode(head)), parts };
}

/**
 * Gives the memory of bytes back that nobody looks at any more: the collector would let many megabytes of
 * states gather before it comes by. Whoever holds the same buffer finds it empty.
 */
export function giveBack({ buffer }: Pick<Uint8Array, "buffer">): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
