/**
 * Ctrl-C, as the commands that can end early take it.
 *
 * @module
 */

import { ExitCode } from "./exit_codes.ts";

/** The first Ctrl-C aborts, so that what has begun is finished and told; the second ends the process. */
export function onInterrupt(): Disposable & { readonly signal: AbortSignal } {
  const abort = new AbortController();
  const listener = () => {
    if (abort.signal.aborted) Deno.exit(ExitCode.interrupted);
    abort.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const name of signals) Deno.addSignalListener(name, listener);
  return {
    signal: abort.signal,
    [Symbol.dispose]: () => {
      for (const name of signals) Deno.removeSignalListener(name, listener);
    },
  };
}
