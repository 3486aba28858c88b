/**
 * Bytes as lines of text.
 *
 * @module
 */

/** The other side sent a line that is too long, or none at all. */
export class LineError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LineError";
  }
}

/**
 * The lines of a stream, without their ends; what stands after the last one is a line, too.
 * @throws {LineError} for a line of more than `maxCharacters`
 */
export async function* textLines(
  chunks: AsyncIterable<Uint8Array>,
  maxCharacters: number,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      demandShort(line, maxCharacters);
      yield line.replace(/\r$/, "");
    }
    demandShort(rest, maxCharacters);
  }
  if (rest !== "") yield rest;
}

function demandShort(line: string, maxCharacters: number): void {
  if (line.length <= maxCharacters) return;
  throw new LineError(`Cannot read a line: it has more than ${maxCharacters} characters`);
}
