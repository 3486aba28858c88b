/**
 * When a session's phases begin, how fast they go, and how both are scaled.
 *
 * @module
 */

import type { ScenarioPhase } from "./scenario_schema.ts";
import type { PlannedPhase } from "./session_plan.ts";

/** The highest rate of a phase, in commands a second. */
export function peakRateOf(phase: ScenarioPhase | PlannedPhase): number {
  switch (phase.kind) {
    case "silence":
      return 0;
    case "ramp":
      return Math.max(phase.fromPerSecond, phase.toPerSecond);
    default:
      return phase.ratePerSecond;
  }
}

/** How a session differs from its script. 1 changes nothing. */
export interface Pace {
  readonly rateFactor: number;
  readonly timeFactor: number;
}

/**
 * Phases one after the other, at a pace. They begin and end at whole milliseconds: their boundaries are
 * rounded, not their lengths, so that what is rounded off does not add up.
 */
export function planPhases(
  phases: readonly ScenarioPhase[],
  pace: Pace,
): readonly PlannedPhase[] {
  let scripted = 0;
  let startsAtMs = 0;
  return phases.map((phase) => {
    scripted += phase.duration;
    const endsAtMs = Math.round(scripted * pace.timeFactor);
    const time = { name: phase.name, startsAtMs, durationMs: endsAtMs - startsAtMs };
    startsAtMs = endsAtMs;
    return planPhase(phase, time, pace.rateFactor);
  });
}

function planPhase(
  phase: ScenarioPhase,
  time: Pick<PlannedPhase, "name" | "startsAtMs" | "durationMs">,
  rateFactor: number,
): PlannedPhase {
  if (phase.kind === "silence") return { ...time, kind: "silence" };
  const { arrivals } = phase;
  if (phase.kind === "ramp") {
    return {
      ...time,
      kind: "ramp",
      fromPerSecond: phase.fromPerSecond * rateFactor,
      toPerSecond: phase.toPerSecond * rateFactor,
      arrivals,
    };
  }
  return { ...time, kind: phase.kind, ratePerSecond: phase.ratePerSecond * rateFactor, arrivals };
}
