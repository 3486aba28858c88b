/**
 * What a hunt came to, for a reader and as JSON.
 *
 * @module
 */

import { formatDuration } from "../duration.ts";
import { formatFault } from "../faults/format_fault.ts";
import { formatCount } from "../report/figures.ts";
import type { Paint } from "../report/paint.ts";
import type { Exploration, FoundViolation } from "./explore.ts";
import type { PlayedWorld } from "./play_world.ts";
import { REACHED, REACHED_NAMES } from "./reached.ts";
import { statementOf } from "./violation.ts";
import type { World } from "./world.ts";

/** A violation with the smaller world that still shows it. */
export interface ShrunkViolation {
  readonly found: FoundViolation;
  /** Null: nothing smaller was looked for. */
  readonly shrunk: World | null;
  /** How many plays shrinking took. */
  readonly plays: number;
  /** Where the shrunk world is kept. */
  readonly path: string | null;
}

/** What a hunt came to. */
export interface HuntReport {
  readonly exploration: Exploration;
  readonly elapsedMs: number;
  readonly jobs: number;
  readonly interrupted: boolean;
  /** The first violation, shrunk; null when none was found. */
  readonly first: ShrunkViolation | null;
}

/** The lines of a hunt's report. */
export function renderHunt(report: HuntReport, paint: Paint): readonly string[] {
  const { exploration, first, interrupted } = report;
  const { found } = exploration;
  const others = found.slice(1).map(({ seed, played }) =>
    `  seed ${seed}: ${played.violation?.invariant ?? ""}`
  );
  return [
    ...renderReached(exploration, paint),
    "",
    ...renderFaults(exploration, paint),
    "",
    summary(report),
    ...(interrupted ? [paint("doubt", "interrupted: what was found so far")] : []),
    ...(first === null
      ? [paint("good", "no invariant was broken")]
      : renderViolation(first, paint)),
    ...(others.length === 0 ? [] : ["", paint("bad", "further seeds that broke one"), ...others]),
  ];
}

function summary({ exploration, elapsedMs, jobs }: HuntReport): string {
  const { fromSeed, tally } = exploration;
  const { seeds, records, events, virtualMs } = tally;
  const perSecond = elapsedMs === 0 ? 0 : seeds / (elapsedMs / 1_000);
  const last = fromSeed + Math.max(1, seeds) - 1;
  return `${formatCount(seeds)} ${seeds === 1 ? "seed" : "seeds"}, ${fromSeed} to ${last}, in ${
    (elapsedMs / 1_000).toFixed(1)
  } s: ` +
    `${perSecond.toFixed(1)} seeds a second with ${jobs} ${jobs === 1 ? "job" : "jobs"}; ` +
    `${formatCount(records)} records, ${formatCount(events)} events, ` +
    `${formatDuration(virtualMs)} of virtual time`;
}

function renderReached({ tally }: Exploration, paint: Paint): string[] {
  const width = Math.max(...REACHED_NAMES.map((name) => name.length));
  const counts = tally.reached;
  const seen = REACHED_NAMES.filter((name) => counts[name] !== undefined).map((name) =>
    `  ${formatCount(counts[name] ?? 0).padStart(9)}  ${name.padEnd(width)}  ` +
    paint("quiet", REACHED[name])
  );
  const never = tally.never.map((name) =>
    `  ${paint("doubt", "    never")}  ${name.padEnd(width)}  ${paint("quiet", REACHED[name])}`
  );
  return [paint("heading", "Reached"), ...seen, ...never];
}

function renderFaults({ tally }: Exploration, paint: Paint): string[] {
  const { planned, fired } = tally.allFaults;
  const parts = Object.entries(tally.faults).map(([verb, count]) =>
    `${verb} ${formatCount(count.fired)} of ${formatCount(count.planned)}`
  );
  return [
    paint("heading", `Faults: ${formatCount(fired)} of ${formatCount(planned)} planned took place`),
    `  ${parts.length === 0 ? "none was planned" : parts.join(", ")}`,
  ];
}

