/**
 * Which rules are judged together. An audit in one thread judges them all in one pass. In two threads
 * one judges what users and the gateway do, the other what the engines do. Each reads what it needs, and
 * a rule that looks at both sides has a half in each.
 *
 * Two halves notice whatever one pass would notice, and count the same. What they noticed, though, they
 * cannot always tell as one pass would: then everything is judged again in one.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { FloorTotals } from "./evidence/floor_totals.ts";
import { Findings } from "./findings.ts";
import { type PortfolioSnapshots, readPortfolioSnapshots } from "./portfolio_snapshots.ts";
import type { Rule, RuleContext } from "./rule.ts";
import { Accounts } from "./rules/accounts.ts";
import { CausalityClosed } from "./rules/causality_closed.ts";
import { DuplicatesInert } from "./rules/duplicates_inert.ts";
import { ExecutedOnce } from "./rules/executed_once.ts";
import { FloorCuts } from "./rules/floor_cuts.ts";
import { InputsAccounted } from "./rules/inputs_accounted.ts";
import { NoLostOrder } from "./rules/no_lost_order.ts";
import { NoPhantom } from "./rules/no_phantom.ts";
import { OneTerminalState } from "./rules/one_terminal_state.ts";
import { PortfolioReplay } from "./rules/portfolio_replay.ts";
import { PriceTimePriority } from "./rules/price_time_priority.ts";
import { RejectsInert } from "./rules/rejects_inert.ts";
import { TradeLegs } from "./rules/trade_legs.ts";

/** All rules, or one of the two halves into which they can be divided. */
export type RuleFamily = "all" | "users" | "engines";

const MARKET = "market-data";
const ORDERS = "orders";

/**
 * Whether a family judges what an engine sent (or, the other way round, what anybody else did) by itself,
 * without looking at a user's command. Both read some of it, since both go on from it.
 */
export function judgesChannel(
  family: RuleFamily,
  channel: { readonly topic: string; readonly originTopic: string },
): boolean {
  const { topic, originTopic } = channel;
  return family === "all" || isOfEngine(topic, originTopic) === (family === "engines");
}

/** Letters are told apart by their sender, and so few that it does not matter who judges them. */
function isOfEngine(topic: string, originTopic: string): boolean {
  return originTopic === ORDERS && topic !== "dead-letters";
}

/** Whether a family has to read a topic at all. */
export function readsTopic(family: RuleFamily, topic: string): boolean {
  if (family === "all") return true;
  return family === "users" ? topic !== MARKET : topic !== "intents";
}

/** Compared with the audit log by the part that judges them alone, or that has less to do. */
const AUDITED_WITH_USERS: ReadonlySet<string> = new Set(["intents", "order-commands"]);

/** Whether a family compares a topic with the audit log: all topics are, each by one. */
export function auditsTopic(family: RuleFamily, topic: string): boolean {
  return family === "all" || AUDITED_WITH_USERS.has(topic) === (family === "users");
}

/** The rules of a family, in the order in which they are told. */
export async function rulesOf(
  family: RuleFamily,
  context: RuleContext,
  log: EventLog,
): Promise<readonly Rule[]> {
  if (family === "engines") return rulesOfEngines(context, await readPortfolioSnapshots(log));
  const totals = new FloorTotals();
  if (family === "users") return rulesOfUsers(context, totals);
  return [
    new NoLostOrder(context),
    new NoPhantom(context),
    new DuplicatesInert(context),
    // Before the rules that fill the tables it looks at.
    new ExecutedOnce(context),
    new OneTerminalState(context),
    new TradeLegs(context),
    new FloorCuts(context, totals),
    new Accounts(context, totals),
    new RejectsInert(context),
    new PriceTimePriority(context),
    new CausalityClosed(context),
    new PortfolioReplay(context, await readPortfolioSnapshots(log)),
    new InputsAccounted(context),
  ];
}

function rulesOfUsers(context: RuleContext, totals: FloorTotals): readonly Rule[] {
  return [
    new NoLostOrder(context),
    phantomsOfUsers(new NoPhantom(context)),
    new DuplicatesInert(context),
    placedOrders(context),
    tradesOfUsers(context),
    new FloorCuts(context, totals),
    new Accounts(context, totals),
    symbolsOfUsers(new RejectsInert(context)),
    causesOfUsers(new CausalityClosed(context)),
    new InputsAccounted(context),
  ];
}

