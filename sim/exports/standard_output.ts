/**
 * Standard output that may end before we do, as with `| head`.
 *
 * @module
 */

const encoder = new TextEncoder();

/** Whether a write failed because nobody reads any more. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe;
}

/** Prints a line. When nobody reads any more the process ends, quietly: there is nothing left to do. */
export function printLine(line: string): void {
  try {
    writeAllSync(`${line}\n`);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    Deno.exit(0);
  }
}

function writeAllSync(text: string): void {
  const bytes = encoder.encode(text);
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}
