/**
 * The slow matcher at work: replays `orders` and notes what must follow from each record.
 *
 * @module
 */

import type { CancelRequested, OrderAccepted } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import { ENGINE_ROLE } from "../evidence/evidence.ts";
import type { CausePlace, ExpectedOutcomes } from "../evidence/expected_outcomes.ts";
import type { RuleContext } from "../rule.ts";
import { EMPTY_TOP, SlowBook, type TopOfBook } from "../slow_matcher.ts";
import type { RecordRef } from "../verdict.ts";

const RULE = "price-time-priority";

interface OpenBook {
  readonly book: SlowBook;
  top: TopOfBook;
}

/** The books of all symbols. */
export class ReplayedBooks {
  readonly #context: RuleContext;
  readonly #expected: ExpectedOutcomes;
  /** By partition, then by symbol, which belongs to one partition. */
  readonly #books: Map<string, OpenBook>[] = [];
  #blind = false;

  /** What must follow goes to `expected`. */
  constructor(context: RuleContext, expected: ExpectedOutcomes) {
    this.#context = context;
    this.#expected = expected;
  }

  /** Set when orders could not be replayed: then nothing can be compared. */
  get blind(): boolean {
    return this.#blind;
  }

  accept({ message, record }: Derived<OrderAccepted>): void {
    const open = this.#bookFor(record, message.symbol);
    if (open === null) return;
    this.#context.findings.check(RULE);
    const { trades, end } = open.book.place(message);
    const { orderNumber } = message;
    const taker = { number: orderNumber, buys: message.side === "buy" };
    this.#expected.addTrades(record, taker, trades);
    if (end !== null) this.#expected.addEnd(record, { ...end, orderNumber });
    this.#expectQuote(open, record);
  }

  cancel({ message, record }: Derived<CancelRequested>): void {
    const open = this.#bookFor(record, message.symbol);
    if (open === null) return;
    this.#context.findings.check(RULE);
    const { orderNumber } = message;
    const lots = open.book.cancel(orderNumber);
    if (lots === null) this.#expected.addEnd(record, { reason: "missed", orderNumber, lots: 0 });
    else this.#expected.addEnd(record, { reason: "requested", orderNumber, lots });
    this.#expectQuote(open, record);
  }

  /** The book that a record goes to; null when it goes to none. */
  #bookFor(record: RecordRef, symbol: string): OpenBook | null {
    const { evidence, findings } = this.#context;
    // The engine skipped it, and so must its judge.
    if (evidence.letters.kindOf(ENGINE_ROLE, record) !== null) return null;
    const books = this.#books[record.partition] ??= new Map();
    const known = books.get(symbol);
    if (known !== undefined) return known;
    if (evidence.facts === null) {
      this.#blind = true;
      findings.undecide(RULE, "no floor-opened record says what the symbols are");
      return null;
    }
    const facts = evidence.facts.symbol(symbol);
    if (facts === undefined) return null; // rejects-inert says so
    const open = { book: new SlowBook(facts.unitsPerTickLot), top: EMPTY_TOP };
    books.set(symbol, open);
    return open;
  }

  #expectQuote(open: OpenBook, cause: CausePlace): void {
    const top = open.book.top();
    const { bidTicks, bidLots, askTicks, askLots } = open.top;
    if (
      top.bidTicks === bidTicks && top.bidLots === bidLots &&
      top.askTicks === askTicks && top.askLots === askLots
    ) return;
    open.top = top;
    this.#expected.addQuote(cause, top);
  }
}
