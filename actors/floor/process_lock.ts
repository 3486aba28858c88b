/**
 * One process at a time: a lock that dies with its holder.
 *
 * @module
 */

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
