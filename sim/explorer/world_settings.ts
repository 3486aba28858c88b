/**
 * A world's settings as a floor takes them.
 *
 * @module
 */

import type { FloorRestarts } from "../../actors/floor/floor_tree.ts";
import type { FloorOptionsOnPlace } from "../../actors/floor/start_floor.ts";
import type { HandleLimits } from "../../actors/runtime/actor_handle.ts";
import { CONSUMER_ROLES, type ConsumerRole } from "../../actors/topology.ts";
import type { World } from "./world.ts";

/**
 * More restarts than all faults of a world together can cause, with the delays that worlds draw: so a
 * floor that gives up is always a finding.
 */
const MAX_RESTARTS = { count: 5_000, withinMs: 60_000 } as const;

/** How the floor of a world is started, but for its clock and who listens. */
export function floorOptionsOf(world: World): FloorOptionsOnPlace {
  const { plan, seed } = world;
  return {
    symbols: plan.symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
    limits: plan.limits,
    partitions: definedOnly(plan.partitions),
    accounts: plan.accounts,
    instances: instancesOf(world),
    runId: `world-${seed}`,
    seed,
    restarts: restartsOf(world),
  };
}

function instancesOf({ plan }: World): Record<ConsumerRole, number> {
  return Object.fromEntries(
    CONSUMER_ROLES.map((role) => [role, plan.instances[role]]),
  ) as Record<ConsumerRole, number>; // Object.fromEntries forgets which keys it was given.
}

/** How fast the floor of a world notices that an actor is deaf. */
export function limitsOf({ watchfulness }: World): Partial<HandleLimits> {
  const { pingEveryMs, unresponsiveAfterMs, zombieAfterMs } = watchfulness;
  return { pingEveryMs, unresponsiveAfterMs, zombieAfterMs };
}

function restartsOf({ watchfulness: { backoffMs, backoffCapMs } }: World): FloorRestarts {
  const policy = {
    maxRestarts: MAX_RESTARTS.count,
    withinMs: MAX_RESTARTS.withinMs,
    backoff: { initialMs: backoffMs, factor: 2, capMs: backoffCapMs, resetAfterMs: 1_000 },
  };
  return { pools: policy, root: { ...policy, maxRestarts: 0 } };
}

/** Without the keys that were left out: an option given as undefined is not one left out. */
function definedOnly<K extends string>(
  counts: Readonly<Partial<Record<K, number | undefined>>>,
): Partial<Record<K, number>> {
  return Object.fromEntries(
    Object.entries(counts).filter(([, count]) => count !== undefined),
  ) as Partial<Record<K, number>>; // what was filtered out
}
