/**
 * The supervision tree as a user sees it: what supervisors know of each actor, what the actor says of
 * itself, and how far behind it is.
 *
 * @module
 */

import type { ActorHandle } from "../runtime/actor_handle.ts";
import type { TreeNode } from "../runtime/child_slot.ts";
import { ActorCallError } from "../runtime/plain_error.ts";
import type { DownReason } from "../runtime/runtime_events.ts";

/** One line of the supervision tree, with what its actor says of itself. */
export interface ActorView {
  /** Lasting name, such as `trading-engine-0`; a pool has its role's, the root is `floor`. */
  readonly id: string;
  /** What it does; `supervisor` for those that supervise. */
  readonly role: string;
  /** Actors work and have no children; supervisors have children. */
  readonly kind: "actor" | "supervisor";
  /** `waiting` has not been started; `suspended` takes no work; `down` will not be started again. */
  readonly phase:
    | "waiting"
    | "starting"
    | "running"
    | "suspended"
    | "stopping"
    | "backoff"
    | "down";
  /** 1 for the first start; grows with every restart. */
  readonly incarnation: number;
  /** How often it was started again. */
  readonly restarts: number;
  /** When (milliseconds since the epoch) and why it failed last; null when it never did. */
  readonly lastFailure:
    | { readonly at: number; readonly reason: DownReason; readonly error: string | null }
    | null;
  /** Partitions served, as `topic/partition`. */
  readonly assignment: readonly string[];
  /** Such as `records`, `outputs`, `repeats`; from 0 with every incarnation. */
  readonly counters: Readonly<Record<string, number>>;
  /** Records not yet committed in the partitions served. */
  readonly lag: number;
  /** Those it supervises, in start order. */
  readonly children: readonly ActorView[];
}

/** Looks at a tree. `handleOf` gives an actor's running incarnation, `lags` a role's by partition. */
export async function viewActors(node: TreeNode, around: {
  readonly handleOf: (id: string) => ActorHandle | null;
  /** By `role/topic/partition`. */
  readonly lags: ReadonlyMap<string, number>;
}): Promise<ActorView> {
  const handle = node.kind === "actor" ? around.handleOf(node.id) : null;
  // All at once: one that is starting, or hung, is waited for until the call's deadline.
  const below = Promise.all(node.children.map((child) => viewActors(child, around)));
  const report = handle === null ? null : await unlessDown(handle.report());
  const assignment = report?.assignment ?? [];
  const children = await below;
  const lagOf = (name: string) => around.lags.get(`${node.role}/${name}`) ?? 0;
  const own = assignment.reduce((sum, name) => sum + lagOf(name), 0);
  return {
    id: node.id,
    role: node.role,
    kind: node.kind,
    phase: node.phase === "running" && report?.phase === "suspended" ? "suspended" : node.phase,
    incarnation: node.incarnation,
    restarts: node.restarts,
    lastFailure: node.lastFailure,
    assignment,
    counters: report?.counters ?? {},
    lag: children.reduce((sum, child) => sum + child.lag, own),
    children,
  };
}

/** Names of all actors in a tree. */
export function actorIds(node: TreeNode): readonly string[] {
  return node.kind === "actor" ? [node.id] : node.children.flatMap(actorIds);
}

/** An actor that is down or between two incarnations says nothing; others may. */
export async function unlessDown<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ActorCallError) return null;
    throw error;
  }
}
