/**
 * When orders arrive: an open model. Arrivals are drawn from the load's phases alone and never wait
 * for what became of those before.
 *
 * @module
 */

import { type Random, seededRandom } from "../seeded_random.ts";

/** `poisson`: independent of one another, as users are. `uniform`: evenly spaced. */
export type ArrivalProcess = "poisson" | "uniform";

/** A stretch of the session's load. */
export type Phase =
  | {
    /** A steady rate. A `burst` is one too: the word tells a reader what a high one is for. */
    readonly kind: "constant" | "burst";
    readonly ratePerSecond: number;
    readonly durationMs: number;
    /** Default `poisson`. */
    readonly arrivals?: ArrivalProcess;
  }
  | {
    /** A rate that goes from one value to another in a straight line. */
    readonly kind: "ramp";
    readonly fromPerSecond: number;
    readonly toPerSecond: number;
    readonly durationMs: number;
    /** Default `poisson`. */
    readonly arrivals?: ArrivalProcess;
  }
  | { readonly kind: "silence"; readonly durationMs: number };

/** What {@link ArrivalSchedule.next} gives after the last arrival. */
export const NO_MORE_ARRIVALS = -1;

/** The highest rate of a phase, and the most phases. */
export const MAX_RATE_PER_SECOND = 10_000_000;
export const MAX_PHASES = 10_000;

/** Milliseconds from the session's start to the end of its last phase. */
export function loadDurationMs(phases: readonly Phase[]): number {
  return phases.reduce((sum, phase) => sum + phase.durationMs, 0);
}

/** How many arrivals the phases bring: on average, or to within one a phase when they are uniform. */
export function expectedArrivals(phases: readonly Phase[]): number {
  return phases.reduce((sum, phase) => {
    const [from, to] = ratesOf(phase);
    return sum + ((from + to) / 2) * (phase.durationMs / 1000);
  }, 0);
}

/**
 * The arrivals of a load, one after the other, in whole milliseconds after the session's start. The
 * same phases and seed give the same arrivals; arrival k is reached by passing over those before it,
 * at some ten million a second.
 *
 * Both processes go through the expected count L(t), the area under the rate up to t. Arrivals come
 * where it reaches 0, 1, 2, ... (uniform), or the sums of exponential gaps `-ln(1 - u)` of mean one
 * (Poisson; the time-change theorem: Cinlar, "Introduction to Stochastic Processes" (1975), 4.7, which
 * for a steady rate r gives the exponential gaps `-ln(1 - u) / r`). For a rate going from a to b within
 * D, L is a parabola and `t = 2 L / (a + sqrt(a^2 + 2 L (b - a) / D))`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ArrivalSchedule } from "./arrivals.ts";
 * const schedule = new ArrivalSchedule([
 *   { kind: "silence", durationMs: 500 },
 *   { kind: "constant", ratePerSecond: 2, durationMs: 1000, arrivals: "uniform" },
 * ], 42);
 * assert.deepEqual([schedule.next(), schedule.next(), schedule.next()], [500, 1000, -1]);
 * ```
 */
export class ArrivalSchedule {
  readonly #phases: readonly CompiledPhase[];
  #phase = -1;
  /** L at the latest arrival of the phase; the first uniform arrival is where L is 0. */
  #area = 0;
  #random: Random = () => 0;
  readonly #seed: number;

  /** @throws {RangeError} for phases that make no load */
  constructor(phases: readonly Phase[], seed: number) {
    checkPhases(phases);
    let startMs = 0;
    this.#phases = phases.map((phase) => {
      const compiled = compile(phase, startMs);
      startMs += phase.durationMs;
      return compiled;
    });
    this.#seed = seed;
    this.#enter(0);
  }

  /** The next arrival, in whole milliseconds after the start, or {@link NO_MORE_ARRIVALS}. */
  next(): number {
    for (;;) {
      const phase = this.#phases[this.#phase];
      if (phase === undefined) return NO_MORE_ARRIVALS;
      this.#area += phase.poisson ? -Math.log(1 - this.#random()) : 1;
      if (this.#area < phase.total) return Math.floor(phase.startMs + timeOf(this.#area, phase));
      this.#enter(this.#phase + 1);
    }
  }

  /** Passes over `count` arrivals. */
  skip(count: number): void {
    for (let i = 0; i < count; i++) if (this.next() === NO_MORE_ARRIVALS) return;
  }

  #enter(phase: number): void {
    this.#phase = phase;
    this.#area = this.#phases[phase]?.poisson === false ? -1 : 0;
    this.#random = seededRandom(this.#seed, "arrivals", phase);
  }
}

