/**
 * Why an actor did in a step what it did, in plain sentences. Only what the step itself shows is said:
 * its record, its state before and after, and what it sent.
 *
 * @module
 */

import type { RecordPlace } from "../record_place.ts";
import type { Step } from "../step.ts";
import { deliveredDecision, recordedDecision, wroteDecision } from "./edge_decision.ts";
import { engineDecision } from "./engine_decision.ts";
import { gatewayDecision } from "./gateway_decision.ts";
import { portfolioDecision } from "./portfolio_decision.ts";
import {
  malformedDecision,
  openingDecision,
  refusedDecision,
  repeatDecision,
  skippedDecision,
} from "./untaken_decision.ts";
import type { Units } from "./units.ts";

/** A decision in words: texts of records stand in it as their senders wrote them. */
export interface Decision {
  /** What was decided, with its figures, in a sentence. */
  readonly headline: string;
  /** What led to it and what follows, each a sentence; the most important first. */
  readonly reasons: readonly string[];
}

/** What is known besides the step. */
export interface DecisionContext {
  /** How figures are written. */
  readonly units: Units;
  /** For a command that was answered before: where the first one stands, when the caller knows it. */
  readonly first?: RecordPlace | null;
  /** For the notifier's step: whether its record had come before in its channel. Default: not known. */
  readonly hadComeBefore?: boolean;
}

/** The decision that a step shows. */
export function decisionOf(step: Step, context: DecisionContext): Decision {
  switch (step.outcome) {
    case "wrote":
      return wroteDecision(step, context);
    case "delivered":
      return deliveredDecision(step, context);
    case "recorded":
      return recordedDecision(step);
    case "repeat":
      return repeatDecision(step, context);
    case "malformed":
      return malformedDecision(step);
    case "refused":
      return refusedDecision(step, context);
    case "skipped":
      return skippedDecision(step);
    case "applied":
      return appliedDecision(step, context);
  }
}

function appliedDecision(step: Step, context: DecisionContext): Decision {
  const { message } = step.record;
  if (message?.type === "floor-opened") return openingDecision(step, message);
  switch (step.actor) {
    case "order-gateway":
      return gatewayDecision(step, context);
    case "trading-engine":
      return engineDecision(step, context);
    case "portfolio-manager":
      return portfolioDecision(step, context);
    default:
      return { headline: `${step.actor} took the record.`, reasons: [] };
  }
}
