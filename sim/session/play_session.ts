/**
 * Playing a session: start the floor, let the sources run, let happen what the script says, wait until
 * everything has been worked off, measure, stop, audit.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { FloorFailedError } from "../../actors/floor/floor_failed_error.ts";
import { startFloor } from "../../actors/floor/start_floor.ts";
import type { ActorHandle } from "../../actors/runtime/actor_handle.ts";
import { type Clock, systemClock } from "../../actors/runtime/clock.ts";
import { CONSUMER_ROLES, type ConsumerRole } from "../../actors/topology.ts";
import type { TopicPartitionOffset } from "../../kafka/event_log.ts";
import { openEventLog } from "../../kafka/open_event_log.ts";
import { auditRun } from "../auditor/audit_run.ts";
import type { Verdict } from "../auditor/verdict.ts";
import type { MeterMetrics, MeterQuestion, MeterReading } from "../measuring/meter_actor.ts";
import type { ProgressSnapshot } from "../progress.ts";
import { orderProducerOptions } from "../producer_options.ts";
import type { FloorObservation, ReportInput } from "../report/run_report.ts";
import type { RunFolder } from "../run_folder.ts";
import { writeManifest } from "../run_manifest.ts";
import { RuntimeEventFile } from "../runtime_event_file.ts";
import type { SessionPlan } from "../session_plan.ts";
import { FloorWatch } from "./floor_watch.ts";
import { lastIntendedAt } from "./resume_point.ts";
import { SessionEvents } from "./session_events.ts";
import { Sources, startMeter } from "./sources.ts";

/** From the moment everything stands ready to the session's first order. */
const LEAD_MS = 200;

/** How often progress is told. */
const PROGRESS_EVERY_MS = 100;

/** After progress could not be told. */
const NO_PROGRESS_MS = 2_000;

/** How long the floor may take to work off what is left when the script is over. */
export const DRAIN_DEADLINE_MS = 300_000;

/** A floor that has not moved for so long while it drains is stuck. */
const STUCK_AFTER_MS = 60_000;

/** What a session is played with. */
export interface SessionSurroundings {
  readonly folder: RunFolder;
  /** Told about ten times a second. */
  readonly progress: (snapshot: ProgressSnapshot) => void;
  /** Told what happens, in sentences. */
  readonly say: (text: string) => void;
  /** Aborts when the user wants an early end: what has begun is finished and reported. */
  readonly interrupted: AbortSignal;
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
  const watch = new FloorWatch();
  const floor = await startFloor({
    ...floorOptionsOf(folder),
    clock,
    firstEventNumber: events.nextNumber,
    onEvent: (event) => {
      events.append(event);
      watch.observe(event);
    },
  });
  try {
    const session = new Session(floor, watch, { ...surroundings, clock });
    const played = await session.play();
    await floor.stop();
    const elapsedMs = clock.now() - startedAt;
    const verdicts = await audit(folder, { drained: played.drained, say: surroundings.say, clock });
    return { ...played, verdicts, startedAt, elapsedMs, resumed: folder.manifest.resumed.length };
  } catch (error) {
    // Why it ended is told, rather than what else went wrong while it was stopped.
    await floor.stop().catch((also) => surroundings.say(`while stopping: ${messageOf(also)}`));
    throw error;
  }
}

