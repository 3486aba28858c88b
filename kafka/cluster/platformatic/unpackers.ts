/**
 * Compressions that the library brings and the runtime does not have.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { LibraryUnpackers, Unpack } from "../record_batch/compression.ts";
import { compressionsAlgorithms } from "./library.ts";

/** {@link KafkaClient.unpackers} */
export const UNPACKERS: LibraryUnpackers = {
  snappy: by(compressionsAlgorithms.snappy),
  lz4: by(compressionsAlgorithms.lz4),
};

function by(algorithm: { decompressSync(packed: Buffer): Uint8Array }): Unpack {
  return ({ buffer, byteOffset, byteLength }) =>
    algorithm.decompressSync(Buffer.from(buffer, byteOffset, byteLength));
}
