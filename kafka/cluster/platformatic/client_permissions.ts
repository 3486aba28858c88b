/**
 * What a worker with as little permission as possible needs for this client, besides the network.
 *
 * @module
 */

import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

/**
 * The one file that the library reads while it is loaded: its checksums and compression, compiled.
 * Found where the package is, without loading it.
 */
export function filesRead(): readonly string[] {
  const library = createRequire(import.meta.url).resolve("@platformatic/kafka");
  const compiled = createRequire(library).resolve("@platformatic/wasm-utils");
  return [fileURLToPath(new URL("../dist/native.wasm", pathToFileURL(compiled)))];
}
