/**
 * What a host is to the handle of an incarnation: the means to call it and to end it, and what it tells.
 *
 * @module
 */

import type { DataListener, HandleLimits } from "./actor_handle.ts";
import type { ControlAnswer, ControlRequest } from "./control.ts";
import type { PlainError } from "./plain_error.ts";
import type { Runtime } from "./runtime.ts";
import type { RuntimeEventBody } from "./runtime_events.ts";

/** Who an incarnation is, and what it belongs to. */
export interface HandleIdentity {
  readonly runtime: Runtime;
  readonly id: string;
  readonly role: string;
  readonly incarnation: number;
  readonly limits?: Partial<HandleLimits>;
  /** Whether the actor's log was opened with faults to be injected. Default false. */
  readonly faultInjection?: boolean;
}

/** What a host can do for the handle. */
export interface HostMeans {
  /** Carries a control call; may never settle. */
  call(request: ControlRequest): Promise<ControlAnswer>;
  /** Takes what the actor sends from now on. Called once. */
  receive(listener: DataListener): void;
  /** Ends the thread, as far as that is possible. Idempotent. */
  kill(): void;
  /** Lets go of a thread that was killed and may not have ended: nobody will look at it again. */
  abandon(): void;
  /** Frees ports and the like, once the thread has ended. */
  release(): void;
}

/** What a host tells the handle. */
export type HostSignal =
  | { readonly kind: "ready" }
  | { readonly kind: "tell"; readonly event: RuntimeEventBody }
  /** The actor's run resolved, or rejected with `error`. */
  | { readonly kind: "ran"; readonly error: PlainError | null }
  /** Something in the thread threw, or the thread could not start. */
  | { readonly kind: "failed"; readonly error: PlainError }
  /** The thread has ended for certain. */
  | { readonly kind: "gone" };
