/**
 * What a rule is told while the topics are read, in this order: dead letters and intents (which only
 * fill tables), `orders`, `notifications`, `market-data`, and last `order-commands`. Repeats and
 * records that were set aside are left out.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import type {
  Answer,
  CancelMissed,
  CancelRequested,
  ClientCommand,
  OrderAccepted,
  OrderCancelled,
  OrderFilled,
  Quote,
  ReleaseOrder,
  SettleFill,
  Trade,
} from "../../kafka/messages/mod.ts";
import type { Derived } from "./derived_messages.ts";
import type { AnswerFacts } from "./evidence/answer_table.ts";
import type { Evidence } from "./evidence/evidence.ts";
import type { TextPrints } from "./reading/text_prints.ts";
import type { Findings } from "./findings.ts";
import type { RecordRef } from "./verdict.ts";

/** What every rule works with. */
export interface RuleContext {
  readonly evidence: Evidence;
  readonly findings: Findings;
}

/** A client's command with what was found to belong to it. */
export interface CommandView {
  readonly record: LogRecord;
  readonly command: ClientCommand;
  /** Of the command's texts. */
  readonly prints: TextPrints;
  readonly answer: AnswerFacts | null;
  /** Where its intent is. */
  readonly intentAt: RecordRef | null;
  /** The row of the order accepted from it, or -1. */
  readonly acceptedRow: number;
  /** The row of the cancel requested from it, or -1. */
  readonly cancelRow: number;
}

/** A record of `order-commands` that is no message. */
export interface MalformedView {
  readonly record: LogRecord;
  readonly error: string;
}

/** The messages with which the engine tells users. */
export type EngineNotice = OrderFilled | OrderCancelled | CancelMissed;

/** The messages with which the engine tells the gateway. */
export type Settlement = SettleFill | ReleaseOrder;

/** A rule, or a part of one. It looks at what it wants to. */
export interface Rule {
  /** Before the first record of a partition. */
  onPartition?(topic: string, partition: number): void;
  /** The order's row exists, but does not yet hold what the message says. */
  onAccepted?(derived: Derived<OrderAccepted>, row: number): void;
  onCancelRequested?(derived: Derived<CancelRequested>): void;
  /** `first` is false for a second answer to the same command. */
  onAnswer?(derived: Derived<Answer>, first: boolean): void;
  /** `row` is -1 when no order has that number. */
  onNotice?(derived: Derived<EngineNotice>, row: number): void;
  onTrade?(derived: Derived<Trade>): void;
  onQuote?(derived: Derived<Quote>): void;
  onSettlement?(derived: Derived<Settlement>, row: number): void;
  onCommand?(view: CommandView): void;
  onMalformed?(view: MalformedView): void;
  /** Any record of `order-commands` that is no client's command; `what` says what it is. */
  onOtherRecord?(record: LogRecord, what: string): void;
  /** After every record of `order-commands`, whatever it is. */
  afterCommandRecord?(record: LogRecord): void;
  /** A record of a topic that only actors write, which no actor can have written. */
  onUnreadable?(record: LogRecord, error: string): void;
  /** Any derived message, before the calls for its type. */
  onDerived?(derived: Derived): void;
  /** After all topics. */
  finish?(): void;
}

/** The places that led to an order's being accepted, cause first. */
export function chainOfOrder(evidence: Evidence, row: number): (RecordRef | null)[] {
  if (row < 0) return [];
  return [evidence.orders.commandAt.get(row), evidence.orders.acceptedAt.get(row)];
}