/** The lines about one violation. */
export function renderViolation(
  { found, shrunk, plays, path }: ShrunkViolation,
  paint: Paint,
): readonly string[] {
  const { seed, seedsPlayed, world, played } = found;
  const replays = [
    `  deno task explore --seed ${seed}`,
    ...(path === null ? [] : [`  deno task explore --seed ${seed} --plan ${path}`]),
  ];
  return [
    ...renderBroken(seed, played, paint),
    `found after ${formatCount(seedsPlayed)} ${seedsPlayed === 1 ? "seed" : "seeds"}`,
    "",
    ...(shrunk === null
      ? renderWorld(world, paint, "World")
      : renderWorld(shrunk, paint, `Shrunk world, by ${plays} plays`)),
    "",
    paint("heading", "Play it again"),
    ...replays,
  ];
}

/** What a world broke. */
export function renderBroken(seed: number, played: PlayedWorld, paint: Paint): readonly string[] {
  const { violation, violations } = played;
  if (violation === null) return [paint("good", `seed ${seed}: no invariant was broken`)];
  const claim = statementOf(violation.invariant);
  const also = violations.slice(1).map(({ invariant }) => invariant);
  return [
    paint("bad", `BROKEN by seed ${seed}: ${violation.invariant}`),
    ...(claim === null ? [] : [`  ${paint("quiet", `It claims: ${claim}.`)}`]),
    `  ${violation.text}`,
    ...violation.chain.map((line) => `    ${line}`),
    ...(also.length === 0 ? [] : [`  also broken: ${also.join(", ")}`]),
  ];
}

/** A world as a scenario would say it, as far as that matters here. */
export function renderWorld(world: World, paint: Paint, heading: string): readonly string[] {
  const { plan } = world;
  const entries = (counts: object) =>
    Object.entries(counts).filter(([, count]) => count !== 0)
      .map(([name, count]) => `${name} ${count}`).join(", ");
  const phases = plan.phases.map((phase) => {
    const rate = "ratePerSecond" in phase
      ? ` ${phase.ratePerSecond.toFixed(1)}/s`
      : "toPerSecond" in phase
      ? ` ${phase.fromPerSecond.toFixed(1)} to ${phase.toPerSecond.toFixed(1)}/s`
      : "";
    return `${phase.kind}${rate} for ${phase.durationMs} ms`;
  });
  const comings = plan.events.map(({ atMs, verb, whom }) => `${verb} ${whom} at ${atMs} ms`);
  return [
    paint("heading", heading),
    `  load        ${phases.join("; ")}`,
    `  flow        ${entries(plan.flow.mix)}`,
    `  users       ${plan.accounts.length}; symbols ${plan.symbols.length}`,
    `  instances   ${entries(plan.instances)}`,
    `  partitions  ${entries(plan.partitions)}`,
    `  limits      ${entries(plan.limits)}`,
    `  snapshots   every ${world.snapshotEveryRecords} records; session timeout ` +
    `${world.sessionTimeoutMs} ms`,
    ...(comings.length === 0 ? [] : [`  comings     ${comings.join("; ")}`]),
    plan.faults.length === 0 ? "  faults      none" : "  faults: [",
    ...plan.faults.map((fault) => `    ${formatFault(fault)},`),
    ...(plan.faults.length === 0 ? [] : ["  ],"]),
  ];
}

/** The same as data. */
export function huntAsJson(report: HuntReport): object {
  const { exploration, elapsedMs, jobs, interrupted, first } = report;
  const { fromSeed, tally, found } = exploration;
  const { seeds, records, events, virtualMs, reached, never, faults } = tally;
  return {
    fromSeed,
    seeds,
    elapsedMs,
    jobs,
    interrupted,
    records,
    events,
    virtualMs,
    faults,
    reached,
    never,
    found: found.map(({ seed, played }) => ({ seed, violations: played.violations })),
    shrunk: first === null
      ? null
      : { seed: first.found.seed, plays: first.plays, path: first.path, world: first.shrunk },
  };
}
