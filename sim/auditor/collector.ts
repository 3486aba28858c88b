/**
 * One pass over each topic: reads records, fills the tables, and tells the rules.
 *
 * @module
 */

import type { LogRecord } from "../../kafka/event_log.ts";
import {
  type Answer,
  type CancelRequested,
  type ClientCommand,
  decodeRecord,
  type FloorOpened,
  type Notification,
  type OrderAccepted,
  parseOrigin,
  type Quote,
  type Trade,
} from "../../kafka/messages/mod.ts";
import type { Derived } from "./derived_messages.ts";
import { isAnswerType } from "./evidence/answer_table.ts";
import type { Evidence } from "./evidence/evidence.ts";
import { FloorFacts } from "./evidence/floor_facts.ts";
import { contentOf } from "./evidence/intent_ledger.ts";
import { type Listeners, listenersOf } from "./listeners.ts";
import { MessageReader } from "./reading/message_reader.ts";
import type { MessageLayout } from "./reading/message_scanner.ts";
import { TextPrints } from "./reading/text_prints.ts";
import type { EngineNotice, Rule, RuleContext, Settlement } from "./rule.ts";
import type { SequencesDense } from "./rules/sequences_dense.ts";

/** How the engine's messages begin when an actor wrote them: reads them without trying the schema. */
const SETTLEMENT = '{"type":"settle-fill",';
const RELEASE = '{"type":"release-order",';

/** Feeds the rules. */
export class Collector {
  readonly #context: RuleContext;
  readonly #evidence: Evidence;
  readonly #sequences: SequencesDense;
  readonly #hear: Listeners;
  readonly #reader = new MessageReader();

  constructor(
    context: RuleContext,
    { rules, sequences }: {
      readonly rules: readonly Rule[];
      readonly sequences: SequencesDense;
    },
  ) {
    this.#context = context;
    this.#evidence = context.evidence;
    this.#sequences = sequences;
    this.#hear = listenersOf(rules);
  }

