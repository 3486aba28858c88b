/**
 * The lines of a file of runtime events, read in pieces, for whoever looks for a few among many.
 *
 * @module
 */

/** So many bytes are read at once: events of a long run are many. */
const CHUNK_BYTES = 1024 * 1024;

/** The lines of a file of runtime events, in order; none when there is no such file. */
export function* eventLines(path: string): Generator<string> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  try {
    const decoder = new TextDecoder();
    const chunk = new Uint8Array(CHUNK_BYTES);
    let rest = "";
    for (let count = file.readSync(chunk); count !== null; count = file.readSync(chunk)) {
      const lines = (rest + decoder.decode(chunk.subarray(0, count), { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
    yield rest;
  } finally {
    file.close();
  }
}
