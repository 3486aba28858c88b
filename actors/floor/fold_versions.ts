/**
 * The version of each role's fold. A version changes whenever the same records would give another
 * state or other outputs; a run that was opened with other versions is not continued.
 *
 * @module
 */

/** By role. */
export const FOLD_VERSIONS = {
  "order-gateway": 1,
  "trading-engine": 1,
  "portfolio-manager": 1,
} as const satisfies Readonly<Record<string, number>>;
