/**
 * What the rules judge by: tables that one pass over the topics fills.
 *
 * @module
 */

import type { DeadLetter } from "../../../kafka/messages/mod.ts";
import { Fingerprinter } from "../fingerprint.ts";
import type { AuditCounts, RecordRef } from "../verdict.ts";
import { AnswerTable } from "./answer_table.ts";
import type { FloorFacts } from "./floor_facts.ts";
import { AuditMemory } from "../memory/audit_memory.ts";
import { IntentLedger } from "./intent_ledger.ts";
import { LetterTable } from "./letter_table.ts";
import { CancelTable, OrderTable } from "./order_table.ts";
import { TradeTable } from "./trade_table.ts";

/** The roles whose dead letters say that a record was set aside. */
export const GATEWAY_ROLE = "order-gateway";
export const ENGINE_ROLE = "trading-engine";

/**
 * The role that would set a record of a topic aside, so that nothing follows from it. What stands in
 * other topics was told, whoever set it aside.
 */
const READER_OF: Readonly<Record<string, string>> = {
  "orders": ENGINE_ROLE,
  "order-commands": GATEWAY_ROLE,
};

/** Everything collected so far. */
export class Evidence {
  /** Null until a floor-opened record was read. */
  facts: FloorFacts | null = null;
  /** Whether clients outside the producers may send commands without intents. */
  readonly openFloor: boolean;
  /** The end offset of each partition of each topic when the audit began. */
  readonly ends: ReadonlyMap<string, readonly number[]>;
  /** Whatever grows with the run is kept in it. */
  readonly memory: AuditMemory;
  readonly orders: OrderTable;
  readonly cancels: CancelTable;
  readonly answers: AnswerTable;
  readonly trades: TradeTable;
  readonly intents: IntentLedger;
  readonly letters: LetterTable;
  /** For whoever needs a fingerprint for a moment. */
  readonly print = new Fingerprinter();
  readonly counts: AuditCounts = {
    intents: 0,
    unsentIntents: 0,
    commands: 0,
    malformedCommands: 0,
    answers: 0,
    acceptedOrders: 0,
    trades: 0,
    settlements: 0,
    deadLetters: 0,
    repeats: 0,
  };

  constructor(options: {
    readonly openFloor: boolean;
    readonly ends: ReadonlyMap<string, readonly number[]>;
    readonly memory: AuditMemory;
  }) {
    this.openFloor = options.openFloor;
    this.ends = options.ends;
    const { memory } = options;
    this.memory = memory;
    this.orders = new OrderTable(memory);
    this.cancels = new CancelTable(memory);
    this.answers = new AnswerTable(memory);
    this.trades = new TradeTable(memory);
    this.intents = new IntentLedger(memory);
    this.letters = new LetterTable(memory);
  }

  /** Whether a place is within what the topics held when the audit began. */
  exists(at: { readonly topic: string; readonly partition: number; readonly offset: number }) {
    return at.offset < (this.ends.get(at.topic)?.[at.partition] ?? 0);
  }
  /** Why the role that reads a record set it aside; null when it did not, or its topic is only told. */
  setAside(record: RecordRef): DeadLetter["kind"] | null {
    // Most runs have no letters at all, and this is asked for every record.
    if (this.letters.size === 0) return null;
    const role = READER_OF[record.topic];
    return role === undefined ? null : this.letters.kindOf(role, record);
  }
}