function floorOptionsOf({ runId, paths, manifest }: RunFolder) {
  const { plan, durability } = manifest;
  const instances = Object.fromEntries(
    CONSUMER_ROLES.map((role) => [role, plan.instances[role]]),
  ) as Record<ConsumerRole, number>; // Object.fromEntries forgets which keys it was given.
  return {
    log: "embedded",
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

async function audit(
  folder: RunFolder,
  options: {
    readonly drained: boolean;
    readonly say: (text: string) => void;
    readonly clock: Clock;
  },
): Promise<readonly Verdict[]> {
  await using log = await openEventLog(
    { kind: "embedded", path: folder.paths.log },
    { create: false },
  );
  const { drained, clock } = options;
  const report = await auditRun(log, {
    auditFolder: folder.paths.audit,
    drained,
    now: () => clock.now(),
  });
  options.say(
    `audited ${report.recordsRead} records in ${(report.tookMs / 1000).toFixed(1)} s`,
  );
  return report.verdicts;
}

/** One session on a running floor. */
class Session {
  readonly #floor: Floor;
  readonly #watch: FloorWatch;
  readonly #options: SessionSurroundings & { readonly clock: Clock };
  readonly #plan: SessionPlan;
  #meter!: ActorHandle;
  #startAt = 0;
  #elapsedBefore = 0;
  #phase = "starting";

  constructor(
    floor: Floor,
    watch: FloorWatch,
    options: SessionSurroundings & { readonly clock: Clock },
  ) {
    this.#floor = floor;
    this.#watch = watch;
    this.#options = options;
    this.#plan = options.folder.manifest.plan;
  }

  async play() {
    const { interrupted, say } = this.#options;
    this.#meter = startMeter(this.#floor, await this.#ends(["notifications"]));
    await this.#meter.ready;
    await this.#beginOrGoOn();
    const sources = new Sources(this.#floor, this.#watch);
    const over = new AbortController();
    const happenings = new SessionEvents(this.#floor, say);
    const ticking = this.#tick(over.signal);
    let script = Promise.resolve();
    try {
      await this.#unlessFailed(sources.start(this.#plan, {
        startAt: this.#startAt,
        elapsedBefore: this.#elapsedBefore,
      }));
      script = happenings.play(this.#plan.events, {
        from: this.#elapsedBefore,
        sessionAt: () => this.#sessionAt(),
        signal: AbortSignal.any([interrupted, over.signal]),
      });
      await this.#unlessFailed(Promise.race([
        Promise.all([sources.finished, script]),
        aborted(interrupted),
      ]));
      if (interrupted.aborted) {
        say("interrupted: draining what has begun (once more to end at once)");
        await sources.stop();
      }
      this.#phase = "draining";
      const drained = await this.#unlessFailed(this.#drain());
      const measured = await this.#measure();
      return {
        interrupted: interrupted.aborted,
        drained,
        measured,
        floor: await this.#observe(),
        notes: happenings.missed.map((text) => `A happening did not take place: ${text}.`),
      };
    } finally {
      over.abort();
      await Promise.all([ticking, script]);
      await this.#meter.stop(1_000);
    }
  }

  /** A session that was begun goes on after the last intent of the time before. */
  async #beginOrGoOn(): Promise<void> {
    const { folder, clock } = this.#options;
    const { manifest } = folder;
    const startAt = Math.ceil(clock.now()) + LEAD_MS;
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

  #sessionAt(): number {
    return this.#options.clock.now() - this.#startAt + this.#elapsedBefore;
  }

  async #unlessFailed<T>(work: Promise<T>): Promise<T> {
    const failed = Promise.race([
      this.#floor.failure,
      this.#meter.down.then(({ error, reason }) =>
        new FloorFailedError(
          `Cannot measure the run: the meter is down: ${error?.message ?? reason}`,
        )
      ),
    ]);
    const result = await Promise.race([
      work.then((value) => ({ value })),
      failed.then((error) => ({ error })),
    ]);
    if ("error" in result) throw result.error;
    return result.value;
  }

  /** @returns whether every group caught up; a floor that no longer moves is not waited for */
  async #drain(): Promise<boolean> {
    const { clock } = this.#options;
    const giveUpAt = clock.now() + DRAIN_DEADLINE_MS;
    const over = new AbortController();
    let idle = false;
    const idling = this.#floor.idle({ signal: over.signal }).then(() => idle = true);
    let seen = "";
    for (let movedAt = clock.now(); !idle && clock.now() < giveUpAt;) {
      await Promise.race([idling, clock.sleep(PROGRESS_EVERY_MS)]);
      const { lag, end } = await this.#floor.progress();
      const now = `${lag}/${end}`;
      if (now !== seen) movedAt = clock.now();
      seen = now;
      if (clock.now() - movedAt > STUCK_AFTER_MS) break;
    }
    const drained = idle;
    over.abort();
    await idling;
    return drained;
  }

  async #measure(): Promise<MeterMetrics> {
    const question: MeterQuestion = {
      kind: "metrics",
      upTo: await this.#ends(),
      timeoutMs: STUCK_AFTER_MS,
    };
    // The meter's own answer to its own question.
    return await this.#meter.ask(question, STUCK_AFTER_MS + 5_000) as MeterMetrics;
  }

  async #observe(): Promise<FloorObservation> {
    const { lag, end } = await this.#floor.progress();
    return {
      restarts: this.#watch.restartsByActor(),
      zombies: this.#watch.zombies,
      lag,
      recordsAppended: end,
    };
  }

  async #ends(topics?: readonly string[]): Promise<readonly TopicPartitionOffset[]> {
    const found = await this.#floor.log.describeTopics(topics);
    return found.flatMap(({ name, offsets }) =>
      offsets.map(({ end }, partition) => ({ topic: name, partition, offset: end }))
    );
  }

  async #tick(signal: AbortSignal): Promise<void> {
    const { clock, progress, say } = this.#options;
    const question: MeterQuestion = { kind: "counts" };
    while (!signal.aborted) {
      try {
        const reading = await this.#meter.ask(question) as MeterReading; // its own answer
        const snapshot = await this.#snapshot(reading);
        if (!signal.aborted) progress(snapshot);
      } catch (error) {
        // Progress is not worth a failure: what is wrong with meter or log is noticed elsewhere.
        if (!signal.aborted) say(`no progress to show: ${messageOf(error)}`);
        await clock.sleep(NO_PROGRESS_MS, signal);
      }
      await clock.sleep(PROGRESS_EVERY_MS, signal);
    }
  }

  async #snapshot({ counts }: MeterReading): Promise<ProgressSnapshot> {
    const { lag } = await this.#floor.progress();
    const elapsedMs = Math.max(0, this.#sessionAt());
    return {
      elapsedMs,
      plannedMs: this.#plan.durationMs,
      phase: this.#phase === "draining" ? this.#phase : this.#phaseAt(elapsedMs),
      intended: counts.intended.orders,
      sent: counts.sent,
      answered: counts.orders.placed + counts.orders.rejected + counts.orders.duplicates,
      trades: counts.trades,
      lag,
      restarts: this.#watch.restarts,
    };
  }

  #phaseAt(elapsedMs: number): string {
    const phase = this.#plan.phases.findLast(({ startsAtMs }) => startsAtMs <= elapsedMs);
    return phase?.name ?? "starting";
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
