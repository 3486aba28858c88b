/**
 * The restart decision: failures and the time in, a decision out. Nothing here acts.
 *
 * @module
 */

import type { DownReason } from "./runtime_events.ts";

/**
 * Which ends a child comes back from: `permanent` from every one, `transient` unless it ended by
 * itself without failure, `temporary` from none.
 */
export type RestartType = "permanent" | "transient" | "temporary";

/** Exponential backoff with full jitter: a delay drawn evenly from 0 up to a growing ceiling. */
export interface BackoffPolicy {
  /** Ceiling of the first delay, in milliseconds. */
  readonly initialMs: number;
  /** What the ceiling grows by with every further failure. */
  readonly factor: number;
  /** The ceiling never grows past it, in milliseconds. */
  readonly capMs: number;
  /** A child that was ready for so long before it failed starts with the first ceiling again. */
  readonly resetAfterMs: number;
}

/** How many restarts a supervisor grants before it gives up. */
export interface RestartPolicy {
  /** Failures within the window that are answered with a restart; one more ends it. */
  readonly maxRestarts: number;
  /** The window, in milliseconds. */
  readonly withinMs: number;
  /** How restarts are spaced. */
  readonly backoff: BackoffPolicy;
}

/** 250 ms, doubling up to 10 s, from the start again after 10 s of health. */
export const DEFAULT_BACKOFF: BackoffPolicy = {
  initialMs: 250,
  factor: 2,
  capMs: 10_000,
  resetAfterMs: 10_000,
};

/** For pools of equals: 5 restarts in 30 s. */
export const POOL_RESTARTS: RestartPolicy = {
  maxRestarts: 5,
  withinMs: 30_000,
  backoff: DEFAULT_BACKOFF,
};

/** For the root: 3 restarts in 60 s. */
export const ROOT_RESTARTS: RestartPolicy = {
  maxRestarts: 3,
  withinMs: 60_000,
  backoff: DEFAULT_BACKOFF,
};

/** The end of a child, as its supervisor remembers it. */
export interface Failure {
  readonly child: string;
  /** Milliseconds by the supervisor's clock. */
  readonly at: number;
  readonly reason: DownReason;
  /** How long the child had been ready; 0 when it never was. */
  readonly healthyMs: number;
}

/** What to do about a child that ended. `failures` counts those in the window, this one included. */
export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number; readonly failures: number }
  | { readonly kind: "give-up"; readonly failures: number }
  | { readonly kind: "stay-down" };

/** What a decision depends on. */
export interface RestartQuestion {
  readonly type: RestartType;
  readonly failure: Failure;
  /** Failures of all children of the supervisor before this one, oldest first. */
  readonly earlier: readonly Failure[];
  readonly policy: RestartPolicy;
  readonly now: number;
  /** Uniform in [0, 1); drawn once when the child is restarted, else not at all. */
  readonly random: () => number;
}

/** Decides what becomes of a child that ended though nobody had asked it to. */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { type, failure, earlier, policy, now, random } = question;
  if (type === "temporary") return { kind: "stay-down" };
  if (type === "transient" && failure.reason === "stopped") return { kind: "stay-down" };
  const opened = now - policy.withinMs;
  const failures = 1 + earlier.filter((one) => one.at > opened).length;
  if (failures > policy.maxRestarts) return { kind: "give-up", failures };
  const ceiling = backoffCeilingMs(streakBefore(failure, earlier, policy.backoff), policy.backoff);
  return { kind: "restart", delayMs: Math.floor(random() * (ceiling + 1)), failures };
}

/** The longest delay after `streak` earlier failures in a row, in whole milliseconds. */
export function backoffCeilingMs(streak: number, backoff: BackoffPolicy): number {
  if (backoff.initialMs === 0) return 0; // Else a long streak would be 0 times infinity.
  return Math.floor(Math.min(backoff.capMs, backoff.initialMs * backoff.factor ** streak));
}

/** How often the same child failed in a row before, without a healthy spell in between. */
function streakBefore(
  failure: Failure,
  earlier: readonly Failure[],
  backoff: BackoffPolicy,
): number {
  let streak = 0;
  let healthyMs = failure.healthyMs;
  for (const one of earlier.toReversed()) {
    if (healthyMs >= backoff.resetAfterMs) break;
    if (one.child !== failure.child) continue;
    streak++;
    healthyMs = one.healthyMs;
  }
  return streak;
}

/** How many failures are remembered beyond the window, so that backoff knows its streak. */
export const STREAK_MEMORY = 256;

/**
 * The failures to remember after this one: all within the window, and the newest {@link STREAK_MEMORY}
 * at least. A supervisor within its restart limit never remembers more than its limit and that.
 */
export function rememberFailure(
  earlier: readonly Failure[],
  failure: Failure,
  policy: RestartPolicy,
): readonly Failure[] {
  return [...earlier, failure].slice(-(STREAK_MEMORY + policy.maxRestarts + 1));
}

/** Checks that a policy means something. @throws {RangeError} naming the field that does not */
export function checkRestartPolicy(policy: RestartPolicy): void {
  const { backoff } = policy;
  const fields: [string, number, number][] = [
    ["maxRestarts", policy.maxRestarts, 0],
    ["withinMs", policy.withinMs, 1],
    ["backoff.initialMs", backoff.initialMs, 0],
    ["backoff.factor", backoff.factor, 1],
    ["backoff.capMs", backoff.capMs, 0],
    ["backoff.resetAfterMs", backoff.resetAfterMs, 0],
  ];
  for (const [name, value, least] of fields) {
    if (!Number.isFinite(value) || value < least) {
      throw new RangeError(
        `Cannot use the restart policy: ${name} is ${value}, at least ${least} is needed`,
      );
    }
  }
}
