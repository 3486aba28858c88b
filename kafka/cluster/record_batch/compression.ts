/**
 * What others have compressed, unpacked. We compress nothing: on a producer's side that would cost more
 * than it saves on a local network.
 *
 * @module
 */

import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** Unpacks the records of one batch. */
export type Unpack = (packed: Uint8Array) => Uint8Array;

/** Compressions that the runtime does not have, and a client's library may have. */
export interface LibraryUnpackers {
  readonly snappy?: Unpack;
  readonly lz4?: Unpack;
}

/** A batch is compressed in a way that this client does not know. */
export class UnknownCompressionError extends RangeError {
  override readonly name = "UnknownCompressionError";
}

/** By their number in a batch's attributes. */
const NAMES = ["none", "gzip", "snappy", "lz4", "zstd"] as const;

/** No batch that a broker takes is larger unpacked; one that is must not fill the memory. */
export const MAX_UNPACKED_BYTES = 128 * 1_048_576;

/** The records, unpacked. @throws {Error} when they are not what the number says */
export function unpacked(
  packed: Uint8Array,
  compression: number,
  library: LibraryUnpackers,
): Uint8Array {
  const name = NAMES[compression];
  switch (name) {
    case "none":
      return packed;
    case "gzip":
      return gunzipSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
    case "zstd":
      return zstdDecompressSync(packed, { maxOutputLength: MAX_UNPACKED_BYTES });
    default: {
      const unpack = name === undefined ? undefined : library[name];
      if (unpack !== undefined) return unpack(packed);
      throw new UnknownCompressionError(
        `Cannot unpack a batch: this client does not know compression ${name ?? compression}`,
      );
    }
  }
}
