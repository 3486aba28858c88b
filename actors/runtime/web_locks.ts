/**
 * Web Locks as a death watch: a worker holds a lock of its own for as long as its thread exists, and
 * whoever waits for the same lock is granted it when the thread has really ended, however it ended.
 *
 * @module
 */

/** The part of the Web Locks interface used here; Deno 2.9 has it, its type library does not yet. */
interface LockManager {
  request(name: string, granted: () => unknown): Promise<unknown>;
  query(): Promise<{
    readonly held: readonly { readonly name: string }[];
    readonly pending: readonly { readonly name: string }[];
  }>;
}

function lockManager(): LockManager {
  // Reflect, because the type library does not know the property.
  const locks: unknown = Reflect.get(navigator, "locks");
  if (locks === undefined) {
    throw new Error("Cannot watch actors: Web Locks are missing, Deno 2.9 or later is needed");
  }
  return locks as LockManager; // Checked to be there; its shape is the standard's.
}

/** The lock that one incarnation of one actor holds while its thread exists. */
export function actorLockName(runId: string, id: string, incarnation: number): string {
  return `actor:${runId}:${id}:${incarnation}`;
}

/** Takes the lock and never gives it back: it ends with the thread. Resolves when it is held. */
export function holdForLife(name: string): Promise<void> {
  return new Promise((held, failed) => {
    lockManager().request(name, () => {
      held();
      return new Promise(() => {});
    }).catch(failed);
  });
}

/** Resolves when nobody holds the lock any more. */
export async function waitForEnd(name: string): Promise<void> {
  await lockManager().request(name, () => {});
}

/** Names of the actor locks held now that start with `prefix`: the actors whose threads exist. */
export async function livingActors(prefix = "actor:"): Promise<readonly string[]> {
  const { held } = await lockManager().query();
  return held.map((lock) => lock.name).filter((name) => name.startsWith(prefix)).sort();
}