/**
 * One instance's part of a schedule that several share: arrival k is instance `k % instances`'s, so
 * that together they send every arrival, and each of them once.
 */
export class InstanceArrivals {
  readonly #schedule: ArrivalSchedule;
  readonly #instances: number;
  readonly #skipFirst: number;
  #started = false;

  /** @param options `from`: the instance's own count of the first arrival wanted. Default 0. */
  constructor(
    schedule: ArrivalSchedule,
    options: { readonly instance: number; readonly instances: number; readonly from?: number },
  ) {
    const { instance, instances, from = 0 } = options;
    if (!Number.isSafeInteger(instances) || instances < 1) {
      throw new RangeError(`Cannot share arrivals: ${instances} instances`);
    }
    if (!Number.isSafeInteger(instance) || instance < 0 || instance >= instances) {
      throw new RangeError(`Cannot share arrivals: instance ${instance} of ${instances}`);
    }
    this.#schedule = schedule;
    this.#instances = instances;
    this.#skipFirst = from * instances + instance;
  }

  /** The instance's next arrival, as {@link ArrivalSchedule.next}. */
  next(): number {
    this.#schedule.skip(this.#started ? this.#instances - 1 : this.#skipFirst);
    this.#started = true;
    return this.#schedule.next();
  }
}

interface CompiledPhase {
  readonly startMs: number;
  readonly durationMs: number;
  readonly poisson: boolean;
  /** Arrivals per ms at the phase's start, and how much that grows per ms. */
  readonly rate: number;
  readonly growth: number;
  /** Expected arrivals of the whole phase. */
  readonly total: number;
}

function compile(phase: Phase, startMs: number): CompiledPhase {
  const [from, to] = ratesOf(phase);
  const { durationMs } = phase;
  return {
    startMs,
    durationMs,
    poisson: phase.kind !== "silence" && (phase.arrivals ?? "poisson") === "poisson",
    rate: from / 1000,
    growth: durationMs === 0 ? 0 : (to - from) / 1000 / durationMs,
    total: ((from + to) / 2000) * durationMs,
  };
}

function timeOf(area: number, { rate, growth, durationMs }: CompiledPhase): number {
  if (area <= 0) return 0;
  if (growth === 0) return area / rate;
  const root = Math.sqrt(Math.max(0, rate * rate + 2 * growth * area));
  return Math.min(durationMs, (2 * area) / (rate + root));
}

function ratesOf(phase: Phase): readonly [number, number] {
  switch (phase.kind) {
    case "ramp":
      return [phase.fromPerSecond, phase.toPerSecond];
    case "silence":
      return [0, 0];
    default:
      return [phase.ratePerSecond, phase.ratePerSecond];
  }
}

/** @throws {RangeError} naming the phase, from 1, and what is wrong with it */
export function checkPhases(phases: readonly Phase[]): void {
  if (phases.length > MAX_PHASES) {
    throw new RangeError(
      `Cannot schedule arrivals: ${phases.length} phases, ${MAX_PHASES} allowed`,
    );
  }
  phases.forEach((phase, i) => {
    const fail = (why: string) => {
      throw new RangeError(`Cannot schedule arrivals: phase ${i + 1} (${phase.kind}): ${why}`);
    };
    if (!Number.isSafeInteger(phase.durationMs) || phase.durationMs < 0) {
      fail(`durationMs is ${phase.durationMs}, not a whole number of 0 or more`);
    }
    for (const rate of ratesOf(phase)) {
      if (!(rate >= 0 && rate <= MAX_RATE_PER_SECOND)) {
        fail(`rate ${rate} is not between 0 and ${MAX_RATE_PER_SECOND} a second`);
      }
    }
  });
}
