/**
 * Runtime events: what happened to actors, as opposed to what they decided. One typed stream, written
 * down by supervisor and hosts. (What actors decided is not written down: it is folded again.)
 *
 * @module
 */

/** Why an incarnation ended. */
export type DownReason =
  | "stopped"
  | "crashed"
  | "terminated"
  | "unresponsive"
  | "start-timeout"
  | "exited";

/** What an actor or its host says; the envelope is added by whoever writes it down. */
export type RuntimeEventBody =
  | { readonly kind: "starting" }
  | { readonly kind: "ready"; readonly afterMs: number }
  | {
    readonly kind: "assigned" | "revoked";
    readonly generation: number;
    readonly partitions: readonly string[];
  }
  | {
    /** A partition's state came back: from a snapshot at `snapshotOffset` (0: from nothing). */
    readonly kind: "recovered";
    readonly partition: string;
    readonly snapshotOffset: number;
    readonly committedOffset: number;
    readonly folded: number;
  }
  | { readonly kind: "commit"; readonly partition: string; readonly offset: number }
  | {
    readonly kind: "snapshot";
    readonly partition: string;
    readonly offset: number;
    readonly bytes: number;
  }
  | {
    readonly kind: "dead-letter";
    readonly partition: string;
    readonly offset: number;
    readonly why: "malformed" | "poison";
    readonly error: string;
  }
  | {
    readonly kind: "fold-failed";
    readonly partition: string;
    readonly offset: number;
    readonly error: string;
  }
  | { readonly kind: "failure"; readonly reason: DownReason; readonly error: string }
  | { readonly kind: "down"; readonly reason: DownReason; readonly confirmed: boolean }
  | {
    readonly kind: "restart";
    readonly delayMs: number;
    /** Failures within the window, this one included, and how many are allowed. */
    readonly failures: number;
    readonly maxRestarts: number;
    readonly withinMs: number;
  }
  | {
    readonly kind: "give-up";
    readonly failures: number;
    readonly maxRestarts: number;
    readonly withinMs: number;
  }
  | { readonly kind: "zombie"; readonly alive: number; readonly maxZombies: number }
  | { readonly kind: "zombie-ended"; readonly alive: number }
  | { readonly kind: "undeliverable"; readonly error: string; readonly suppressed: number }
  | { readonly kind: "stopping" }
  /** An injected fault has had an effect for the first time: its id, and which kind it is. */
  | { readonly kind: "fault"; readonly fault: string; readonly what: string }
  /** Told by whoever started the actors, of the log that they work on. */
  | { readonly kind: "log-unavailable"; readonly why: string }
  | { readonly kind: "log-available"; readonly afterMs: number }
  | { readonly kind: "note"; readonly text: string };

/** An event as it is written down. */
export type RuntimeEvent = RuntimeEventBody & {
  /** Milliseconds since the epoch by the clock of whoever wrote it down. */
  readonly at: number;
  /** Count of events of this run, from 0. */
  readonly number: number;
  /** The actor or supervisor it is about. */
  readonly actor: string;
  readonly incarnation: number;
};