function rulesOfEngines(
  context: RuleContext,
  snapshots: PortfolioSnapshots,
): readonly Rule[] {
  return [
    phantomsOfEngines(new NoPhantom(context)),
    new ExecutedOnce(context),
    statesOfOrders(new OneTerminalState(context)),
    new TradeLegs(context),
    symbolsOfEngines(new RejectsInert(context)),
    new PriceTimePriority(context),
    causesOfEngines(new CausalityClosed(context)),
    new PortfolioReplay(context, snapshots),
  ];
}

/**
 * Fills the table of trades without judging: cuts through the floor need it. That a trade's settlements
 * say what its fills said is the engines' half's to judge.
 */
function tradesOfUsers({ evidence }: RuleContext): Rule {
  const legs = new TradeLegs({ evidence, findings: new Findings({ drained: false }) });
  return { onSettlement: (derived) => legs.onSettlement(derived) };
}

/**
 * Whether each order was told to be placed. The other half knows of which orders that matters; in most
 * runs each was, and nobody has to ask.
 */
function placedOrders({ evidence: { orders }, findings }: RuleContext): Rule {
  let told = 0;
  return {
    onAnswer({ message }) {
      if (message.type !== "order-placed" || message.duplicate) return;
      const row = orders.find(message.orderNumber);
      if (row < 0 || orders.placed.get(row) === 1) return;
      orders.placed.set(row, 1);
      told++;
    },
    finish() {
      if (told < orders.size) findings.leaveOpen();
    },
  };
}

/** All but what asks whether orders were told to be placed. */
function statesOfOrders(rule: OneTerminalState): Rule {
  return { onNotice: (derived, row) => rule.onNotice(derived, row) };
}

function phantomsOfUsers(rule: NoPhantom): Rule {
  return {
    onDerived(derived) {
      if (derived.origin.topic !== ORDERS) rule.onDerived(derived);
    },
    onCancelRequested: (derived) => rule.onCancelRequested(derived),
    onCommand: (view) => rule.onCommand(view),
    onOtherRecord: (record, what) => rule.onOtherRecord(record, what),
    onUnreadable: (record, error) => rule.onUnreadable(record, error),
  };
}

function phantomsOfEngines(rule: NoPhantom): Rule {
  return {
    onDerived(derived) {
      if (derived.origin.topic === ORDERS) rule.onDerived(derived);
    },
    onNotice: (derived, row) => rule.onNotice(derived, row),
    onSettlement: (derived, row) => rule.onSettlement(derived, row),
    onUnreadable: (record, error) => rule.onUnreadable(record, error),
  };
}

function symbolsOfUsers(rule: RejectsInert): Rule {
  return {
    onAccepted: (derived) => rule.onAccepted(derived),
    onCancelRequested: (derived) => rule.onCancelRequested(derived),
    onSettlement: (derived) => rule.onSettlement(derived),
    onCommand: (view) => rule.onCommand(view),
  };
}

function symbolsOfEngines(rule: RejectsInert): Rule {
  return {
    onNotice: (derived, row) => rule.onNotice(derived, row),
    onTrade: (derived) => rule.onTrade(derived),
    onQuote: (derived) => rule.onQuote(derived),
  };
}

function causesOfUsers(rule: CausalityClosed): Rule {
  return {
    onDerived(derived) {
      if (derived.origin.topic !== ORDERS) rule.onDerived(derived);
    },
    onCommand: (view) => rule.onCommand(view),
    onOtherRecord: (record, what) => rule.onOtherRecord(record, what),
  };
}

function causesOfEngines(rule: CausalityClosed): Rule {
  return {
    onAccepted: (derived) => rule.onAccepted(derived),
    onCancelRequested: (derived) => rule.onCancelRequested(derived),
    onDerived(derived) {
      if (derived.origin.topic === ORDERS) rule.onDerived(derived);
    },
    onSettlement: (derived, row) => rule.onSettlement(derived, row),
  };
}

/** Types that a half's rules have nothing to do with, by topic. No type is in both. */
const PASSED_OVER: Readonly<
  Record<Exclude<RuleFamily, "all">, ReadonlyMap<string, readonly string[]>>
> = {
  users: new Map([
    ["notifications", ["order-filled", "order-cancelled", "cancel-missed"]],
  ]),
  engines: new Map([
    ["notifications", ["order-placed", "order-rejected", "cancel-accepted", "cancel-rejected"]],
    ["order-commands", ["place-order", "cancel-order", "deposit", "open-account"]],
  ]),
};

/** The types of a topic's messages that a family need not read. */
export function passedOver(family: RuleFamily, topic: string): readonly string[] {
  return family === "all" ? [] : PASSED_OVER[family].get(topic) ?? [];
}
