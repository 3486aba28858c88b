/**
 * Where each page of a table is: nowhere yet, in memory, or in the file.
 *
 * @module
 */

/** Pages up to here are in an array; those of forged, huge offsets beyond it in a map. */
const MAX_LISTED = 2 ** 18;

/** Places of pages: 0 for a page never made, n + 1 for frame n, -(n + 1) for page n of the file. */
export class PageDirectory {
  #listed = new Int32Array(8);
  #far: Map<number, number> | null = null;

  get(page: number): number {
    if (page < this.#listed.length) return this.#listed[page]!;
    return this.#far?.get(page) ?? 0;
  }

  set(page: number, place: number): void {
    if (page >= MAX_LISTED) {
      (this.#far ??= new Map()).set(page, place);
      return;
    }
    if (page >= this.#listed.length) {
      const grown = new Int32Array(Math.max(page + 1, 2 * this.#listed.length));
      grown.set(this.#listed);
      this.#listed = grown;
    }
    this.#listed[page] = place;
  }

  /** All places but 0. */
  *places(): Generator<number> {
    for (const place of this.#listed) if (place !== 0) yield place;
    for (const place of this.#far?.values() ?? []) if (place !== 0) yield place;
  }

  clear(): void {
    this.#listed = new Int32Array(8);
    this.#far = null;
  }
}
