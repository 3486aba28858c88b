/**
 * A step: one record as one actor met it. What it received, what it decided, its state before and after,
 * and what it sent.
 *
 * @module
 */

import type { Role } from "../../actors/topology.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { Message } from "../../kafka/messages/mod.ts";
import type { RecordPlace } from "./record_place.ts";
import type { StateView } from "./views/state_view.ts";

/** A record of the run, decoded. */
export interface ReadRecord {
  /** Where it stands. */
  readonly place: RecordPlace;
  /** Milliseconds since the epoch, as the log has it. */
  readonly timestamp: number;
  /** What chose its partition: a user, a symbol, a producer. */
  readonly key: string | null;
  /** Text beside the value; no fold reads it. */
  readonly headers: Readonly<Record<string, string>>;
  /** The value as text; null for a tombstone and for bytes that are not UTF-8. */
  readonly text: string | null;
  /** Length of the value; 0 for a tombstone. */
  readonly bytes: number;
  /** Null when the bytes are no message of the topic. */
  readonly message: Message | null;
  /** Why they are none; null when they are one. */
  readonly malformed: string | null;
}

/** What became of a record in an actor. */
export type StepOutcome =
  /** A source wrote it. */
  | "wrote"
  /** The fold took it. */
  | "applied"
  /** It had come before, and changed nothing. */
  | "repeat"
  /** Its bytes are no message: a dead letter was written. */
  | "malformed"
  /** A derived message that fits nothing here, or is from nowhere on the floor: a dead letter was written. */
  | "refused"
  /** Passed over by a skip mark: poison. */
  | "skipped"
  /** The notifier handed it to whoever listens. */
  | "delivered"
  /** The audit logger wrote it down. */
  | "recorded";

/** A message that an actor gave out in a step, as its fold makes it. */
export interface SentMessage {
  /** The how-manieth of the step's outputs, from 0. */
  readonly index: number;
  /** Where it goes. */
  readonly topic: RecordPlace["topic"];
  /** Where it goes. */
  readonly partition: number;
  /** What chose the partition. */
  readonly key: string | null;
  /** As the fold makes it, with its envelope. */
  readonly message: Message;
  /** Where it first stands in the log; null: it never got there. */
  readonly place: RecordPlace | null;
}

/** What is folded is not what the log holds. */
export interface Finding {
  /** The step whose fold it is; null where nobody folds the record. */
  readonly actor: Role | null;
  /** The record that was folded. */
  readonly place: RecordPlace;
  /** The record of the log that is otherwise, where there is one. */
  readonly found: RecordPlace | null;
  /** In a sentence. */
  readonly what: string;
}

/** Which incarnation of which instance did a step, by the run's runtime events. */
export interface StepOwner {
  /** Such as `order-gateway-2`. */
  readonly actor: string;
  /** Counted from 1. */
  readonly incarnation: number;
}

/** One record as one actor met it. */
export interface Step {
  /** Who met the record. */
  readonly actor: Role;
  /** Null when the runtime events do not tell. */
  readonly owner: StepOwner | null;
  /** What was received, or written. */
  readonly record: ReadRecord;
  /** What became of it. */
  readonly outcome: StepOutcome;
  /** Null for actors without a state of their own. */
  readonly before: StateView | null;
  /** As {@link before}, after the record. */
  readonly after: StateView | null;
  /** In the order of {@link SentMessage.index}. For a source: the command that an intent led to. */
  readonly sent: readonly SentMessage[];
  /** What is otherwise in the log than folded. */
  readonly findings: readonly Finding[];
  /** Of a repeat: the sequence that the actor was to take next from where the record came from. */
  readonly nextSequence?: number;
}

/** A place in the order of all that happened in a run. */
export type Entry =
  | {
    readonly kind: "record";
    /** Its place in the run's order, from 0. */
    readonly rank: number;
    readonly record: ReadRecord;
    /** The roles for which it is a step, the source first, the audit logger last. May be it alone. */
    readonly actors: readonly Role[];
  }
  | { readonly kind: "event"; readonly rank: number; readonly event: RuntimeEvent };

/** A step that cannot be folded. */
export interface UntoldStep {
  readonly actor: Role;
  readonly record: ReadRecord;
  /** What keeps it, as a sentence. */
  readonly trouble: string;
}
