/**
 * `portfolio-replay`: what a portfolio manager saved is what its notifications give when they are booked
 * again from the first one, by another and slower book.
 *
 * The method is average cost: a sale of s of h lots takes floor(cost * s / h) cash units out of the
 * position's cost, all of it with the last lot.
 *
 * @module
 */

import type { AccountOpened, Answer, OrderFilled } from "../../../kafka/messages/mod.ts";
import type { Derived } from "../derived_messages.ts";
import type { EngineNotice, Rule, RuleContext } from "../rule.ts";
import type {
  PortfolioSnapshots,
  SavedPortfolio,
  SavedPortfolios,
} from "../portfolio_snapshots.ts";

const RULE = "portfolio-replay";
const TOPIC = "notifications";
const ROLE = "portfolio-manager";

/** In whole units, without any limit to their size. */
interface Position {
  lots: bigint;
  cost: bigint;
  realised: bigint;
  trades: number;
}

interface Portfolio {
  cash: bigint;
  trades: number;
  readonly positions: Map<string, Position>;
}

/** The rule, for one partition of `notifications` after the other. */
export class PortfolioReplay implements Rule {
  readonly #context: RuleContext;
  readonly #snapshots: PortfolioSnapshots;
  #partition = 0;
  #book = new Map<string, Portfolio>();
  #due: SavedPortfolios[] = [];

  constructor(context: RuleContext, snapshots: PortfolioSnapshots) {
    this.#context = context;
    this.#snapshots = snapshots;
    if (snapshots.size > 0) return;
    context.findings.undecide(RULE, "no portfolio manager has saved a snapshot");
  }

  onPartition(topic: string, partition: number): void {
    this.#compareUpTo(Infinity);
    this.#book = new Map();
    this.#partition = partition;
    this.#due = topic === TOPIC ? [...this.#snapshots.get(partition) ?? []] : [];
  }

  onDerived({ record }: Derived): void {
    if (record.topic === TOPIC) this.#compareUpTo(record.offset);
  }

  onAnswer({ message }: Derived<Answer>): void {
    if (this.#due.length === 0 || message.type === "account-rejected" || message.duplicate) return;
    if (message.type === "account-opened") this.#endow(message);
    if (message.type === "deposit-accepted") {
      this.#portfolioOf(message.userId).cash += BigInt(message.amountUnits);
    }
  }

  onNotice({ message }: Derived<EngineNotice>): void {
    if (this.#due.length > 0 && message.type === "order-filled") this.#fill(message);
  }

  finish(): void {
    this.#compareUpTo(Infinity);
  }

  #endow({ userId, cashUnits, holdings }: AccountOpened): void {
    const portfolio = this.#portfolioOf(userId);
    portfolio.cash += BigInt(cashUnits);
    for (const [symbol, lots] of Object.entries(holdings)) {
      if (lots > 0) positionOf(portfolio, symbol).lots += BigInt(lots);
    }
  }

  #fill({ userId, symbol, side, priceTicks, quantityLots }: OrderFilled): void {
    const facts = this.#context.evidence.facts?.symbol(symbol);
    if (facts === undefined) return; // rejects-inert says so
    const units = BigInt(priceTicks) * BigInt(quantityLots) * BigInt(facts.unitsPerTickLot);
    const lots = BigInt(quantityLots);
    const portfolio = this.#portfolioOf(userId);
    const position = positionOf(portfolio, symbol);
    portfolio.trades++;
    position.trades++;
    if (side === "buy") {
      position.lots += lots;
      position.cost += units;
      portfolio.cash -= units;
      return;
    }
    const cost = lots >= position.lots ? position.cost : position.cost * lots / position.lots;
    position.lots -= lots;
    position.cost -= cost;
    position.realised += units - cost;
    portfolio.cash += units;
  }

  #portfolioOf(userId: string): Portfolio {
    const known = this.#book.get(userId);
    if (known !== undefined) return known;
    const portfolio = { cash: 0n, trades: 0, positions: new Map<string, Position>() };
    this.#book.set(userId, portfolio);
    return portfolio;
  }

  /** Compares every snapshot that holds nothing of `offset` and what comes after it. */
  #compareUpTo(offset: number): void {
    while (this.#due.length > 0 && this.#due[0]!.offset <= offset) {
      this.#compare(this.#due.shift()!);
    }
  }

  #compare(saved: SavedPortfolios): void {
    const { findings, evidence } = this.#context;
    const skipped = evidence.letters.poison.some(({ role, record, type }) =>
      role === ROLE && record.topic === TOPIC && record.partition === this.#partition &&
      // A stranger's second opening of the floor books nothing.
      (type !== "floor-opened" || record.offset === 0)
    );
    if (skipped) {
      return findings.undecide(RULE, `the ${ROLE} has skipped a record, so it booked less`);
    }
    for (const userId of new Set([...this.#book.keys(), ...saved.portfolios.keys()])) {
      findings.check(RULE);
      const difference = differenceOf(this.#book.get(userId), saved.portfolios.get(userId));
      if (difference === null) continue;
      findings.violate(
        RULE,
        `the snapshot of ${TOPIC}/${this.#partition} at ${saved.offset} has ${userId} with ` +
          `${difference.saved}, but the notifications below it give ${difference.booked}`,
        [
          { topic: TOPIC, partition: this.#partition, offset: Math.max(0, saved.offset - 1) },
          saved.at,
        ],
      );
    }
  }
}

function positionOf(portfolio: Portfolio, symbol: string): Position {
  const known = portfolio.positions.get(symbol);
  if (known !== undefined) return known;
  const position = { lots: 0n, cost: 0n, realised: 0n, trades: 0 };
  portfolio.positions.set(symbol, position);
  return position;
}

/** The first thing in which the two are not the same, in words. */
function differenceOf(
  booked: Portfolio | undefined,
  saved: SavedPortfolio | undefined,
): { readonly booked: string; readonly saved: string } | null {
  const ours = booked === undefined ? [] : linesOf(booked);
  const theirs = saved === undefined ? [] : linesOf(saved);
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    if (ours[i] === theirs[i]) continue;
    return { booked: ours[i] ?? "nothing", saved: theirs[i] ?? "nothing" };
  }
  return null;
}

function linesOf({ cash, trades, positions }: Portfolio | SavedPortfolio): readonly string[] {
  const rows = [...positions].filter(([, { lots, cost, realised, trades }]) =>
    Number(lots) !== 0 || Number(cost) !== 0 || Number(realised) !== 0 || trades !== 0
  );
  return [
    `${cash} cash units after ${trades} fills`,
    ...rows.map(([symbol, { lots, cost, realised, trades }]) =>
      `${lots} lots of ${symbol} that cost ${cost}, ${realised} realised in ${trades} fills`
    ).sort(),
  ];
}
