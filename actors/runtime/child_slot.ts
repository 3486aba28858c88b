/**
 * A supervisor's place for one child: what it is, what runs in it now, and what is to become of it.
 *
 * @module
 */

import type { ActorHandle, Down } from "./actor_handle.ts";
import type { ChildSpec, Strategy, SupervisorSpec } from "./child_spec.ts";
import type { Deferred } from "./deferred.ts";
import { deferred } from "./deferred.ts";
import { toPlainError } from "./plain_error.ts";
import type { DownReason } from "./runtime_events.ts";

/** What can run under a supervisor: an actor's handle, or a supervisor's life. */
export interface Supervisee {
  readonly ready: Promise<void>;
  readonly down: Promise<Down>;
  stop(deadlineMs: number): Promise<void>;
  terminate(): void;
}

/** What a supervisor shows of a child, or of itself. Plain data. */
export interface TreeNode {
  readonly id: string;
  readonly role: string;
  readonly kind: "actor" | "supervisor";
  /** `waiting` has not been started; `down` will not be started again. */
  readonly phase: "waiting" | "starting" | "running" | "stopping" | "backoff" | "down";
  readonly incarnation: number;
  readonly restarts: number;
  readonly lastFailure:
    | { readonly at: number; readonly reason: DownReason; readonly error: string | null }
    | null;
  /** Of a supervisor. */
  readonly strategy: Strategy | null;
  readonly children: readonly TreeNode[];
}

/** One child's place. Its supervisor alone changes it. */
export class ChildSlot<Nested extends { tree(): TreeNode }> {
  readonly spec: ChildSpec | SupervisorSpec;
  /** For a supervisor under this one: it outlives its restarts, with the children it has by then. */
  readonly nested: Nested | null;
  /** What runs now. */
  current: (Supervisee | ActorHandle) | null = null;
  incarnation = 0;
  starts = 0;
  /** Since when it has been ready; null while it is not. */
  readyAt: number | null = null;
  /** The first start since its supervisor began, which those after it wait for. */
  first = true;
  stopping = false;
  /** To be stopped and started again with a sibling. */
  bounce = false;
  /** Ended for good. */
  resting = false;
  /** The backoff that it waits for. */
  backoff: symbol | null = null;
  /** Set when it is to be removed; resolves when it has been. */
  leaving: Deferred<void> | null = null;
  /** The first time it is ready; rejects when it will never be. */
  readonly joined = deferred<void>();
  lastFailure: TreeNode["lastFailure"] = null;

  constructor(spec: ChildSpec | SupervisorSpec, nested: Nested | null) {
    this.spec = spec;
    this.nested = nested;
  }

  get id(): string {
    return this.spec.id;
  }

  /** Back to before its first start, for a supervisor that starts again. */
  reset(): void {
    this.first = true;
    this.bounce = false;
    this.resting = false;
    this.backoff = null;
  }

  tree(): TreeNode {
    const { spec } = this;
    const nested = this.nested?.tree();
    return {
      id: spec.id,
      role: spec.kind === "actor" ? spec.role : "supervisor",
      kind: spec.kind,
      phase: this.#phase(),
      incarnation: this.incarnation,
      restarts: Math.max(0, this.starts - 1),
      lastFailure: this.lastFailure,
      strategy: spec.kind === "supervisor" ? spec.strategy : null,
      children: nested?.children ?? [],
    };
  }

  #phase(): TreeNode["phase"] {
    if (this.stopping) return "stopping";
    if (this.current !== null) return this.readyAt === null ? "starting" : "running";
    if (this.resting) return "down";
    return this.backoff === null ? "waiting" : "backoff";
  }
}

/** Stands for a child whose start threw: down from the beginning. */
export function failedStart(thrown: unknown): Supervisee {
  const ready = deferred<void>();
  ready.reject(thrown);
  return {
    ready: ready.promise,
    down: Promise.resolve({ reason: "crashed", error: toPlainError(thrown), confirmed: true }),
    stop: () => Promise.resolve(),
    terminate: () => {},
  };
}
