/**
 * Playing a session: start the floor, let the sources run, let happen what the script says, wait until
 * everything has been worked off, measure, stop, audit.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { FloorFailedError } from "../../actors/floor/floor_failed_error.ts";
import { startFloor } from "../../actors/floor/start_floor.ts";
import { type Clock, systemClock } from "../../actors/runtime/clock.ts";
import type { MetricRegistry } from "../../actors/telemetry/metric_registry.ts";
import { type MetricsEndpoint, serveMetrics } from "../../actors/telemetry/serve_metrics.ts";
import { CONSUMER_ROLES, type ConsumerRole } from "../../actors/topology.ts";
import { auditSession } from "./audit_session.ts";
import { sessionMetrics } from "../observability/session_metrics.ts";
import type { ProgressSnapshot } from "../progress.ts";
import { orderProducerOptions } from "../producer_options.ts";
import type { FloorObservation, ReportInput } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { writeManifest } from "../run_manifest.ts";
import { RuntimeEventFile } from "../runtime_event_file.ts";
import type { SessionPlan } from "../session_plan.ts";
import { drain } from "./drain.ts";
import { asFailure, failureTold, whyFailed } from "./failures.ts";
import { FloorWatch } from "./floor_watch.ts";
import { lastIntendedAt } from "./resume_point.ts";
import type { LogFaults } from "./log_faults.ts";
import { SessionEvents } from "./session_events.ts";
import { SessionLog } from "./session_log.ts";
import { SessionMeter } from "./session_meter.ts";
import { SessionProgress } from "./session_progress.ts";
import { Sources } from "./sources.ts";

/**
 * From the moment the floor stands ready to the session's first order, besides the time that sources
 * take to start: as long as the slowest of the floor's own actors, up to `mostStart`.
 */
const LEAD_MS = { spare: 200, mostStart: 10_000 } as const;

/** What a session is played with. */
export interface SessionSurroundings {
  readonly folder: RunFolder;
  /** Told about ten times a second. */
  readonly progress: (snapshot: ProgressSnapshot) => void;
  /** Told what happens, in sentences. */
  readonly say: (text: string) => void;
  /** Aborts when the user wants an early end: what has begun is finished and reported. */
  readonly interrupted: AbortSignal;
  /** Serves metrics on this port of 127.0.0.1; 0 takes any free one. Default null: nowhere. */
  readonly metricsPort?: number | null;
  readonly clock?: Clock;
}

/** What came of a session; a report is made of it. */
export type SessionResult = Pick<
  ReportInput,
  | "startedAt"
  | "elapsedMs"
  | "interrupted"
  | "resumed"
  | "measured"
  | "floor"
  | "log"
  | "verdicts"
  | "notes"
>;

/**
 * Plays the session of a run's folder, from its beginning or from where it was left.
 *
 * @throws {FloorFailedError} when the floor gives up; the run can be resumed
 */
export async function playSession(surroundings: SessionSurroundings): Promise<SessionResult> {
  const { folder } = surroundings;
  const clock = surroundings.clock ?? systemClock;
  const startedAt = clock.now();
  using events = RuntimeEventFile.open(folder.paths.events);
  const watch = new FloorWatch(surroundings.say);
  // Closed after the floor, whose connections go through its proxies.
  await using log = await SessionLog.open(folder);
  const floor = await startFloor({
    ...floorOptionsOf(folder),
    log: log.ofFloor,
    clock,
    firstEventNumber: events.nextNumber,
    onEvent: (event) => {
      events.append(event);
      watch.observe(event);
    },
  }).catch((error: unknown) => {
    throw asFailure("Cannot start the floor", error);
  });
  try {
    const session = new Session({ floor, watch, faults: log.faults }, { ...surroundings, clock });
    const played = await session.play();
    await floor.stop();
    const elapsedMs = clock.now() - startedAt;
    const { drained } = played;
    const audited = await auditSession(log, { folder, drained, say: surroundings.say, clock });
    const { verdicts, recordsAppended } = audited;
    return {
      ...played,
      floor: { ...played.floor, recordsAppended },
      log: await log.describe(),
      verdicts,
      startedAt,
      elapsedMs,
      resumed: folder.manifest.resumed.length,
    };
  } catch (error) {
    log.faults?.endAll();
    // Why it ended is told, rather than what else went wrong while it was stopped.
    await floor.stop().catch((also) => {
      if (also !== error) surroundings.say(`while stopping: ${messageOf(also)}`);
    });
    throw error;
  }
}

function floorOptionsOf({ runId, paths, manifest }: RunFolder) {
  const { plan, durability } = manifest;
  const instances = Object.fromEntries(
    CONSUMER_ROLES.map((role) => [role, plan.instances[role]]),
  ) as Record<ConsumerRole, number>; // Object.fromEntries forgets which keys it was given.
  return {
    directory: paths.directory,
    durability,
    runId,
    seed: plan.seed,
    symbols: plan.symbols.map(({ symbol, tickSize, lotSize }) => ({ symbol, tickSize, lotSize })),
    limits: plan.limits,
    partitions: plan.partitions,
    accounts: plan.accounts,
    instances,
  } as const;
}

/** One session on a running floor. */
class Session {
  readonly #floor: Floor;
  readonly #faults: LogFaults | null;
  readonly #watch: FloorWatch;
  readonly #options: SessionSurroundings & { readonly clock: Clock };
  readonly #plan: SessionPlan;
  #startAt = 0;
  #elapsedBefore = 0;

