/**
 * One session on a running floor: measure it, let the sources run, let happen what the script says, wait
 * until everything has been worked off.
 *
 * @module
 */

import { Stranger } from "../../actors/faults/stranger.ts";
import type { Floor } from "../../actors/floor/floor.ts";
import type { FloorFailedError } from "../../actors/floor/floor_failed_error.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { MetricRegistry } from "../../actors/telemetry/metric_registry.ts";
import { type MetricsEndpoint, serveMetrics } from "../../actors/telemetry/serve_metrics.ts";
import { FaultDirector } from "../faults/fault_director.ts";
import { type LiveStepping, serveLive } from "../live/live_server.ts";
import { sessionMetrics } from "../observability/session_metrics.ts";
import { orderProducerOptions } from "../producer_options.ts";
import type { ProgressSnapshot } from "../progress.ts";
import type { FloorObservation, ReportInput } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { writeManifest } from "../run_manifest.ts";
import type { SessionPlan } from "../session_plan.ts";
import { drain, type Drained } from "./drain.ts";
import { failureTold, whyFailed } from "./failures.ts";
import type { FloorWatch } from "./floor_watch.ts";
import { lastIntendedAt } from "./resume_point.ts";
import { SessionEvents } from "./session_events.ts";
import type { SessionGround } from "./session_ground.ts";
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
  /** Told about ten times a second of the session's time. */
  readonly progress: (snapshot: ProgressSnapshot) => void;
  /** Told what happens, in sentences. */
  readonly say: (text: string) => void;
  /** Aborts when the user wants an early end: what has begun is finished and reported. */
  readonly interrupted: AbortSignal;
  /** Serves metrics on this port of 127.0.0.1; 0 takes any free one. Default null: nowhere. */
  readonly metricsPort?: number | null;
}

/** What came of a session's script, before its floor is stopped. */
export type PlayedScript =
  & Drained
  & Pick<ReportInput, "interrupted" | "measured" | "faults" | "notes">
  & { readonly floor: Omit<FloorObservation, "recordsAppended"> };

/** One session on a running floor. */
export class Session {
  readonly #floor: Floor;
  readonly #clock: Clock;
  readonly #faults: FaultDirector;
  readonly #firedBefore: ReadonlySet<string>;
  readonly #watch: FloorWatch;
  readonly #options: SessionSurroundings;
  readonly #plan: SessionPlan;
  #startAt = 0;
  #elapsedBefore = 0;

