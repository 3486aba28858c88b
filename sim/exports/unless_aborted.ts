/**
 * Writes that are given up: a pager that stands still may never read on, and an interrupt must not wait
 * for it.
 *
 * @module
 */

/** What a write gives; `instead`, once the signal says that it is no longer waited for. */
export async function unlessAborted<T>(
  written: Promise<T>,
  { instead, signal }: { readonly instead: T; readonly signal: AbortSignal },
): Promise<T> {
  const { promise: stopped, resolve } = Promise.withResolvers<T>();
  const stop = () => resolve(instead);
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  try {
    return await Promise.race([written, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
