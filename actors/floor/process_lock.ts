/**
 * One process at a time: a lock that dies with its holder.
 *
 * @module
 */

import { systemClock } from "../runtime/clock.ts";

/** How often it is looked whether another process has let go of a lock. */
const RETRY_MS = 200;

/** Held until it is disposed of, or its process ends, however it ends. */
export type ProcessLock = Disposable;

/**
 * Takes the lock, or gives null when another process has it. It is the operating system's own lock on
 * the open file, so a process killed at any moment leaves nothing behind that must be found stale. The
 * holder's process id stands in the file, for whoever wants to end it; those that share a lock among
 * them, and keep out who wants it alone, write nothing.
 */
export async function lockFile(
  path: string,
  { shared = false }: { readonly shared?: boolean } = {},
): Promise<ProcessLock | null> {
  const file = await Deno.open(path, { create: true, read: true, write: true });
  let held = false;
  try {
    held = await file.tryLock(!shared);
  } finally {
    if (!held) file.close();
  }
  if (!held) return null;
  if (!shared) {
    await file.truncate(0);
    await file.write(new TextEncoder().encode(`${Deno.pid}\n`));
  }
  let released = false;
  return {
    [Symbol.dispose]() {
      if (released) return;
      released = true;
      file.close();
    },
  };
}

/** Takes the lock as soon as it is free. `onWait` is told once when it is not. @throws the signal's reason */
export async function waitForLock(
  path: string,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void },
): Promise<ProcessLock> {
  for (let isFirst = true;; isFirst = false) {
    signal?.throwIfAborted();
    const lock = await lockFile(path);
    if (lock !== null) return lock;
    if (isFirst) onWait?.();
    await systemClock.sleep(RETRY_MS, signal);
  }
}
