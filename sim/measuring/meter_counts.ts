/**
 * What the meter has counted. Plain data.
 *
 * @module
 */

import type { RejectReason } from "../../kafka/messages/mod.ts";

/** Counts since the run's first record; records that repeat others are left out of all but `repeats`. */
export interface MeterCounts {
  /** Commands that producers meant to send, by kind. */
  readonly intended: {
    readonly orders: number;
    readonly cancels: number;
    readonly deposits: number;
    readonly accounts: number;
    /** Bytes that are meant to be no command. */
    readonly malformed: number;
  };
  /** Commands that producers know to be in the log. */
  readonly sent: number;
  /** Orders meant to be sent that have an answer. */
  readonly answered: number;
  /** Answers to orders: more than orders, when some were sent again after a crash. */
  readonly orders: {
    readonly placed: number;
    readonly rejected: number;
    /** Given once more. */
    readonly duplicates: number;
  };
  /** Answers to other commands, repeated ones included. */
  readonly cancels: { readonly accepted: number; readonly rejected: number };
  readonly deposits: { readonly accepted: number; readonly rejected: number };
  readonly accounts: { readonly opened: number; readonly rejected: number };
  /** Refusals of all kinds of commands, by reason; given once more, they are not counted again. */
  readonly refusals: Readonly<Partial<Record<RejectReason, number>>>;
  /** Those of orders only; they sum to `orders.rejected`. */
  readonly orderRefusals: Readonly<Partial<Record<RejectReason, number>>>;
  /** Trades, counted by their taker's leg. */
  readonly trades: number;
  /** Legs: two a trade. */
  readonly fills: number;
  /** Orders that ended with a rest unfilled. */
  readonly cancelled: number;
  readonly deadLetters: number;
  /** Commands with neither answer nor dead letter so far; null when too many were open to be told. */
  readonly unanswered: number | null;
  /** Notifications that were there already, as after a crash. */
  readonly repeats: number;
  /** Sequences that were left out on the way: a fault, which the auditor will find. */
  readonly gaps: number;
  /**
   * Milliseconds from the first intended time to the last answer to an order, without the time between
   * two sittings; null before it took any.
   */
  readonly activeMs: number | null;
  /** Orders meant to be sent in one sitting and answered in a later one: their latency says nothing. */
  readonly acrossStops: number;
}
