/**
 * `conservation` over the floor: at cuts through all partitions of `order-commands` that are causally
 * closed, what all accounts hold, with the legs of trades in flight counted, is what was paid in.
 *
 * A cut is closed when everything that a record in it follows from is in it too. Cuts are drawn at
 * even fractions of all partitions and then moved forward until they are closed.
 *
 * @module
 */

import type { LogRecord } from "../../../kafka/event_log.ts";
import type { CancelRequested, OrderAccepted, Origin } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import type { FloorTotals, TotalsAt } from "../evidence/floor_totals.ts";
import type { Rule, RuleContext, Settlement } from "../rule.ts";

const RULE = "conservation";

/** Moments of each partition at which its sums are kept. */
const CHECKPOINTS = 64;

/** Cuts that are looked at, the last one at the ends. */
const CUTS = 16;

/** Sums of a partition at one moment, and how far the other topic must be in the cut with it. */
interface Checkpoint<Sums> {
  /** Exclusive. */
  readonly offset: number;
  /** By partition of the other topic: the offset below which records are followed from. */
  readonly follows: readonly number[];
  readonly sums: Sums;
}

/** Checkpoints of one partition while it is read. */
class Track<Sums> {
  readonly checkpoints: Checkpoint<Sums>[] = [];
  readonly #follows: number[] = [];
  readonly #every: number;
  #next: number;

  constructor(end: number) {
    this.#every = Math.max(1, Math.ceil(end / CHECKPOINTS));
    this.#next = this.#every;
  }

  /** A record follows from another one. */
  follow(origin: Origin): void {
    const known = this.#follows[origin.partition] ?? 0;
    this.#follows[origin.partition] = Math.max(known, origin.offset + 1);
  }

