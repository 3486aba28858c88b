/**
 * The owner's side of one incarnation of an actor, wherever it runs.
 *
 * @module
 */

import type { ActorReport, ActorStep, SuspendOptions } from "./actor.ts";
import type { InjectedFault } from "./injected_faults.ts";
import type { PlainError } from "./plain_error.ts";
import type { DownReason } from "./runtime_events.ts";

/** How an incarnation ended. */
export interface Down {
  /** `stopped` is the only end that is none of a failure. */
  readonly reason: DownReason;
  /** Null when it ended well or nothing more is known. */
  readonly error: PlainError | null;
  /** Whether its thread was seen to end; else it may become a zombie. */
  readonly confirmed: boolean;
}

/** Told of what an actor sends, in order; credits go back when it returns or resolves. */
export type DataListener = (items: readonly unknown[]) => void | Promise<void>;

/**
 * One incarnation. Every call is settled by its answer, by its deadline, or by the actor's end: it
 * rejects with an `ActorCallError` (`actor-down`, `actor-timeout`, `actor-busy`) or, where the actor
 * itself answered with an error, with a `RemoteError`. Deadlines are in milliseconds.
 */
export interface ActorHandle {
  /** Lasting name. */
  readonly id: string;
  /** What it does: the name of its kind. */
  readonly role: string;
  /** 1 for the first start. */
  readonly incarnation: number;
  /** Resolves when the actor works; rejects when it is down before that. */
  readonly ready: Promise<void>;
  /** Never rejects. Resolves soon after the end, confirmed or not. */
  readonly down: Promise<Down>;
  /** Resolves when the thread has been seen to end; for a zombie that is long after {@link down}. */
  readonly ended: Promise<void>;
  /** Lets the actor drain, and terminates it at the deadline. Resolves when it is down. Idempotent. */
  stop(deadlineMs: number): Promise<void>;
  /** Ends it now, with `why` in what is told of it. Work under way is lost, as in a crash. */
  terminate(why?: string): void;
  /** Goes through the actor's mailbox and back. @returns milliseconds there and back */
  ping(deadlineMs: number): Promise<number>;
  /** What it does now. */
  report(deadlineMs?: number): Promise<ActorReport>;
  /**
   * Stops it taking new work; it stays a member of its group. Where it takes longer to settle than a
   * call may, this rejects, and the actor is suspended all the same.
   */
  suspend(options?: SuspendOptions): Promise<void>;
  /** Lets it take work again. */
  resume(): Promise<void>;
  /** While suspended: one piece of work. Null: there was none. */
  step(): Promise<ActorStep | null>;
  /** A question that only this role knows, as plain data. */
  ask(question: unknown, deadlineMs?: number): Promise<unknown>;
  /** Takes what the actor sends. Until then it waits in the bounded mailbox. @throws when taken */
  onData(listener: DataListener): void;
  /** Fault: makes the actor's thread throw. Resolves when it is down. */
  crash(message?: string): Promise<void>;
  /** Fault: makes the actor's thread busy and deaf for `ms`. Resolves when that has begun. */
  hang(ms: number): Promise<void>;
  /**
   * Fault: gives it up as if it did not answer, yet lets it work on for `ms` before it is ended: a
   * zombie beside its successor. Resolves when it is down.
   */
  disown(ms: number): Promise<void>;
  /**
   * Injects a fault into this incarnation. Resolves when it has begun.
   * @throws {Error} when the actor was started without fault injection
   */
  inject<Fault extends InjectedFault>(fault: Fault): Promise<void>;
  /** Ends an injected fault; one that is over already, or was never begun, is no error. */
  heal(id: string): Promise<void>;
}

/** Named times of a handle, in milliseconds. */
export interface HandleLimits {
  /** From the start until ready. */
  readonly startTimeoutMs: number;
  /** Between two pings. */
  readonly pingEveryMs: number;
  /** An actor that has not answered a ping for so long is replaced. */
  readonly unresponsiveAfterMs: number;
  /** How long `down` waits for the thread's end to be seen before it is told unconfirmed. */
  readonly confirmMs: number;
  /** From its termination until an incarnation whose end was not seen counts as a zombie. */
  readonly zombieAfterMs: number;
  /** For calls that name no deadline. */
  readonly callDeadlineMs: number;
  /** Items that the actor may have under way to its owner. */
  readonly dataCapacity: number;
}

/** 10 s to start; pinged every second, replaced after 5 s; a zombie after 1 s; 5 s for a call. */
export const DEFAULT_HANDLE_LIMITS: HandleLimits = {
  startTimeoutMs: 10_000,
  pingEveryMs: 1000,
  unresponsiveAfterMs: 5000,
  confirmMs: 50,
  zombieAfterMs: 1000,
  callDeadlineMs: 5000,
  dataCapacity: 1024,
};
