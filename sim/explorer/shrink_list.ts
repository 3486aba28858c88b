/**
 * Making a list smaller that still shows what it showed: Zeller and Hildebrandt's ddmin, with a bound
 * on how often it asks.
 *
 * @module
 */

/** Says whether something smaller still fails in the same way. Asked in turn, never twice at once. */
export type Fails<T> = (candidate: T) => Promise<boolean>;

/** How many more questions may be asked. Shared by all who shrink one thing. */
export class Budget {
  #left: number;

  constructor(questions: number) {
    this.#left = questions;
  }

  /** Questions that may still be asked. */
  get left(): number {
    return this.#left;
  }

  /** Takes one. @returns false when there is none */
  take(): boolean {
    if (this.#left <= 0) return false;
    this.#left--;
    return true;
  }
}

/**
 * A shorter list of the same items, in the same order, that still fails: no item of it can be left out,
 * unless the budget ran out before that was known. `items` itself is taken to fail.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { Budget, shrinkList } from "./shrink_list.ts";
 * const fails = (list: readonly number[]) => Promise.resolve(list.includes(3) && list.includes(6));
 * const shortest = await shrinkList([1, 2, 3, 4, 5, 6, 7, 8], { fails, budget: new Budget(100) });
 * assert.deepEqual(shortest, [3, 6]);
 * ```
 */
export async function shrinkList<T>(
  items: readonly T[],
  { fails, budget }: { readonly fails: Fails<readonly T[]>; readonly budget: Budget },
): Promise<readonly T[]> {
  let shortest = items;
  // Nothing at all is the commonest answer where the load alone does it, and one question away.
  if (shortest.length > 0 && budget.take() && await fails([])) return [];
  for (let parts = 2; shortest.length > 1;) {
    const smaller = await withoutAPart(shortest, parts, { fails, budget });
    if (smaller !== null) {
      shortest = smaller;
      parts = Math.max(2, Math.min(parts - 1, shortest.length));
    } else if (parts >= shortest.length || budget.left === 0) break;
    else parts = Math.min(shortest.length, parts * 2);
  }
  return shortest;
}

/** The list without one of its parts, or null when every part is needed. */
async function withoutAPart<T>(
  items: readonly T[],
  parts: number,
  { fails, budget }: { readonly fails: Fails<readonly T[]>; readonly budget: Budget },
): Promise<readonly T[] | null> {
  for (let part = 0; part < parts; part++) {
    const from = Math.floor(part * items.length / parts);
    const to = Math.floor((part + 1) * items.length / parts);
    const rest = [...items.slice(0, from), ...items.slice(to)];
    if (rest.length === 0) continue;
    if (!budget.take()) return null;
    if (await fails(rest)) return rest;
  }
  return null;
}
