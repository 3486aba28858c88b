/**
 * What can go wrong with the log as one actor meets it: plain data, so that it travels to workers.
 *
 * @module
 */

/** What an actor asks of the log, as faults and observers name it. `read` is without a group. */
export type LogOperation = "publish" | "commit" | "poll" | "heartbeat" | "join" | "read";

/** Before the log was asked, or after it answered and before the caller hears of it. */
export type CallMoment = "before" | "after";

/** Which part of the log a fault touches: a topic, one partition, or everything when left out. */
export interface FaultPlace {
  /** A topic's name; left out: every topic. */
  readonly topic?: string;
  /** Counted from 0; left out: every partition. */
  readonly partition?: number;
}

/** What is the same about all faults. */
export interface FaultTerms {
  /** Unique within a session. */
  readonly id: string;
  /**
   * What it touches. What concerns a group as a whole (joining, heartbeats, leaving) cannot be out of
   * reach in one place only.
   */
  readonly where?: FaultPlace;
  /** Has its effect on at most so many calls. Default: `redelivery` and `crash` once, the others always. */
  readonly times?: number;
}

/** The kinds of faults, each with its measure. */
export type FaultEffect =
  /**
   * Publishes, commits and heartbeats are refused as `log-unavailable`, retriable, and nothing is
   * stored; polls, reads and joins wait until it ends.
   */
  | { readonly kind: "unavailable" }
  /** Publishes are refused as `log-full`, not retriable, as the embedded log does on a full disk. */
  | { readonly kind: "full" }
  /** Every call takes so much longer. */
  | { readonly kind: "slow"; readonly byMs: number }
  /** A publish is stored at once and acknowledged so much later. */
  | { readonly kind: "late-acknowledgement"; readonly byMs: number }
  /** A publish is stored and then rejected, retriable, as `publish-failed`. */
  | { readonly kind: "lost-acknowledgement" }
  /** What a poll delivered to a member of a group is delivered once more by its next poll. */
  | { readonly kind: "duplicate-delivery" }
  /** A member of a group reads on from so many records earlier. */
  | { readonly kind: "redelivery"; readonly records: number }
  /** The time that the actor claims in what it publishes is off by so much; its waits are not. */
  | { readonly kind: "clock-jump"; readonly byMs: number }
  /** The actor ends at such a call, after `skip` others of the kind. Default: at the first. */
  | {
    readonly kind: "crash";
    readonly operation: LogOperation;
    readonly moment: CallMoment;
    readonly skip?: number;
  };

/** A fault of the log as one actor meets it. */
export type LogFault = FaultTerms & FaultEffect;

/** The names of the kinds. */
export type LogFaultKind = LogFault["kind"];

/** A fault of one kind. */
export type LogFaultOf<K extends LogFaultKind> = Extract<LogFault, { readonly kind: K }>;
