/**
 * Telling no more often than somebody can read.
 *
 * @module
 */

/**
 * Passes on what is told unless something was passed on less than `everyMs` before, by the clock of
 * whoever listens: what is told in virtual time comes in bursts.
 */
export function throttled<T>(
  tell: (told: T) => void,
  { everyMs, now }: { readonly everyMs: number; readonly now: () => number },
): (told: T) => void {
  let passedAt = -Infinity;
  return (told) => {
    const at = now();
    if (at - passedAt < everyMs) return;
    passedAt = at;
    tell(told);
  };
}
