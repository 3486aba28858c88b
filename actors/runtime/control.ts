/**
 * Control: what a handle may ask of the host that runs an actor, and how the host answers. Requests and
 * answers are plain data; an error is an answer.
 *
 * @module
 */

import type { Actor, SuspendOptions } from "./actor.ts";
import type { InjectedFault, InjectedFaults } from "./injected_faults.ts";
import { type PlainError, toPlainError } from "./plain_error.ts";

/** One control call. */
export type ControlRequest =
  | { readonly method: "ping" | "stop" | "resume" | "step" | "report" }
  | { readonly method: "suspend"; readonly options: SuspendOptions }
  | { readonly method: "ask"; readonly question: unknown }
  /** Fault: makes the actor's thread throw. */
  | { readonly method: "crash"; readonly message: string }
  /** Fault: makes the actor's thread deaf for so long. */
  | { readonly method: "hang"; readonly ms: number }
  /** Fault that whoever takes it makes real, and its end. */
  | { readonly method: "inject"; readonly fault: InjectedFault }
  | { readonly method: "heal"; readonly id: string };

/** What comes back. */
export type ControlAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: PlainError };

/** How a host does the faults. */
export interface Faults {
  crash(message: string): void;
  /** Begins after the answer has gone out. */
  hang(ms: number): void;
  /** Those that others make real. */
  readonly injected: InjectedFaults;
}

/** Answers control calls for an actor; `actor` is null until its factory has made it. */
export async function answerControl(
  actor: Actor | null,
  faults: Faults,
  request: ControlRequest,
): Promise<ControlAnswer> {
  try {
    return { ok: true, value: await act(actor, faults, request) };
  } catch (error) {
    return { ok: false, error: toPlainError(error) };
  }
}

function act(actor: Actor | null, faults: Faults, request: ControlRequest): unknown {
  switch (request.method) {
    case "ping":
      return null;
    case "crash":
      return faults.crash(request.message);
    case "hang":
      return faults.hang(request.ms);
    case "inject":
      return faults.injected.begin(request.fault);
    case "heal":
      return faults.injected.end(request.id);
    case "suspend":
      return started(actor, "suspend").suspend(request.options);
    case "stop":
    case "resume":
    case "step":
    case "report":
      return started(actor, request.method)[request.method]();
    case "ask":
      return started(actor, "ask").ask(request.question);
  }
}

function started(actor: Actor | null, method: string): Actor {
  if (actor === null) throw new Error(`Cannot ${method}: the actor is still starting`);
  return actor;
}
