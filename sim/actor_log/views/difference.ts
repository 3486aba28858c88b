/**
 * What a step changed: two views of the same state, compared.
 *
 * @module
 */

import type { Ladder, LadderLevel, StateValue, StateView } from "./state_view.ts";
import { priceOfTicks } from "./units.ts";

/** One value that is not what it was. */
export interface Change {
  /** Names from the outside in, such as `cash`, `available`, or `bids`, `189.50`. */
  readonly path: readonly string[];
  /** What became of it. */
  readonly kind: "changed" | "added" | "removed";
  /** Null when it was not there; of a ladder's level, its lots. */
  readonly before: StateValue;
  /** Null when it is gone. */
  readonly after: StateValue;
}

/**
 * The changes from one view to the next, in the order in which the views list their names, then the
 * ladder's levels: asks and bids, each from the best price on. Integers in `raw` say the same as the
 * values and are left out. A level beyond those that a ladder lists is not known to have changed, and is
 * not named.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { differenceOf } from "./difference.ts";
 * const before = { subject: "account alice", value: { cash: { available: "10.00" } } };
 * const after = { subject: "account alice", value: { cash: { available: "8.00" } } };
 * assert.deepEqual(differenceOf(before, after), [
 *   { path: ["cash", "available"], kind: "changed", before: "10.00", after: "8.00" },
 * ]);
 * ```
 */
export function differenceOf(before: StateView, after: StateView): readonly Change[] {
  return [
    ...changesOf([], before.value, after.value),
    ...ladderChanges(before.ladder, after.ladder),
  ];
}

type NamedValues = { readonly [name: string]: StateValue };

function changesOf(
  path: readonly string[],
  before: NamedValues,
  after: NamedValues,
): readonly Change[] {
  const changes: Change[] = [];
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const at = [...path, name];
    const was = own(before, name);
    const is = own(after, name);
    if (was === undefined) {
      changes.push({ path: at, kind: "added", before: null, after: is ?? null });
    } else if (is === undefined) {
      changes.push({ path: at, kind: "removed", before: was, after: null });
    } else if (isNamed(was) && isNamed(is)) changes.push(...changesOf(at, was, is));
    else if (!same(was, is)) changes.push({ path: at, kind: "changed", before: was, after: is });
  }
  return changes;
}

/** A value under a name that may be anybody's, `constructor` too. */
function own(values: NamedValues, name: string): StateValue | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function isNamed(value: StateValue): value is NamedValues {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(a: StateValue, b: StateValue): boolean {
  return a === b ||
    typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}

function ladderChanges(before: Ladder | undefined, after: Ladder | undefined): readonly Change[] {
  const known = after ?? before;
  if (known === undefined) return [];
  return (["asks", "bids"] as const).flatMap((side) =>
    levelChanges(side, { before: sideOf(before, side), after: sideOf(after, side), known })
  );
}

interface Side {
  readonly levels: readonly LadderLevel[];
  /** Whether there are levels beyond those listed. */
  readonly isCut: boolean;
}

function sideOf(ladder: Ladder | undefined, side: "asks" | "bids"): Side {
  if (ladder === undefined) return { levels: [], isCut: false };
  const hidden = side === "asks" ? ladder.hiddenAsks : ladder.hiddenBids;
  return { levels: ladder[side], isCut: hidden > 0 };
}

function levelChanges(
  side: "asks" | "bids",
  { before, after, known }: {
    readonly before: Side;
    readonly after: Side;
    readonly known: Ladder;
  },
): readonly Change[] {
  /** How much worse a price is than zero, so that both sides sort alike. */
  const rank = (ticks: number) => side === "asks" ? ticks : -ticks;
  const was = new Map(before.levels.map((level) => [level.priceTicks, level.lots]));
  const is = new Map(after.levels.map((level) => [level.priceTicks, level.lots]));
  const end = Math.min(reachOf(before, rank), reachOf(after, rank));
  const prices = [...new Set([...was.keys(), ...is.keys()])]
    .filter((ticks) => rank(ticks) <= end)
    .sort((a, b) => rank(a) - rank(b));
  return prices.flatMap((ticks): readonly Change[] => {
    const path = [side, priceOfTicks(known.tickSize, ticks)];
    const lotsBefore = was.get(ticks) ?? null;
    const lotsAfter = is.get(ticks) ?? null;
    if (lotsBefore === lotsAfter) return [];
    const kind = lotsBefore === null ? "added" : lotsAfter === null ? "removed" : "changed";
    return [{ path, kind, before: lotsBefore, after: lotsAfter }];
  });
}

/** How far down a side's levels are all known. */
function reachOf({ levels, isCut }: Side, rank: (ticks: number) => number): number {
  const last = levels.at(-1);
  return isCut && last !== undefined ? rank(last.priceTicks) : Infinity;
}