  constructor(
    { floor, watch, ground, firedBefore }: {
      readonly floor: Floor;
      readonly watch: FloorWatch;
      readonly ground: Pick<SessionGround, "clock" | "network">;
      /** The faults of the script that took place before the run was gone on with. */
      readonly firedBefore: ReadonlySet<string>;
    },
    options: SessionSurroundings,
  ) {
    this.#floor = floor;
    this.#clock = ground.clock;
    this.#firedBefore = firedBefore;
    this.#watch = watch;
    this.#options = options;
    this.#plan = options.folder.manifest.plan;
    const { clock, network } = ground;
    this.#faults = new FaultDirector(this.#plan.faults, {
      floor,
      log: floor.log,
      stranger: new Stranger(floor.log, { clock }),
      clock,
      network,
      inOneThread: floor.host.kind === "single-thread",
      say: options.say,
    });
  }

  async play(): Promise<PlayedScript> {
    const meter = await SessionMeter.start(this.#floor, this.#options.folder);
    const over = new AbortController();
    const { progress: tell, say } = this.#options;
    let telling = Promise.resolve();
    try {
      await using _metrics = this.#serveMetrics(meter);
      await using live = await this.#serveLive(over.signal);
      const failure = this.#failure(meter, over.signal);
      await this.#unlessFailed(this.#beginOrGoOn(), failure);
      const progress = new SessionProgress({
        floor: this.#floor,
        meter,
        watch: this.#watch,
        plan: this.#plan,
        clock: this.#clock,
        sessionAt: () => this.#sessionAt(),
        tell,
        say,
      });
      telling = progress.run(over.signal);
      const missed = await this.#unlessFailed(this.#playScript(over.signal), failure);
      progress.draining();
      const drained = await this.#unlessFailed(
        drain(this.#floor, { clock: this.#clock, isHeld: () => live?.isHolding === true }),
        failure,
      );
      return {
        interrupted: this.#options.interrupted.aborted,
        ...drained,
        measured: await this.#unlessFailed(meter.measure(), failure),
        floor: await this.#unlessFailed(this.#observe(), failure),
        // Asked last: an effect may be told late.
        faults: this.#faults.outcomes,
        notes: [...missed, ...this.#faults.notes, ...this.#watch.notes()],
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
    const clock = this.#clock;
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

  /** Lets live steppers attach, but in virtual time. Once the user wants an end, they hold up nothing. */
  async #serveLive(over: AbortSignal): Promise<LiveStepping | null> {
    const { folder, interrupted, say } = this.#options;
    const { paths: { directory }, runId: run } = folder;
    if (this.#floor.host.kind === "single-thread") return null;
    const live = await serveLive(this.#floor, { directory, run, process: null, say });
    void Promise.race([aborted(interrupted), aborted(over)])
      .then(() => live?.release("the session is ending"));
    return live;
  }

  /** A session that was begun goes on after the last intent of the time before. */
  async #beginOrGoOn(): Promise<void> {
    const { folder } = this.#options;
    const { manifest } = folder;
    const sourcesStartMs = Math.min(this.#watch.slowestStartMs, LEAD_MS.mostStart);
    const startAt = Math.ceil(this.#clock.now() + sourcesStartMs) + LEAD_MS.spare;
    if (manifest.sessionStartsAt !== null) {
      const producers = new Set(
        orderProducerOptions(this.#plan, { startAt }).map(({ producer }) => producer),
      );
      const last = await lastIntendedAt(this.#floor.log, producers);
      const played = last === null ? 0 : Math.max(0, last - manifest.sessionStartsAt);
      this.#elapsedBefore = manifest.elapsedBefore + Math.ceil(played);
    }
    this.#startAt = startAt;
    writeManifest(folder.paths.manifest, {
      ...manifest,
      sessionStartsAt: startAt,
      elapsedBefore: this.#elapsedBefore,
    });
  }

  /** Lets sources, happenings and faults run to the end of the script. @returns what did not happen */
  async #playScript(over: AbortSignal): Promise<readonly string[]> {
    const { interrupted, say } = this.#options;
    const sources = new Sources(this.#floor, this.#watch);
    // Not waited for: on a busy machine sources may be late, and the script is not.
    const starting = sources.start(this.#plan, {
      startAt: this.#startAt,
      elapsedBefore: this.#elapsedBefore,
    });
    const happenings = new SessionEvents({ floor: this.#floor, clock: this.#clock }, say);
    const sessionAt = () => this.#sessionAt();
    const signal = AbortSignal.any([interrupted, over]);
    const script = Promise.all([
      happenings.play(this.#plan.events, { sessionAt, signal }),
      this.#faults.play({
        from: this.#elapsedBefore,
        sessionAt,
        signal,
        loadEnds: sources.finished,
        firedBefore: this.#firedBefore,
      }),
    ]);
    await Promise.race([
      Promise.all([starting, sources.finished, script]),
      aborted(interrupted),
      aborted(over),
    ]);
    if (interrupted.aborted) {
      await starting;
      say("interrupted: draining what has begun (once more to end at once)");
      await sources.stop();
    }
    await script;
    return happenings.missed.map((text) => `A happening did not take place: ${text}.`);
  }

  #sessionAt(): number {
    return this.#clock.now() - this.#startAt + this.#elapsedBefore;
  }

  async #unlessFailed<T>(work: Promise<T>, failure: Promise<FloorFailedError>): Promise<T> {
    const result = await Promise.race([
      work.then((value) => ({ value }), (rejected: unknown) => ({ rejected })),
      failure.then((failed) => ({ failed })),
    ]);
    if ("value" in result) return result.value;
    if ("failed" in result) throw result.failed;
    throw await whyFailed(result.rejected, { failure, clock: this.#clock });
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
