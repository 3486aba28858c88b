/**
 * "Did you mean ...?"
 *
 * @module
 */

/** Two words further apart than this share of the longer one are not taken for one another. */
const MAX_DISTANCE_SHARE = 0.5;

/** The candidate most like `word`, or null when none is like it. */
export function nearestTo(word: string, candidates: readonly string[]): string | null {
  let best: { readonly candidate: string; readonly distance: number } | null = null;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance > MAX_DISTANCE_SHARE * Math.max(word.length, candidate.length)) continue;
    if (best === null || distance < best.distance) best = { candidate, distance };
  }
  return best?.candidate ?? null;
}

/** `; did you mean "x"?` when something is near, else nothing. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const nearest = nearestTo(word, candidates);
  return nearest === null ? "" : `; did you mean ${JSON.stringify(nearest)}?`;
}

/** Levenshtein's distance: inserts, removals and replacements that turn one word into the other. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
