/**
 * What the main thread and a worker say to each other before and beside the control calls.
 *
 * @module
 */

import type { PlainError } from "./plain_error.ts";
import type { RuntimeEventBody } from "./runtime_events.ts";

/** Main thread to worker, once: start the actor. Comes with the three ports, in this order. */
export interface StartMessage {
  readonly kind: "start";
  readonly id: string;
  readonly role: string;
  readonly incarnation: number;
  readonly options: unknown;
  readonly dataCapacity: number;
}

/** Worker to main thread, outside any port. */
export type WorkerMessage =
  /** The worker holds its lock and listens; nothing may be sent to it before. */
  | { readonly kind: "hosting" }
  /** The worker's last words. */
  | { readonly kind: "failed"; readonly error: PlainError };

/** Worker to main thread, through the notices mailbox, so in order with the events it tells. */
export type Notice =
  | { readonly kind: "ready" }
  | { readonly kind: "tell"; readonly event: RuntimeEventBody }
  | { readonly kind: "ran"; readonly error: PlainError | null };

/** Notices under way to a main thread that is held up; events beyond it are counted and lost. */
export const NOTICE_CAPACITY = 10_000;

/** After its run, an actor's data is given so long to reach its owner, in milliseconds. */
export const DATA_DRAIN_MS = 5000;
