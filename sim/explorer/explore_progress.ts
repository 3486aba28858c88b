/**
 * How a hunt is getting on: one line, redrawn on a terminal, every few seconds elsewhere.
 *
 * @module
 */

import { formatCount } from "../report/figures.ts";
import type { Exploration } from "./explore.ts";
import { REACHED_NAMES } from "./reached.ts";

/** Between two lines where there is no terminal, and between two drawings of one. */
const EVERY_MS = { terminal: 200, elsewhere: 5_000 } as const;

const CLEAR_LINE = "\r\x1b[2K";

/** Where progress is written to. */
export interface ExploreProgressTarget {
  readonly write: (text: string) => void;
  readonly isTerminal: boolean;
  /** Milliseconds of a clock that does not step back. */
  readonly now: () => number;
}

/** Writes it. It has no timer: whoever plays calls it. */
export class ExploreProgress {
  readonly #target: ExploreProgressTarget;
  readonly #startedAt: number;
  #writtenAt: number;
  #isDrawn = false;

  constructor(target: ExploreProgressTarget) {
    this.#target = target;
    this.#startedAt = target.now();
    this.#writtenAt = this.#startedAt;
  }

  /** Shows how far it is, unless it was shown a moment ago. */
  update(exploration: Exploration): void {
    const { now, isTerminal, write } = this.#target;
    const at = now();
    if (at - this.#writtenAt < EVERY_MS[isTerminal ? "terminal" : "elsewhere"]) return;
    this.#writtenAt = at;
    const line = renderProgress(exploration, at - this.#startedAt);
    write(isTerminal ? CLEAR_LINE + line : `${line}\n`);
    this.#isDrawn = isTerminal;
  }

  /** Says something that stays. */
  say(text: string): void {
    this.finish();
    this.#target.write(`${text}\n`);
  }

  /** Takes the line away. */
  finish(): void {
    if (this.#isDrawn) this.#target.write(CLEAR_LINE);
    this.#isDrawn = false;
  }
}

/** The line. */
export function renderProgress(
  { fromSeed, tally, found }: Exploration,
  elapsedMs: number,
): string {
  const { seeds, never } = tally;
  const { planned, fired } = tally.allFaults;
  const perSecond = elapsedMs === 0 ? 0 : seeds / (elapsedMs / 1_000);
  return `${formatCount(seeds)} seeds from ${fromSeed}, ${perSecond.toFixed(1)}/s, ` +
    `${formatCount(fired)} of ${formatCount(planned)} faults, ` +
    `reached ${REACHED_NAMES.length - never.length} of ${REACHED_NAMES.length}, ` +
    `${found.length} broken`;
}
