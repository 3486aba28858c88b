/**
 * Which faults of a run have taken place, from its file of runtime events: what has gone wrong once does
 * not go wrong again because the run is gone on with.
 *
 * @module
 */

/** Cheaper than reading a line with all that is in it: most lines are of something else. */
const MARK = `"kind":"fault"`;

/** The ids of the faults in a file of runtime events; none when there is no such file. */
export function readFiredFaults(path: string): ReadonlySet<string> {
  const fired = new Set<string>();
  for (const line of linesOf(path)) {
    if (!line.includes(MARK)) continue;
    const id = idIn(line);
    if (id !== null) fired.add(id);
  }
  return fired;
}

/** The last line may have been cut by a kill, and says nothing then. */
function idIn(line: string): string | null {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null) return null;
    const id: unknown = Reflect.get(event, "fault");
    return typeof id === "string" && Reflect.get(event, "kind") === "fault" ? id : null;
  } catch {
    return null;
  }
}

/** So many bytes are read at once: events of a long run are many. */
const CHUNK_BYTES = 1024 * 1024;

function* linesOf(path: string): Generator<string> {
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
