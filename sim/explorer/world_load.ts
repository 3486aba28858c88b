/**
 * What a world trades, who trades, and how much: symbols, accounts, mix and phases.
 *
 * @module
 */

import { FLOW_KINDS, type FlowKind } from "../../actors/order_command_producer/options.ts";
import { DEFAULT_GATEWAY_LIMITS, type GatewayLimits } from "../../kafka/messages/mod.ts";
import type { PlannedAccount, PlannedPhase, PlannedSymbol, SessionPlan } from "../session_plan.ts";
import type { Dice } from "./dice.ts";

const SYMBOLS = ["AAPL", "GOOGL", "IBM", "TSLA", "ZX"] as const;

/** Commands of one world: few enough that many worlds fit into a minute. */
const COMMANDS = { least: 30, most: 800 } as const;

/** Virtual length of a session. */
const SESSION_MS = { least: 1_000, most: 8_000 } as const;

/** Symbols with steps of different sizes, quiet and wild prices. */
export function drawSymbols(dice: Dice): PlannedSymbol[] {
  return SYMBOLS.slice(0, dice.whole(1, SYMBOLS.length)).map((symbol) => {
    const price = dice.pick([1, 20, 100, 1_000]);
    return {
      symbol,
      tickSize: dice.pick([0.01, 0.05, 1]),
      lotSize: dice.pick([1, 10, 0.5]),
      referencePrice: price,
      weight: dice.whole(1, 4),
      prices: {
        model: "gbm",
        startPrice: price,
        drift: 0,
        volatility: dice.pick([0, 0.3, 2]),
        jumpsPerYear: dice.pick([0, 12]),
        jumpMean: 0,
        jumpDeviation: 0.05,
        timeScale: 3_600,
        ticksPerSecond: dice.whole(1, 10),
      },
    };
  });
}

/** Users; in some worlds few, in some poor, so that funds run out. */
export function drawAccounts(dice: Dice, symbols: readonly PlannedSymbol[]): PlannedAccount[] {
  const poor = dice.percent(35);
  return Array.from({ length: dice.scale(1, 24) }, (_, n) => ({
    userId: `user-${n}`,
    cash: poor ? dice.scale(1, 2_000) : dice.scale(1_000, 1_000_000),
    holdings: Object.fromEntries(
      dice.some(symbols, poor ? 40 : 90).map(({ symbol, lotSize }) => [
        symbol,
        lotSize * dice.scale(1, poor ? 20 : 5_000),
      ]),
    ),
  }));
}

/** The gateway's limits: those of every day, or some so tight that they are met. */
export function drawLimits(dice: Dice): GatewayLimits {
  const tight = <T>(share: number, otherwise: T, draw: () => T) =>
    dice.percent(share) ? draw() : otherwise;
  const usual = DEFAULT_GATEWAY_LIMITS;
  return {
    ordersPerSecond: tight(25, usual.ordersPerSecond, () => dice.scale(2, 60)),
    orderBurst: tight(25, usual.orderBurst, () => dice.scale(1, 30)),
    liveOrdersPerUser: tight(20, usual.liveOrdersPerUser, () => dice.scale(2, 40)),
    answersPerUser: tight(40, usual.answersPerUser, () => dice.scale(1, 40)),
    answerHorizonMs: tight(30, usual.answerHorizonMs, () => dice.scale(20, 3_000)),
    fingerprintsPerUser: tight(15, usual.fingerprintsPerUser, () => dice.scale(10, 120)),
  };
}

/** What is sent: limit orders always, each other kind in some worlds only. */
export function drawFlow(
  dice: Dice,
  accounts: readonly PlannedAccount[],
): SessionPlan["flow"] {
  const weights: Readonly<Record<FlowKind, readonly [chance: number, most: number]>> = {
    limit: [100, 10],
    market: [60, 5],
    cancel: [70, 6],
    deposit: [50, 2],
    duplicate: [65, 5],
    conflict: [50, 3],
    invalidSymbol: [30, 1],
    invalidField: [30, 1],
    malformed: [30, 1],
    flood: [15, 6],
  };
  const mix = Object.fromEntries(FLOW_KINDS.map((kind) => {
    const [chance, most] = weights[kind];
    return [kind, dice.percent(chance) ? dice.whole(1, most) : 0];
  })) as Record<FlowKind, number>; // Object.fromEntries forgets which keys it was given.
  return {
    mix,
    marketableShare: dice.pick([0, 0.2, 0.5, 0.9]),
    meanOffsetTicks: dice.pick([1, 3, 10]),
    meanLots: dice.pick([1, 5, 20]),
    maxLots: 100,
    protectedShare: dice.pick([0, 0.5, 1]),
    maxDeposit: dice.pick([10, 1_000, 100_000]),
    ...(mix.flood === 0 ? {} : { floodingUser: accounts[0]!.userId }), // There is at least one.
  };
}

/** One to four phases, each steady, rising, bursting or silent; the first is never silent. */
export function drawPhases(dice: Dice): PlannedPhase[] {
  const totalMs = dice.scale(SESSION_MS.least, SESSION_MS.most);
  const commands = dice.scale(COMMANDS.least, COMMANDS.most);
  const count = dice.whole(1, 4);
  const durationMs = Math.floor(totalMs / count);
  const perSecond = commands / (totalMs / 1_000);
  const arrivals = () => dice.pick(["poisson", "uniform"]);
  return Array.from({ length: count }, (_, n): PlannedPhase => {
    const time = { name: `phase-${n}`, startsAtMs: n * durationMs, durationMs };
    const kind = dice.pick(
      n === 0 ? ["constant", "burst"] : [
        "constant",
        "constant",
        "ramp",
        "burst",
        "silence",
      ],
    );
    switch (kind) {
      case "silence":
        return { ...time, kind };
      case "constant":
        return { ...time, kind, ratePerSecond: perSecond, arrivals: arrivals() };
      case "burst":
        return { ...time, kind, ratePerSecond: perSecond * 2, arrivals: arrivals() };
      case "ramp":
        return {
          ...time,
          kind,
          fromPerSecond: 0,
          toPerSecond: perSecond * 2,
          arrivals: arrivals(),
        };
    }
  });
}
