/**
 * Which rules are judged together. An audit in one thread judges them all in one pass. In two threads
 * one judges what users and the gateway do, the other what the engines do: each reads what it needs,
 * and a rule that looks at both sides looks at market data in the second.
 *
 * @module
 */

import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import { FloorTotals } from "./evidence/floor_totals.ts";
import { Findings } from "./findings.ts";
import { readPortfolioSnapshots } from "./portfolio_snapshots.ts";
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

/** The topics whose records a family judges one by one; in others it only follows along. */
export function judgesTopic(family: RuleFamily, topic: string): boolean {
  return family === "all" || (topic === MARKET) === (family === "engines");
}

/** Whether a family has to read a topic at all. */
export function readsTopic(family: RuleFamily, topic: string): boolean {
  if (family === "all") return true;
  return family === "users" ? topic !== MARKET : topic !== "intents";
}

/** The rules of a family, in the order in which they are told. */
export async function rulesOf(
  family: RuleFamily,
  context: RuleContext,
  log: EventLog,
): Promise<readonly Rule[]> {
  if (family === "engines") return rulesOfEngines(context);
  const totals = new FloorTotals();
  const snapshots = await readPortfolioSnapshots(log);
  const isAll = family === "all";
  return [
    new NoLostOrder(context),
    new NoPhantom(context),
    new DuplicatesInert(context),
    // Before the rules that fill the tables it looks at.
    ...(isAll ? [new ExecutedOnce(context)] : []),
    new OneTerminalState(context),
    isAll ? new TradeLegs(context) : tradesOfUsers(context),
    new FloorCuts(context, totals),
    new Accounts(context, totals),
    new RejectsInert(context),
    ...(isAll ? [new PriceTimePriority(context)] : []),
    new CausalityClosed(context),
    new PortfolioReplay(context, snapshots),
    new InputsAccounted(context),
  ];
}

function rulesOfEngines(context: RuleContext): readonly Rule[] {
  return [
    phantomsOfMarket(new NoPhantom(context)),
    new ExecutedOnce(context),
    statesOfOrders(context),
    new TradeLegs(context),
    symbolsOfMarket(new RejectsInert(context)),
    new PriceTimePriority(context),
    causesOfMarket(new CausalityClosed(context)),
  ];
}

/** Fills the table of trades without judging: cuts through the floor need it. */
function tradesOfUsers(context: RuleContext): Rule {
  const legs = new TradeLegs(unheard(context));
  return {
    onNotice: (derived) => legs.onNotice(derived),
    onSettlement: (derived) => legs.onSettlement(derived),
  };
}

/** Follows orders without judging: what is filled too often is seen by what is left of them. */
function statesOfOrders(context: RuleContext): Rule {
  const states = new OneTerminalState(unheard(context));
  return { onNotice: (derived, row) => states.onNotice(derived, row) };
}

function phantomsOfMarket(rule: NoPhantom): Rule {
  return {
    onDerived(derived) {
      if (derived.record.topic === MARKET) rule.onDerived(derived);
    },
    onUnreadable(record, error) {
      if (record.topic === MARKET) rule.onUnreadable(record, error);
    },
  };
}

function symbolsOfMarket(rule: RejectsInert): Rule {
  return {
    onTrade: (derived) => rule.onTrade(derived),
    onQuote: (derived) => rule.onQuote(derived),
  };
}

function causesOfMarket(rule: CausalityClosed): Rule {
  return {
    onAccepted: (derived) => rule.onAccepted(derived),
    onCancelRequested: (derived) => rule.onCancelRequested(derived),
    onDerived(derived) {
      if (derived.record.topic === MARKET) rule.onDerived(derived);
    },
  };
}

function unheard({ evidence }: RuleContext): RuleContext {
  return { evidence, findings: new Findings({ drained: false }) };
}

/** Types that the engines' rules pass over. */
const OF_USERS: Readonly<Record<string, readonly string[]>> = {
  "notifications": ["order-placed", "order-rejected", "cancel-accepted", "cancel-rejected"],
  "order-commands": ["place-order", "cancel-order", "deposit", "open-account"],
};

const OF_USERS_BY_TOPIC = new Map(
  Object.entries(OF_USERS).map(([topic, types]) =>
    [topic, types.map((type) => `{"type":"${type}",`)] as const
  ),
);

const TYPE_FIELD = '"type":';

/**
 * Whether a family has nothing to do with a record, told without reading it. Only what begins as our
 * actors and clients write it is passed over, and what could turn out to be something else is not: a
 * second `type`, or an escape that might spell one.
 */
export function passesOver(family: RuleFamily, record: LogRecord): boolean {
  if (family !== "engines") return false;
  const openings = OF_USERS_BY_TOPIC.get(record.topic);
  if (openings === undefined) return false;
  const { text } = record;
  if (text === null || !openings.some((opening) => text.startsWith(opening))) return false;
  return !text.includes("\\") && !text.includes(TYPE_FIELD, TYPE_FIELD.length);
}
