/**
 * Shows progress: a bar that is redrawn in place on a terminal, a line a second elsewhere.
 *
 * @module
 */

import { answerRate, type ProgressSnapshot, renderBar, renderLine } from "./progress.ts";
import type { Paint } from "./report/paint.ts";

/** How often the runner should call {@link ProgressWriter.update}. */
export const UPDATE_EVERY_MS = 100;

/** Between two lines where there is no terminal. */
export const LINE_EVERY_MS = 1_000;

/** Rates are taken over at least so long, so that they do not flicker. */
const RATE_OVER_MS = 500;

/** Where progress goes and what it may look like. */
export interface ProgressTarget {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** The terminal's width now. */
  readonly columns: () => number;
  readonly paint: Paint;
}

const CLEAR_LINE = "\r\x1b[2K";

/** Writes snapshots as they come. It has no timer: whoever has the numbers calls it. */
export class ProgressWriter {
  readonly #target: ProgressTarget;
  #rateFrom: ProgressSnapshot | null = null;
  #rate: number | null = null;
  #lastLineAt: number | null = null;
  #drawn = false;

  constructor(target: ProgressTarget) {
    this.#target = target;
  }

  /** Shows a snapshot, or leaves it out when a line was written less than a second ago. */
  update(snapshot: ProgressSnapshot): void {
    this.#takeRate(snapshot);
    if (this.#target.isTerminal) {
      this.#draw(snapshot);
      return;
    }
    const due = this.#lastLineAt === null ||
      snapshot.elapsedMs - this.#lastLineAt >= LINE_EVERY_MS;
    if (!due) return;
    this.#lastLineAt = snapshot.elapsedMs;
    this.#target.write(`${renderLine(snapshot, this.#rate)}\n`);
  }

  /** Says something that stays: it is written above the bar. */
  say(text: string): void {
    const clear = this.#drawn ? CLEAR_LINE : "";
    this.#drawn = false;
    this.#target.write(`${clear}${text}\n`);
  }

  /** Takes the bar away. What is written afterwards starts on a line of its own. */
  finish(): void {
    if (this.#drawn) this.#target.write(CLEAR_LINE);
    this.#drawn = false;
  }

  #draw(snapshot: ProgressSnapshot): void {
    const { columns, paint, write } = this.#target;
    // One column is left free: a terminal that is filled to the edge goes on to the next line.
    const line = renderBar(snapshot, { rate: this.#rate, columns: columns() - 1, paint });
    write(CLEAR_LINE + line);
    this.#drawn = true;
  }

  #takeRate(snapshot: ProgressSnapshot): void {
    const from = this.#rateFrom;
    if (from !== null && snapshot.elapsedMs - from.elapsedMs < RATE_OVER_MS) return;
    if (from !== null) this.#rate = answerRate(from, snapshot);
    this.#rateFrom = snapshot;
  }
}
