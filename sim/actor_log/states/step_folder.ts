/**
 * Folding again: any step of any stateful consumer, as the fold that ran makes it.
 *
 * @module
 */

import type { Message } from "../../../kafka/messages/mod.ts";
import type { RecordPlace } from "../record_place.ts";
import type { StepOutcome } from "../step.ts";
import type { StateView } from "../views/state_view.ts";

/** The roles whose state is a fold of trading. */
export type FoldedRole = "order-gateway" | "trading-engine" | "portfolio-manager";

/** An output as the fold makes it. */
export interface FoldedOutput {
  readonly index: number;
  readonly topic: RecordPlace["topic"];
  readonly partition: number;
  readonly key: string | null;
  readonly message: Message;
  /** The value, byte for byte as it must stand in the log. */
  readonly text: string;
  /** The stamp with which it must stand in a topic that its sender stamps. */
  readonly timestamp: number;
}

/** A step, folded. */
export interface FoldedStep {
  readonly outcome: Extract<
    StepOutcome,
    "applied" | "repeat" | "malformed" | "refused" | "skipped"
  >;
  readonly before: StateView;
  readonly after: StateView;
  readonly outputs: readonly FoldedOutput[];
  /** Of a repeat: the sequence that was next from its channel. */
  readonly nextSequence?: number;
}

/** Folds any step of a run. Keeps what it folded lately, within a named limit of memory. */
export interface StepFolder extends AsyncDisposable {
  /**
   * The step of `role` on a record of the topic that it folds.
   * @throws {RangeError} when the partition has no such record
   * @throws {SequenceGapError} and what else the fold throws: then the log cannot be folded to there
   */
  step(role: FoldedRole, place: RecordPlace): Promise<FoldedStep>;
}