  startPartition(topic: string, partition: number): void {
    this.#sequences.startPartition();
    for (const hear of this.#hear.onPartition) hear(topic, partition);
  }

  /** How the value of the record that was added last lies; null when that is not known. */
  layoutOf(record: LogRecord): MessageLayout | null {
    return this.#reader.layoutOf(record);
  }

  /** A record of any topic. */
  add(record: LogRecord): void {
    switch (record.topic) {
      case "dead-letters":
        return this.#addLetter(record);
      case "intents":
        return this.#addIntent(record);
      case "order-commands":
        this.#addCommandRecord(record);
        for (const hear of this.#hear.afterCommandRecord) hear(record);
        return;
      case "orders":
      case "notifications":
      case "market-data":
        return this.#addOutput(record);
    }
  }

  finish(): void {
    const { counts, answers, intents, letters } = this.#evidence;
    counts.answers = answers.size;
    counts.intents = intents.size;
    counts.deadLetters = letters.size;
    for (const hear of this.#hear.finish) hear();
  }

  #addLetter(record: LogRecord): void {
    const decoded = decodeRecord("dead-letters", record);
    if (!decoded.ok) return this.#unreadable(record, decoded.error);
    const letter = decoded.message;
    const origin = parseOrigin(letter.id);
    if (letter.sequence !== undefined && origin !== null) {
      const { sequence, role: sender } = letter;
      if (!this.#sequences.admit({ record, origin, sequence, sender })) return;
    }
    this.#evidence.letters.add(letter, record);
  }

  #addIntent(record: LogRecord): void {
    if (this.#reader.scan(record) !== null) {
      const { message } = this.#reader;
      return this.#evidence.intents.add(message, message.content, record);
    }
    const decoded = decodeRecord("intents", record);
    if (!decoded.ok) {
      const reason = `an intent cannot be read: ${decoded.error}`;
      return this.#context.findings.undecide("no-lost-order", reason);
    }
    const { message } = decoded;
    if (message.type === "intent") this.#evidence.intents.add(message, contentOf(message), record);
    else this.#evidence.intents.acknowledge(message);
  }

  /** A record of a topic that only actors write, prices and floor-opened apart. */
  #addOutput(record: LogRecord): void {
    const reading = this.#reader.read(record);
    switch (reading.kind) {
      case "unreadable":
        if (this.#evidence.setAside(record) === null) this.#unreadable(record, reading.error);
        return;
      case "source":
        return this.#addSource(record, reading.json.type);
      case "derived":
        return this.#addDerived(reading.derived);
    }
  }

  #addSource(record: LogRecord, type: unknown): void {
    const isPrice = record.topic === "market-data" && type === "price";
    if (isPrice || this.#evidence.setAside(record) !== null) return;
    if (type === "floor-opened" && record.topic !== "market-data") return this.#openFloor(record);
    this.#unreadable(record, `a message of type ${String(type)}`);
  }

  #openFloor(record: LogRecord): void {
    if (this.#evidence.facts !== null) return;
    const decoded = decodeRecord("orders", record);
    if (!decoded.ok) return this.#unreadable(record, decoded.error);
    // Its type was looked at by the caller.
    const { parameters } = decoded.message as FloorOpened;
    this.#evidence.facts = new FloorFacts(parameters);
  }

  #addDerived(derived: Derived): void {
    const { message, record, origin } = derived;
    // Checked when it was read: a derived message has a sequence.
    const sequence = message.sequence ?? 0;
    if (this.#evidence.setAside(record) === "malformed") return;
    if (!this.#sequences.admit({ record, origin, sequence, sender: "" })) {
      if (record.topic === "order-commands") this.#tellOther(record, "a repeat");
      return;
    }
    for (const hear of this.#hear.onDerived) hear(derived);
    // Each is narrowed by its message's type; a copy for each record would cost more than reading it.
    switch (message.type) {
      case "order-accepted":
        return this.#addAccepted(derived as Derived<OrderAccepted>);
      case "cancel-requested":
        return this.#addCancel(derived as Derived<CancelRequested>);
      case "trade":
        return this.#tellTrade(derived as Derived<Trade>);
      case "quote":
        return this.#tellQuote(derived as Derived<Quote>);
      case "settle-fill":
      case "release-order":
        return this.#addSettlement(derived as Derived<Settlement>);
      default:
        return this.#addNotification(
          derived as Derived<Exclude<Notification, { type: "floor-opened" }>>,
        );
    }
  }

  #addAccepted(derived: Derived<OrderAccepted>): void {
    const { orders, facts, counts } = this.#evidence;
    const { message } = derived;
    const row = orders.add(message.orderNumber, derived.prints);
    for (const hear of this.#hear.onAccepted) hear(derived, row);
    counts.acceptedOrders++;
    const symbol = (facts?.symbol(message.symbol)?.index ?? -1) + 1;
    if (!orders.acceptedAt.has(row)) orders.accept(row, derived, symbol);
  }

  #addCancel(derived: Derived<CancelRequested>): void {
    for (const hear of this.#hear.onCancelRequested) hear(derived);
    this.#evidence.cancels.add(derived);
  }

  #tellTrade(derived: Derived<Trade>): void {
    for (const hear of this.#hear.onTrade) hear(derived);
  }

  #tellQuote(derived: Derived<Quote>): void {
    for (const hear of this.#hear.onQuote) hear(derived);
  }

  #addNotification(derived: Derived<Exclude<Notification, { type: "floor-opened" }>>): void {
    const { message } = derived;
    if (isAnswerType(message.type)) {
      const answer = derived as Derived<Answer>; // as its message was just found to be
      const first = this.#evidence.answers.add(answer);
      for (const hear of this.#hear.onAnswer) hear(answer, first);
      return;
    }
    const notice = derived as Derived<EngineNotice>; // what is no answer
    const row = this.#evidence.orders.find(notice.message.orderNumber);
    for (const hear of this.#hear.onNotice) hear(notice, row);
  }

  #addSettlement(derived: Derived<Settlement>): void {
    const { message, record } = derived;
    this.#evidence.counts.settlements += message.type === "settle-fill" ? 1 : 0;
    this.#tellOther(record, `a ${message.type}`);
    if (this.#evidence.setAside(record) !== null) return;
    const row = this.#evidence.orders.find(message.orderNumber);
    for (const hear of this.#hear.onSettlement) hear(derived, row);
  }

  #addCommandRecord(record: LogRecord): void {
    switch (this.#reader.scan(record)) {
      case "derived":
        return this.#addDerived(this.#reader.derived);
      case "source":
        // It has the fields of all commands, checked as strictly as the schema does.
        return this.#addCommand(record, this.#reader.message as unknown as ClientCommand);
    }
    if (record.text?.startsWith(SETTLEMENT) || record.text?.startsWith(RELEASE)) {
      return this.#addInternal(record);
    }
    const decoded = decodeRecord("order-commands", record);
    if (!decoded.ok) return this.#addMalformed(record, decoded.error);
    const command = decoded.message;
    switch (command.type) {
      case "floor-opened":
        this.#openFloor(record);
        return this.#tellOther(record, "the opening of the floor");
      case "settle-fill":
      case "release-order":
        return this.#addInternal(record);
    }
    const prints = new TextPrints();
    prints.take(command, this.#evidence.print);
    this.#addCommand(record, command, prints);
  }

  #addCommand(record: LogRecord, command: ClientCommand, prints = this.#reader.prints): void {
    const { answers, orders, cancels, intents, counts } = this.#evidence;
    const { partition, offset } = record;
    counts.commands++;
    const view = {
      record,
      command,
      prints,
      answer: answers.find(partition, offset),
      intentAt: intents.find(record),
      acceptedRow: orders.acceptedFrom(partition, offset),
      cancelRow: cancels.requestedFrom(partition, offset),
    };
    for (const hear of this.#hear.onCommand) hear(view);
  }

  /** A message of the engine's, or one that looks like it. */
  #addInternal(record: LogRecord): void {
    const reading = this.#reader.read(record);
    if (reading.kind === "derived") return this.#addDerived(reading.derived);
    const decoded = decodeRecord("order-commands", record);
    if (!decoded.ok) return this.#addMalformed(record, decoded.error);
    // Of the right form, and yet not derived: no actor sent it.
    const { type } = decoded.message;
    if (this.#evidence.setAside(record) === null) {
      this.#unreadable(record, reading.kind === "unreadable" ? reading.error : type);
    }
    this.#tellOther(record, `a ${type}`);
  }

  #addMalformed(record: LogRecord, error: string): void {
    this.#evidence.counts.malformedCommands++;
    this.#evidence.intents.find(record);
    for (const hear of this.#hear.onMalformed) hear({ record, error });
    this.#tellOther(record, "no message");
  }

  #tellOther(record: LogRecord, what: string): void {
    for (const hear of this.#hear.onOtherRecord) hear(record, what);
  }

  #unreadable(record: LogRecord, error: string): void {
    for (const hear of this.#hear.onUnreadable) hear(record, error);
  }
}
