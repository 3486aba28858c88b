/**
 * A floor that is to be hurt: orders flow through its client meanwhile, and afterwards everything that
 * must hold is looked at.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { FloorRestarts } from "../../../actors/floor/floor_tree.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { livingActors } from "../../../actors/runtime/web_locks.ts";
import { openEventLog } from "../../../kafka/open_event_log.ts";
import {
  type EventLog,
  type Floor,
  type FloorOptions,
  OrderRejectedError,
  type RejectReason,
  seededRandom,
  startFloor,
} from "../../../mod.ts";
import { auditRun } from "../../../sim/auditor/audit_run.ts";
import type { RuleId } from "../../../sim/auditor/verdict.ts";
import { eventually } from "../../support/eventually.ts";
import { assertEqualsFoldFromZero, type Compared } from "./recovery_evidence.ts";

export const SYMBOLS = ["AAPL", "GOOGL", "IBM"];
const CASH = 100_000;
const SHARES = 1_000;

/** As many restarts as it takes, at once. */
export const TIRELESS: FloorRestarts = {
  pools: {
    maxRestarts: 100_000,
    withinMs: 1_000,
    backoff: { initialMs: 5, factor: 1, capMs: 5, resetAfterMs: 1_000 },
  },
  root: {
    maxRestarts: 0,
    withinMs: 1_000,
    backoff: { initialMs: 5, factor: 1, capMs: 5, resetAfterMs: 1_000 },
  },
};

/** Few restarts, at once: a floor that fails soon. */
export const TIRED: FloorRestarts = {
  pools: {
    maxRestarts: 2,
    withinMs: 60_000,
    backoff: { initialMs: 5, factor: 1, capMs: 5, resetAfterMs: 60_000 },
  },
  root: {
    maxRestarts: 1,
    withinMs: 60_000,
    backoff: { initialMs: 5, factor: 1, capMs: 5, resetAfterMs: 60_000 },
  },
};

/** A floor, its folder, and what it told. */
export interface Stage {
  readonly floor: Floor;
  readonly directory: string;
  readonly events: readonly RuntimeEvent[];
}

/** Users of the floors here. */
export const USERS = Array.from({ length: 12 }, (_, n) => `user-${n}`);

/** Runs `work` with a folder of its own, removed afterwards. */
export async function withFolder<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await Deno.makeTempDir({ prefix: "outcry-recovery-" });
  try {
    return await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

let stages = 0;

/** Starts a floor of users with cash and shares, runs `work`, and stops it. */
export async function onStage(
  directory: string,
  options: Partial<FloorOptions>,
  work: (stage: Stage) => Promise<void>,
): Promise<void> {
  const events: RuntimeEvent[] = [];
  const runId = `recovery-${++stages}`;
  const floor = await startFloor({
    log: "embedded",
    directory,
    runId,
    symbols: SYMBOLS,
    accounts: USERS.map((userId) => ({
      userId,
      cash: CASH,
      holdings: Object.fromEntries(SYMBOLS.map((symbol) => [symbol, SHARES])),
    })),
    restarts: TIRELESS,
    onEvent: (event) => events.push(event),
    ...options,
  });
  try {
    await work({ floor, directory, events });
  } finally {
    await floor.stop();
    // Worker threads end a moment after they are told to; hung ones when they stop spinning.
    await eventually("every worker has ended", () => noneLiving(runId), 20_000);
  }
}

/** Whether no worker of a run is left. */
export async function noneLiving(runId: string): Promise<boolean> {
  return (await livingActors(`actor:${runId}`)).length === 0;
}

/** What became of an order. */
export type Outcome = "placed" | RejectReason;

/** Sends so many orders at random prices around one, `pace` at a time, and collects every answer. */
export function trade(floor: Floor, options: Trading): Promise<readonly Outcome[]> {
  const outcomes = sendAll(floor, options);
  // Awaited once its floor has been hurt; a test that fails before then fails for that reason.
  outcomes.catch(() => {});
  return outcomes;
}

interface Trading {
  readonly name: string;
  readonly orders: number;
  readonly pace?: number;
}

async function sendAll(floor: Floor, options: Trading): Promise<readonly Outcome[]> {
  const { name, orders, pace = 20 } = options;
  const random = seededRandom(7, name);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const outcomes: Promise<Outcome>[] = [];
  while (outcomes.length < orders) {
    const batch = Array.from(
      { length: Math.min(pace, orders - outcomes.length) },
      (_, n): Promise<Outcome> =>
        floor.orders.sendOrder({
          orderId: `${name}-${outcomes.length + n}`,
          userId: pick(USERS),
          symbol: pick(SYMBOLS),
          quantity: 1 + Math.floor(random() * 20),
          side: random() < 0.5 ? "buy" : "sell",
          price: 100 + Math.floor(random() * 10 - 5) / 2,
        }).then(() => "placed", reasonOf),
    );
    // Told at the end, when all are awaited.
    for (const outcome of batch) outcome.catch(() => {});
    outcomes.push(...batch);
    await batch[0];
  }
  return await Promise.all(outcomes);
}

function reasonOf(error: unknown): RejectReason {
  if (error instanceof OrderRejectedError) return error.reason;
  throw error; // No answer at all: the order is lost.
}

/** The users' cash and shares are what they opened with, though in other hands. */
export async function assertConserved(floor: Floor): Promise<void> {
  let cash = 0;
  const shares = new Map<string, number>();
  for (const user of USERS) {
    const portfolio = await floor.portfolio(user);
    assert.ok(portfolio !== null, `${user} has no portfolio`);
    cash += portfolio.cash;
    for (const { symbol, quantity } of portfolio.positions) {
      shares.set(symbol, (shares.get(symbol) ?? 0) + quantity);
    }
  }
  assert.equal(Math.round(cash * 100), USERS.length * CASH * 100);
  for (const symbol of SYMBOLS) assert.equal(shares.get(symbol), USERS.length * SHARES, symbol);
}

/** The run's log, after its floor has been stopped at rest: judged, and folded from zero. */
export async function assertSound(
  directory: string,
  options: { readonly except?: readonly RuleId[] } = {},
): Promise<Compared> {
  await using log = await openEventLog(
    { kind: "embedded", path: join(directory, "log.sqlite") },
    { create: false },
  );
  return await assertSoundLog(log, directory, options);
}

/** What one run's log alone says nothing of. */
const NOT_OF_ONE_LOG: readonly RuleId[] = ["determinism", "auditor-works"];

/** The same of any log; `directory` has the audit log. */
export async function assertSoundLog(
  log: EventLog,
  directory: string,
  options: { readonly except?: readonly RuleId[] } = {},
): Promise<Compared> {
  const report = await auditRun(log, { auditFolder: join(directory, "audit") });
  const except = [...NOT_OF_ONE_LOG, ...options.except ?? []];
  const wrong = report.verdicts.filter(({ rule, status }) =>
    status !== "held" && !except.includes(rule)
  );
  assert.deepEqual(wrong, []);
  return await assertEqualsFoldFromZero(log);
}
