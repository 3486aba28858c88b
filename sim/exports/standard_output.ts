/**
 * Standard output that may end before we do, as with `| head`.
 *
 * @module
 */

import { asOutputError, isBrokenPipe } from "./output_error.ts";
import { writeTo } from "./write_output.ts";

const encoder = new TextEncoder();

/**
 * Writes all of a text; false when nobody reads any more, as after `| head`.
 * @throws {OutputError} when it takes no more
 */
export function writeText(text: string): Promise<boolean> {
  return writeTo(Deno.stdout, [text]);
}

/**
 * Prints a line. When nobody reads any more the process ends, quietly: there is nothing left to do.
 * @throws {OutputError} when it takes no more
 */
export function printLine(line: string): void {
  try {
    writeAllSync(`${line}\n`);
  } catch (error) {
    if (!isBrokenPipe(error)) throw asOutputError("to standard output", error);
    Deno.exit(0);
  }
}

function writeAllSync(text: string): void {
  const bytes = encoder.encode(text);
  for (let written = 0; written < bytes.length;) {
    written += Deno.stdout.writeSync(bytes.subarray(written));
  }
}
