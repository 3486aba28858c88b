/**
 * Progress while a session is played, as text.
 *
 * @module
 */

import { bar, formatCount, formatRate } from "./report/figures.ts";
import type { Paint } from "./report/paint.ts";
import { clip } from "./report/wrap.ts";

/** Where a session stands. */
export interface ProgressSnapshot {
  readonly elapsedMs: number;
  /** How long the script is. */
  readonly plannedMs: number;
  /** The phase under way, or what else is being done, as `draining`. */
  readonly phase: string;
  /** Orders. */
  readonly intended: number;
  /** Commands acknowledged by the log. */
  readonly sent: number;
  /** Orders. */
  readonly answered: number;
  readonly trades: number;
  /** Records that no group has processed yet. */
  readonly lag: number;
  readonly restarts: number;
}

/** Orders answered a second between two snapshots; null when no time has passed. */
export function answerRate(
  before: Pick<ProgressSnapshot, "elapsedMs" | "answered">,
  after: Pick<ProgressSnapshot, "elapsedMs" | "answered">,
): number | null {
  const ms = after.elapsedMs - before.elapsedMs;
  return ms > 0 ? Math.max(0, 1_000 * (after.answered - before.answered) / ms) : null;
}

const BAR_CELLS = 20;

/** One line for a terminal, at most `columns` wide. */
export function renderBar(
  snapshot: ProgressSnapshot,
  { rate, columns, paint }: {
    readonly rate: number | null;
    readonly columns: number;
    readonly paint: Paint;
  },
): string {
  const share = snapshot.plannedMs === 0 ? 1 : snapshot.elapsedMs / snapshot.plannedMs;
  const filled = bar(share, BAR_CELLS);
  const rest = "░".repeat(Math.max(0, BAR_CELLS - filled.length));
  const text = clip(describeProgress(snapshot, rate), Math.max(0, columns - BAR_CELLS - 1));
  return `${paint("good", filled)}${paint("quiet", rest)} ${text}`;
}

/** One line for a file or a pipe. */
export function renderLine(snapshot: ProgressSnapshot, rate: number | null): string {
  return describeProgress(snapshot, rate);
}

function describeProgress(snapshot: ProgressSnapshot, rate: number | null): string {
  const elapsed = (snapshot.elapsedMs / 1_000).toFixed(1);
  const planned = (snapshot.plannedMs / 1_000).toFixed(1);
  const facts = [
    `${elapsed.padStart(planned.length)}/${planned} s ${snapshot.phase}`,
    `${formatCount(snapshot.answered)} of ${formatCount(snapshot.intended)} orders answered`,
    ...(rate === null ? [] : [`${formatRate(rate)}/s`]),
    `${formatCount(snapshot.trades)} trades`,
    `lag ${formatCount(snapshot.lag)}`,
    ...(snapshot.restarts > 0 ? [`restarts ${formatCount(snapshot.restarts)}`] : []),
    `${formatCount(snapshot.sent)} sent`,
  ];
  return facts.join(" · ");
}
