/**
 * Colour where a stream shows it, and the user wants it.
 *
 * @module
 */

import { choosePaint, type Paint } from "../report/paint.ts";

/** What paints on a stream; `NO_COLOR` in the environment turns colours off. */
export function paintFor(stream: { isTerminal(): boolean }): Paint {
  return choosePaint({ isTerminal: stream.isTerminal(), noColor: Deno.env.get("NO_COLOR") });
}
