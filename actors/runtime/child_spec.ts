/**
 * Child specs: what a supervisor supervises, as data and a way to start it.
 *
 * @module
 */

import type { ActorHandle } from "./actor_handle.ts";
import { checkRestartPolicy, type RestartPolicy, type RestartType } from "./restart_policy.ts";

/** An actor under a supervisor. */
export interface ChildSpec {
  /** Tells it from a supervisor. */
  readonly kind: "actor";
  /** Lasting name, unique in the tree. */
  readonly id: string;
  /** What it does: the name of its kind. */
  readonly role: string;
  /** Which ends it comes back from. */
  readonly restart: RestartType;
  /** How long it may drain before it is terminated, in milliseconds. */
  readonly shutdownMs: number;
  /** Starts an incarnation; a throw counts as a failure of it. */
  readonly start: (incarnation: number) => ActorHandle;
}

/**
 * Who is started again when a child fails: only it, all children, or it and those after it. Those still
 * up are stopped first, in reverse order.
 */
export type Strategy = "one-for-one" | "one-for-all" | "rest-for-one";

/** A supervisor, at the root or under another one. */
export interface SupervisorSpec {
  /** Tells it from an actor. */
  readonly kind: "supervisor";
  /** Lasting name, unique in the tree. */
  readonly id: string;
  /** Who is started again with a child that failed. */
  readonly strategy: Strategy;
  /** What its own supervisor does when this one gives up. */
  readonly restart: RestartType;
  /** How many restarts, of all children together, before it gives up; and how they are spaced. */
  readonly policy: RestartPolicy;
  /** In start order. */
  readonly children: readonly (ChildSpec | SupervisorSpec)[];
}

/** Ids of a spec and of all below it. */
export function specIds(spec: ChildSpec | SupervisorSpec): readonly string[] {
  if (spec.kind === "actor") return [spec.id];
  return [spec.id, ...spec.children.flatMap(specIds)];
}

/** Checks a spec and all below it. @throws {RangeError} naming the first thing that is wrong */
export function checkSpec(spec: ChildSpec | SupervisorSpec): void {
  const seen = new Set<string>();
  for (const id of specIds(spec)) {
    if (id === "") throw new RangeError("Cannot supervise a child: its id is empty");
    if (seen.has(id)) throw new RangeError(`Cannot supervise "${id}": the id is there twice`);
    seen.add(id);
  }
  checkFields(spec);
}

/** Longest drain that may be asked for, in milliseconds: a day. */
export const MAX_SHUTDOWN_MS = 86_400_000;

function checkFields(spec: ChildSpec | SupervisorSpec): void {
  if (spec.kind === "supervisor") {
    checkRestartPolicy(spec.policy);
    spec.children.forEach(checkFields);
  } else if (!(spec.shutdownMs >= 0 && spec.shutdownMs <= MAX_SHUTDOWN_MS)) {
    throw new RangeError(
      `Cannot supervise "${spec.id}": shutdownMs is ${spec.shutdownMs}, ` +
        `0 to ${MAX_SHUTDOWN_MS} is needed`,
    );
  }
}