  /** A record was read. */
  pass(offset: number, sums: () => Sums): void {
    if (offset + 1 < this.#next) return;
    this.#next = offset + 1 + this.#every;
    this.mark(offset + 1, sums());
  }

  mark(offset: number, sums: Sums): void {
    this.checkpoints.push({ offset, follows: [...this.#follows], sums });
  }
}

/** The part of the rule that looks at the whole floor. */
export class FloorCuts implements Rule {
  readonly #context: RuleContext;
  readonly #totals: FloorTotals;
  readonly #orders: Track<null>[] = [];
  readonly #commands: Track<TotalsAt>[] = [];

  constructor(context: RuleContext, totals: FloorTotals) {
    this.#context = context;
    this.#totals = totals;
  }

  onPartition(topic: string, partition: number): void {
    const end = this.#context.evidence.ends.get(topic)?.[partition] ?? 0;
    if (topic === "orders") this.#orders[partition] = new Track(end);
    if (topic !== "order-commands") return;
    this.#closePartition(partition - 1);
    this.#totals.reset();
    const track = new Track<TotalsAt>(end);
    track.mark(0, this.#totals.snapshot());
    this.#commands[partition] = track;
  }

  onAccepted(derived: Derived<OrderAccepted>): void {
    this.#passOrder(derived);
  }

  onCancelRequested(derived: Derived<CancelRequested>): void {
    this.#passOrder(derived);
  }

  onSettlement({ record, origin }: Derived<Settlement>): void {
    this.#commands[record.partition]?.follow(origin);
  }

  afterCommandRecord(record: LogRecord): void {
    this.#commands[record.partition]?.pass(record.offset, () => this.#totals.snapshot());
  }

  finish(): void {
    this.#closePartition(this.#commands.length - 1);
    this.#orders.forEach((track, partition) => {
      track.mark(this.#context.evidence.ends.get("orders")?.[partition] ?? 0, null);
    });
    if (this.#context.evidence.facts === null) return;
    const cuts = Array.from({ length: CUTS }, (_, cut) => {
      const indexes = this.#commands.map((track) =>
        Math.ceil(((track.checkpoints.length - 1) * (cut + 1)) / CUTS)
      );
      return this.#closeCut(indexes);
    });
    const flights = this.#inFlight(cuts.map((cut) => cut.map(({ offset }) => offset)));
    cuts.forEach((cut, n) => this.#judge(cut, flights[n]!));
  }

  #passOrder({ record, origin }: Derived): void {
    const track = this.#orders[record.partition];
    track?.follow(origin);
    track?.pass(record.offset, () => null);
  }

  #closePartition(partition: number): void {
    const track = this.#commands[partition];
    if (track === undefined) return;
    track.mark(
      this.#context.evidence.ends.get("order-commands")?.[partition] ?? 0,
      this.#totals.snapshot(),
    );
  }

  /** Moves a cut forward until it holds every cause of what it holds. */
  #closeCut(indexes: readonly number[]): readonly Checkpoint<TotalsAt>[] {
    const at = [...indexes];
    for (let moved = true; moved;) {
      moved = false;
      const cut = at.map((index, partition) => this.#commands[partition]!.checkpoints[index]!);
      const needed = this.#causesOf(cut.map(({ follows }) => follows));
      this.#commands.forEach(({ checkpoints }, partition) => {
        const wanted = needed[partition] ?? 0;
        const reaching = checkpoints.findIndex(({ offset }) => offset >= wanted);
        const index = reaching < 0 ? checkpoints.length - 1 : reaching;
        if (index <= at[partition]!) return;
        at[partition] = index;
        moved = true;
      });
    }
    return at.map((index, partition) => this.#commands[partition]!.checkpoints[index]!);
  }

  /** How far `order-commands` must be in, given how far `orders` must, by partition. */
  #causesOf(follows: readonly (readonly number[])[]): readonly number[] {
    const needed: number[] = [];
    this.#orders.forEach(({ checkpoints }, partition) => {
      const wanted = follows.reduce((most, each) => Math.max(most, each[partition] ?? 0), 0);
      if (wanted === 0) return;
      const reaching = checkpoints.find(({ offset }) => offset >= wanted) ?? checkpoints.at(-1);
      reaching?.follows.forEach((offset, command) => {
        needed[command] = Math.max(needed[command] ?? 0, offset);
      });
    });
    return needed;
  }

  #judge(cut: readonly Checkpoint<TotalsAt>[], flight: Flight): void {
    const { findings, evidence } = this.#context;
    const { facts } = evidence;
    if (facts === null) return;
    findings.check(RULE);
    const held = sum(cut, ({ sums }) => sums.cash);
    const paidIn = sum(cut, ({ sums }) => sums.cashPaidIn);
    if (held + flight.cash !== paidIn) {
      const text = `accounts hold ${held} cash units and ${flight.cash} are in flight, ` +
        `but ${paidIn} were paid in`;
      this.#violate(cut, text);
    }
    for (let symbol = 0; symbol < facts.symbolCount; symbol++) {
      const shares = sum(cut, ({ sums }) => BigInt(sums.shares[symbol] ?? 0));
      const moving = BigInt(flight.shares[symbol] ?? 0);
      const credited = sum(cut, ({ sums }) => BigInt(sums.sharesPaidIn[symbol] ?? 0));
      if (shares + moving === credited) continue;
      const text =
        `accounts hold ${shares} lots of ${facts.symbolName(symbol)} and ${moving} are ` +
        `in flight, but ${credited} were paid in`;
      this.#violate(cut, text);
    }
  }

  /**
   * What trades with only one settlement within a cut have yet to bring, by their first terms; for each
   * cut, given where it ends. One pass does for all: trades may be many, and on disk.
   */
  #inFlight(cuts: readonly (readonly number[])[]): readonly Flight[] {
    const { trades } = this.#context.evidence;
    const flights = cuts.map(() => ({ cash: 0n, shares: [] }));
    for (let row = 0; row < trades.size; row++) {
      const boughtAt = trades.buySettleAt.get(row);
      const soldAt = trades.sellSettleAt.get(row);
      for (let n = 0; n < cuts.length; n++) {
        const bought = isWithin(boughtAt, cuts[n]!);
        if (bought !== isWithin(soldAt, cuts[n]!)) this.#addTrade(row, bought, flights[n]!);
      }
    }
    return flights;
  }

  /** Half a trade: what was bought and paid for has not been given and received yet, or the reverse. */
  #addTrade(row: number, bought: boolean, flight: Flight): void {
    const { trades, facts } = this.#context.evidence;
    const symbol = trades.symbol.get(row) - 1;
    const units = facts?.symbol(facts.symbolName(symbol))?.unitsPerTickLot ?? 0;
    const lots = trades.lots.get(row);
    const value = BigInt(trades.priceTicks.get(row) * lots * units);
    flight.cash += bought ? value : -value;
    flight.shares[symbol] = (flight.shares[symbol] ?? 0) + (bought ? -lots : lots);
  }

  #violate(cut: readonly Checkpoint<TotalsAt>[], text: string): void {
    const at = cut.map(({ offset }, partition) => `${partition}/${offset}`).join(", ");
    const chain = cut.flatMap(({ offset }, partition) =>
      offset === 0 ? [] : [{ topic: "order-commands", partition, offset: offset - 1 }]
    );
    this.#context.findings.violate(RULE, `at the cut before order-commands ${at}: ${text}`, chain);
  }
}

/** What is on its way at a cut: cash units, and lots by symbol index. */
interface Flight {
  cash: bigint;
  readonly shares: number[];
}

function isWithin(
  at: { readonly partition: number; readonly offset: number } | null,
  ends: readonly number[],
): boolean {
  return at !== null && at.offset < (ends[at.partition] ?? 0);
}

function sum<Row>(rows: readonly Row[], of: (row: Row) => bigint): bigint {
  return rows.reduce((total, row) => total + of(row), 0n);
}