  constructor(
    { floor, watch, faults }: {
      readonly floor: Floor;
      readonly watch: FloorWatch;
      readonly faults: LogFaults | null;
    },
    options: SessionSurroundings & { readonly clock: Clock },
  ) {
    this.#floor = floor;
    this.#faults = faults;
    this.#watch = watch;
    this.#options = options;
    this.#plan = options.folder.manifest.plan;
  }

  async play() {
    const meter = await SessionMeter.start(this.#floor, this.#options.folder);
    const over = new AbortController();
    const { progress: tell, say } = this.#options;
    let telling = Promise.resolve();
    try {
      await using _metrics = this.#serveMetrics(meter);
      const failure = this.#failure(meter, over.signal);
      await this.#unlessFailed(this.#beginOrGoOn(), failure);
      const progress = new SessionProgress({
        floor: this.#floor,
        meter,
        watch: this.#watch,
        plan: this.#plan,
        clock: this.#options.clock,
        sessionAt: () => this.#sessionAt(),
        tell,
        say,
      });
      telling = progress.run(over.signal);
      const missed = await this.#unlessFailed(this.#playScript(over.signal), failure);
      progress.draining();
      const drained = await this.#unlessFailed(drain(this.#floor, this.#options.clock), failure);
      return {
        interrupted: this.#options.interrupted.aborted,
        drained,
        measured: await this.#unlessFailed(meter.measure(), failure),
        floor: await this.#unlessFailed(this.#observe(), failure),
        notes: [...missed, ...this.#watch.notes()],
      };
    } finally {
      over.abort();
      await telling;
      await meter.stop();
    }
  }

  /** Resolves, with why, when the session cannot go on. */
  #failure(meter: SessionMeter, over: AbortSignal): Promise<FloorFailedError> {
    const { failure } = this.#floor;
    const { clock } = this.#options;
    const ofMeter = meter.failure.then(async (why) => await failureTold({ failure, clock }) ?? why);
    return Promise.race([failure, ofMeter, this.#logLostOnLeaving(over)]);
  }

  /** Once the user wants an end, a log that is away is not waited for. */
  async #logLostOnLeaving(over: AbortSignal): Promise<FloorFailedError> {
    const { interrupted } = this.#options;
    await Promise.race([aborted(interrupted), aborted(over)]);
    return await this.#floor.logLost(over) ?? await new Promise(() => {});
  }

  #serveMetrics(meter: SessionMeter): MetricsEndpoint | null {
    const { metricsPort: port = null, say } = this.#options;
    if (port === null) return null;
    const sources = (registry: MetricRegistry) => [sessionMetrics(registry, meter)];
    const endpoint = serveMetrics(this.#floor, { port, sources });
    say(`metrics are served at ${endpoint.url}`);
    return endpoint;
  }

  /** A session that was begun goes on after the last intent of the time before. */
  async #beginOrGoOn(): Promise<void> {
    const { folder, clock } = this.#options;
    const { manifest } = folder;
    const sourcesStartMs = Math.min(this.#watch.slowestStartMs, LEAD_MS.mostStart);
    const startAt = Math.ceil(clock.now() + sourcesStartMs) + LEAD_MS.spare;
    if (manifest.sessionStartsAt !== null) {
      const producers = new Set(
        orderProducerOptions(this.#plan, { startAt }).map(({ producer }) => producer),
      );
      const last = await lastIntendedAt(this.#floor.log, producers);
      const played = last === null ? 0 : Math.max(0, last - manifest.sessionStartsAt);
      this.#elapsedBefore = manifest.elapsedBefore + Math.ceil(played);
    }
    this.#startAt = startAt;
    await writeManifest(folder.paths.manifest, {
      ...manifest,
      sessionStartsAt: startAt,
      elapsedBefore: this.#elapsedBefore,
    });
  }

  /** Lets sources and happenings run to the end of the script. @returns what did not take place */
  async #playScript(over: AbortSignal): Promise<readonly string[]> {
    const { interrupted, say, clock } = this.#options;
    const sources = new Sources(this.#floor, this.#watch);
    await sources.start(this.#plan, {
      startAt: this.#startAt,
      elapsedBefore: this.#elapsedBefore,
    });
    const happenings = new SessionEvents(
      { floor: this.#floor, faults: this.#faults, clock },
      say,
    );
    const script = happenings.play(this.#plan.events, {
      from: this.#elapsedBefore,
      sessionAt: () => this.#sessionAt(),
      signal: AbortSignal.any([interrupted, over]),
    });
    await Promise.race([
      Promise.all([sources.finished, script]),
      aborted(interrupted),
      aborted(over),
    ]);
    if (interrupted.aborted) {
      say("interrupted: draining what has begun (once more to end at once)");
      await sources.stop();
    }
    await script;
    return happenings.missed.map((text) => `A happening did not take place: ${text}.`);
  }

  #sessionAt(): number {
    return this.#options.clock.now() - this.#startAt + this.#elapsedBefore;
  }

  async #unlessFailed<T>(work: Promise<T>, failure: Promise<FloorFailedError>): Promise<T> {
    const result = await Promise.race([
      work.then((value) => ({ value }), (rejected: unknown) => ({ rejected })),
      failure.then((failed) => ({ failed })),
    ]);
    if ("value" in result) return result.value;
    if ("failed" in result) throw result.failed;
    throw await whyFailed(result.rejected, { failure, clock: this.#options.clock });
  }

  /** What is known before the floor is stopped, which appends its last records. */
  async #observe(): Promise<Omit<FloorObservation, "recordsAppended">> {
    const { lag } = await this.#floor.progress();
    return {
      restarts: this.#watch.restartsByActor(),
      zombies: this.#watch.zombies,
      lag,
      logOutages: this.#watch.outageCount,
      outages: this.#watch.outages,
    };
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener("abort", () => resolve(), { once: true })
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
