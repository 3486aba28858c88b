/**
 * An order book as a ladder: asks above, bids below, the best prices in the middle.
 *
 * @module
 */

import type { Step } from "../../actor_log/step.ts";
import type { Ladder, LadderLevel } from "../../actor_log/views/state_view.ts";
import { priceOfTicks } from "../../actor_log/views/units.ts";
import { type Line, lineOf, wrapLine } from "../screen/line.ts";
import { widthOf } from "../screen/text_width.ts";

/** Columns of each figure, so that the ladder stands still from step to step. */
const FIGURE_COLUMNS = 8;

type Side = "asks" | "bids";

/** The book of a step, as it is after it; levels that the step changed say what they were. */
export function bookPanel(step: Step, width: number): readonly Line[] {
  const ladder = step.after?.ladder ?? step.before?.ladder;
  if (ladder === undefined) {
    return wrapLine(
      "No book here: books are the trading engine's. Its steps are those on records of orders.",
      { width },
    );
  }
  return ladderLines(ladder, { before: step.before?.ladder ?? null, width });
}

/** A ladder's lines; `before` is the ladder to compare with. */
export function ladderLines(
  ladder: Ladder,
  { before, width }: { readonly before: Ladder | null; readonly width: number },
): readonly Line[] {
  const { symbol, asks, bids, hiddenAsks, hiddenBids, tickSize } = ladder;
  const levels = (side: Side) => ({ ladder, before, side, width });
  return [
    ...wrapLine(`book ${symbol}`, { width, tone: "heading" }),
    lineOf(
      `${"bid lots".padStart(FIGURE_COLUMNS)} ${"price".padStart(FIGURE_COLUMNS + 2)} ${
        "ask lots".padStart(FIGURE_COLUMNS)
      }  orders`,
      "quiet",
    ),
    ...moreLine(hiddenAsks, "ask"),
    ...levelLines(asks, levels("asks")).toReversed(),
    ...goneLines(levels("asks")),
    lineOf(spreadText(bids[0], asks[0], tickSize), "quiet"),
    ...goneLines(levels("bids")),
    ...levelLines(bids, levels("bids")),
    ...moreLine(hiddenBids, "bid"),
  ];
}

interface LevelContext {
  readonly ladder: Ladder;
  readonly before: Ladder | null;
  readonly side: Side;
  readonly width: number;
}

function levelLines(levels: readonly LadderLevel[], context: LevelContext): readonly Line[] {
  return levels.map((level): Line => [
    { text: figures(level, context), tone: context.side === "asks" ? "bad" : "good" },
    { text: `  ${changedText(level, context)}${ordersText(level, context)}` },
  ]);
}

function figures({ lots, priceTicks }: LadderLevel, { ladder, side }: LevelContext): string {
  const count = String(lots).padStart(FIGURE_COLUMNS);
  const none = " ".repeat(FIGURE_COLUMNS);
  const price = priceOfTicks(ladder.tickSize, priceTicks).padStart(FIGURE_COLUMNS + 2);
  return side === "asks" ? `${none} ${price} ${count}` : `${count} ${price} ${none}`;
}

/** What the step made of a level: `new `, `was 12 `, or nothing. */
function changedText({ priceTicks, lots }: LadderLevel, { before, side }: LevelContext): string {
  if (before === null) return "";
  const was = before[side].find((level) => level.priceTicks === priceTicks);
  if (was !== undefined) return was.lots === lots ? "" : `was ${was.lots}; `;
  return isCutBefore(before, side, priceTicks) ? "" : "new; ";
}

/** Whether a level lies beyond those that were listed, so that nobody knows whether it was there. */
function isCutBefore(before: Ladder, side: Side, priceTicks: number): boolean {
  const hidden = side === "asks" ? before.hiddenAsks : before.hiddenBids;
  const last = before[side].at(-1)?.priceTicks;
  if (hidden === 0 || last === undefined) return false;
  return side === "asks" ? priceTicks > last : priceTicks < last;
}

/** Levels that the step emptied: those that were better than what is there now, or all there was. */
function goneLines({ ladder, before, side }: LevelContext): readonly Line[] {
  if (before === null) return [];
  const there = new Set(ladder[side].map(({ priceTicks }) => priceTicks));
  const worst = ladder[side].at(-1)?.priceTicks;
  const gone = before[side].filter(({ priceTicks }) =>
    !there.has(priceTicks) &&
    (worst === undefined || (side === "asks" ? priceTicks < worst : priceTicks > worst))
  );
  const lines = gone.map(({ priceTicks, lots }) => {
    const pad = " ".repeat(FIGURE_COLUMNS);
    const price = priceOfTicks(ladder.tickSize, priceTicks).padStart(FIGURE_COLUMNS + 2);
    return lineOf(`${pad} ${price} ${pad}  gone, was ${lots}`, "quiet");
  });
  return side === "asks" ? lines.toReversed() : lines;
}

/** From so many columns on, it is named who rests at a level. */
const NAMES_FROM_COLUMNS = 60;

/** Who rests at a level, in the order in which they will trade. */
function ordersText({ orders, orderCount }: LadderLevel, { width }: LevelContext): string {
  if (width < NAMES_FROM_COLUMNS) return orderCount === 1 ? "1 order" : `${orderCount} orders`;
  const named = orders.map(({ userId, orderId, lots }) => `${userId}/${orderId} x ${lots}`);
  const rest = orderCount - orders.length;
  return named.join(", ") + (rest > 0 ? `, and ${rest} more` : "");
}

function spreadText(
  bid: LadderLevel | undefined,
  ask: LadderLevel | undefined,
  tickSize: number,
): string {
  const pad = " ".repeat(FIGURE_COLUMNS + 1);
  if (bid === undefined && ask === undefined) return `${pad}nobody bids, nobody asks`;
  if (bid === undefined) return `${pad}nobody bids`;
  if (ask === undefined) return `${pad}nobody asks`;
  const spread = priceOfTicks(tickSize, ask.priceTicks - bid.priceTicks);
  const text = `spread ${spread}`;
  return pad + text.padStart(Math.max(FIGURE_COLUMNS + 2, widthOf(text)));
}

function moreLine(count: number, side: "ask" | "bid"): readonly Line[] {
  if (count === 0) return [];
  const levels = count === 1 ? "level" : "levels";
  return [lineOf(`${" ".repeat(FIGURE_COLUMNS + 1)}${count} ${side} ${levels} beyond`, "quiet")];
}
