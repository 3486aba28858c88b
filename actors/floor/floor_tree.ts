/**
 * The floor's supervision tree: who is restarted with whom, how often, and who decides then.
 *
 * @module
 */

import type { ChildSpec, SupervisorSpec } from "../runtime/child_spec.ts";
import { POOL_RESTARTS, type RestartPolicy, ROOT_RESTARTS } from "../runtime/restart_policy.ts";
import { CONSUMER_ROLES, type ConsumerRole } from "../topology.ts";

/** The supervisor that sources are started under. */
export const PRODUCERS = "producers";

/** How many restarts the floor's supervisors grant. */
export interface FloorRestarts {
  /** Of each role's pool, and of the producers'. */
  readonly pools: RestartPolicy;
  /** Of all consumers together, after a pool has given up. */
  readonly root: RestartPolicy;
}

/**
 * Pools: 5 in 30 s; root: 3 in 150 s. A pool that gives up has taken up to its 30 s for it, so four such
 * ends must have room in the root's window, or an actor that always fails would never fail the floor.
 */
export const DEFAULT_FLOOR_RESTARTS: FloorRestarts = {
  pools: POOL_RESTARTS,
  root: { ...ROOT_RESTARTS, withinMs: 5 * POOL_RESTARTS.withinMs },
};

/** The tree of a floor with so many instances of each role. */
export function floorTree(
  counts: Readonly<Record<ConsumerRole, number>>,
  { restarts, specOf }: {
    readonly restarts: FloorRestarts;
    readonly specOf: (role: ConsumerRole, n: number) => ChildSpec;
  },
): SupervisorSpec {
  const pools = CONSUMER_ROLES.map((role): SupervisorSpec => ({
    kind: "supervisor",
    id: role,
    strategy: "one-for-one",
    restart: "permanent",
    policy: restarts.pools,
    children: Array.from({ length: counts[role] }, (_, n) => specOf(role, n)),
  }));
  return {
    kind: "supervisor",
    id: "floor",
    strategy: "rest-for-one",
    restart: "permanent",
    policy: restarts.root,
    children: [
      {
        kind: "supervisor",
        id: "consumers",
        strategy: "one-for-one",
        restart: "permanent",
        // A pool has tried again and again before it gives up: that is the root's to decide upon at
        // once. Another layer of patience, and an actor that always fails would never fail the floor.
        policy: { ...restarts.pools, maxRestarts: 0 },
        children: pools,
      },
      {
        kind: "supervisor",
        id: PRODUCERS,
        strategy: "one-for-one",
        restart: "permanent",
        policy: restarts.pools,
        children: [],
      },
    ],
  };
}
