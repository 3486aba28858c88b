/**
 * A line that is written over itself, on a terminal.
 *
 * @module
 */

/** Shows progress on standard error; where that is no terminal it would only be noise. */
export function progressLine(): { readonly showProgress?: (line: string) => void } {
  if (!Deno.stderr.isTerminal()) return {};
  const encoder = new TextEncoder();
  return { showProgress: (line) => Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line}`)) };
}

/** How much of a whole is done, as `42 %`. */
export function percentDone(done: number, all: number): string {
  return `${all === 0 ? 100 : Math.floor(100 * done / all)} %`;
}
