/**
 * A supervisor's memory of failures, and the decisions that follow from it.
 *
 * @module
 */

import type { Down } from "./actor_handle.ts";
import type { PlainError } from "./plain_error.ts";
import {
  decideRestart,
  type Failure,
  rememberFailure,
  type RestartDecision,
  type RestartPolicy,
  type RestartType,
} from "./restart_policy.ts";

/** Remembers the failures of one supervisor's children since it started. */
export class RestartLedger {
  readonly policy: RestartPolicy;
  readonly #random: () => number;
  #failures: readonly Failure[] = [];

  constructor(policy: RestartPolicy, random: () => number) {
    this.policy = policy;
    this.#random = random;
  }

  /** Decides upon a failure, and remembers it unless the child stays down. */
  decide(type: RestartType, failure: Failure): RestartDecision {
    const { policy } = this;
    const decision = decideRestart({
      type,
      failure,
      earlier: this.#failures,
      policy,
      now: failure.at,
      random: this.#random,
    });
    if (decision.kind !== "stay-down") {
      this.#failures = rememberFailure(this.#failures, failure, policy);
    }
    return decision;
  }

  /** Forgets everything, for a supervisor that starts again. */
  clear(): void {
    this.#failures = [];
  }
}

/** The error with which a supervisor ends that may not restart its children any more. */
export function gaveUpError(
  supervisor: string,
  policy: RestartPolicy,
  last: { readonly child: string; readonly down: Down; readonly failures: number },
): PlainError {
  const message =
    `Cannot keep "${supervisor}" running: its children failed ${last.failures} times ` +
    `within ${policy.withinMs} ms, ${policy.maxRestarts} restarts are allowed; ` +
    `at last "${last.child}": ${describeDown(last.down)}`;
  return {
    name: "SupervisorGaveUp",
    message,
    code: "supervisor-gave-up",
    stack: null,
    retriable: false,
  };
}

/** An end in words. */
export function describeDown(down: Down): string {
  return down.error === null ? down.reason : `${down.reason}: ${down.error.message}`;
}
