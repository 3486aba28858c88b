/**
 * A world on its stage: the floor starts, sources send, faults befall it; then everything is healed, and
 * the floor must come to rest.
 *
 * @module
 */

import type { ActorHost } from "../../actors/floor/actor_host.ts";
import type { ActorView } from "../../actors/floor/actor_view.ts";
import type { Floor } from "../../actors/floor/floor.ts";
import { startFloorOn } from "../../actors/floor/start_floor.ts";
import { openVirtualPlace } from "../../actors/floor/virtual_place.ts";
import type { RuntimeEvent } from "../../actors/runtime/runtime_events.ts";
import type { VirtualTime } from "../../actors/runtime/virtual_time.ts";
import { CONSUMER_ROLES } from "../../actors/topology.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { LogCall } from "../../kafka/fault_injection/log_call.ts";
import { FaultDirector } from "../faults/fault_director.ts";
import type { FaultOutcome } from "../faults/fault_ledger.ts";
import { FloorWatch } from "../session/floor_watch.ts";
import { SessionEvents } from "../session/session_events.ts";
import { Sources } from "../session/sources.ts";
import { seededLatency } from "../virtual/log_latency.ts";
import { Stranger } from "../../actors/faults/stranger.ts";
import { OwedPublishes } from "./owed_publishes.ts";
import type { Violation } from "./violation.ts";
import type { World } from "./world.ts";
import { floorOptionsOf, limitsOf } from "./world_settings.ts";

/** From the floor's readiness to the first order. */
const LEAD_MS = 100;

/** The script may take so much longer than planned before everything is healed all the same. */
const OVERTIME_MS = 10_000;

/** Healed, the floor comes to rest within so much virtual time. */
export const LIVENESS_BOUND_MS = 30_000;

/** How often it is looked whether zombies are left, or somebody owes a publish. */
const LOOK_EVERY_MS = 20;

/** What a world is staged with. */
export interface StageOptions {
  readonly time: VirtualTime;
  /** Null: this world keeps no audit log. */
  readonly auditFolder: string | null;
  readonly host?: (host: ActorHost) => ActorHost;
  readonly onEvent: (event: RuntimeEvent) => void;
  readonly onCall: (
    actor: { readonly id: string; readonly incarnation: number },
    call: LogCall,
  ) => void;
}

/** What came of the play, before anything is judged. */
export interface Staged {
  /** Whether it came to rest. */
  readonly drained: boolean;
  readonly violation: Violation | null;
  readonly faults: readonly FaultOutcome[];
  /** Commits refused because the group had gone on, as far as actors lived to tell. */
  readonly fenced: number;
}

/** A world that is being played. */
export class WorldStage {
  readonly #world: World;
  readonly #options: StageOptions;
  readonly #watch = new FloorWatch();
  readonly #owed = new OwedPublishes();
  #zombies = 0;
  #isOver = false;
  #log: EventLog | null = null;
  #closeLog: () => Promise<void> = () => Promise.resolve();

  constructor(world: World, options: StageOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** The log, for whoever reads it when time is over; null when the floor never had one. */
  get log(): EventLog | null {
    return this.#log;
  }

  /** From now on the log answers at once: its readers are outside virtual time. */
  leaveTime(): void {
    this.#isOver = true;
  }

  async close(): Promise<void> {
    this.leaveTime();
    await this.#closeLog();
  }

  /** Plays all of it; to be run by virtual time. */
  async play(): Promise<Staged> {
    const floor = await this.#startFloor();
    const over = new AbortController();
    const failed = floor.failure.then((error) => ({ failed: error.message }));
    const { time } = this.#options;
    const startAt = Math.ceil(time.now()) + LEAD_MS;
    const sources = new Sources(floor, this.#watch);
    const director = this.#director(floor);
    const script = this.#script(floor, { director, sources, startAt, signal: over.signal });
    const { durationMs } = this.#world.plan;
    const playedIn = await Promise.race([
      script.then(() => null),
      failed,
      time.sleep(LEAD_MS + durationMs + OVERTIME_MS).then(() => null),
    ]);
    over.abort();
    const outcome = playedIn ??
      await Promise.race([this.#rest(floor, { script, sources }), failed]);
    const violation = "failed" in outcome ? floorFailed(outcome.failed) : outcome.violation;
    // Of a floor that is not at rest nobody knows who would answer.
    const fenced = violation === null ? countersNamed("fenced", await floor.actors()) : 0;
    const stopped = await this.#stop(floor);
    return {
      fenced,
      drained: violation === null,
      violation: violation ?? stopped,
      faults: director.outcomes,
    };
  }

  #startFloor(): Promise<Floor> {
    const { seed, snapshotEveryRecords, sessionTimeoutMs, latency } = this.#world;
    const { time, auditFolder, host, onCall } = this.#options;
    const draw = seededLatency(seed, latency);
    return startFloorOn(async (runtime) => {
      const place = await openVirtualPlace(runtime, {
        time,
        sessionTimeoutMs,
        snapshotEveryRecords,
        latency: (call) => this.#isOver ? 0 : draw(call),
        limits: limitsOf(this.#world),
        observe: (actor, call) => {
          this.#owed.call(actor, call);
          onCall(actor, call);
        },
        ...(auditFolder === null ? {} : { auditFolder }),
        ...(host === undefined ? {} : { host }),
      });
      this.#log = place.log;
      this.#closeLog = () => place.close();
      // It is read when the floor has been stopped.
      return { ...place, close: () => Promise.resolve() };
    }, {
      ...floorOptionsOf(this.#world),
      clock: time,
      onEvent: (event) => this.#observe(event),
    });
  }

  #observe(event: RuntimeEvent): void {
    if (event.kind === "zombie" || event.kind === "zombie-ended") this.#zombies = event.alive;
    this.#watch.observe(event);
    this.#owed.event(event);
    this.#options.onEvent(event);
  }

  #director(floor: Floor): FaultDirector {
    const { log } = floor;
    const clock = this.#options.time;
    return new FaultDirector(this.#world.plan.faults, {
      floor,
      log,
      clock,
      stranger: new Stranger(log, { clock }),
      network: null,
      inOneThread: true,
      say: () => {},
    });
  }

  /** Sources, comings and goings, faults: resolves when all of it is over. */
  async #script(floor: Floor, play: {
    readonly director: FaultDirector;
    readonly sources: Sources;
    readonly startAt: number;
    readonly signal: AbortSignal;
  }): Promise<void> {
    const { plan } = this.#world;
    const { time } = this.#options;
    const { director, sources, startAt, signal } = play;
    const sessionAt = () => time.now() - startAt;
    const comings = new SessionEvents({ floor, clock: time }, () => {});
    const given = { from: 0, sessionAt, signal };
    const faults = director.play({ ...given, loadEnds: sources.finished });
    await sources.start(plan, { startAt });
    await Promise.all([sources.finished, comings.play(plan.events, given), faults]);
  }

  /** Everything is healed: the script ends, the floor catches up, zombies end, nobody owes a publish. */
  async #rest(floor: Floor, { script, sources }: {
    readonly script: Promise<void>;
    readonly sources: Sources;
  }): Promise<{ readonly violation: Violation | null }> {
    const { time } = this.#options;
    const tooLate = new AbortController();
    const { signal } = tooLate;
    let waitsFor = "the sources to end and every fault to be healed";
    const rested = (async () => {
      await Promise.all([script, sources.finished]);
      while (true) {
        waitsFor = "every group to catch up with every partition served";
        await floor.idle({ signal });
        const { owers } = this.#owed;
        if (signal.aborted || (this.#zombies === 0 && owers.length === 0)) return true;
        waitsFor = owers.length === 0 ? "zombies to end" : `${owers.join(", ")} to publish`;
        await time.sleep(LOOK_EVERY_MS, signal);
      }
    })();
    const isAtRest = await Promise.race([
      rested,
      time.sleep(LIVENESS_BOUND_MS).then(() => false),
    ]);
    if (isAtRest) return { violation: null };
    tooLate.abort();
    const text =
      `${LIVENESS_BOUND_MS / 1_000} s after everything was healed the floor still waits ` +
      `for ${waitsFor}; ${await whatIsLeft(floor)}, ${this.#zombies} zombies`;
    return { violation: { invariant: "liveness", text, chain: [] } };
  }

  /** A stop that fails or hangs. */
  async #stop(floor: Floor): Promise<Violation | null> {
    const { time } = this.#options;
    const stopped = floor.stop().then(() => null, (error: unknown) => String(error));
    const why = await Promise.race([
      stopped,
      time.sleep(LIVENESS_BOUND_MS).then(() => `it took longer than ${LIVENESS_BOUND_MS} ms`),
    ]);
    if (why === null) return null;
    return { invariant: "goes-on", text: `the floor did not stop: ${why}`, chain: [] };
  }
}

function floorFailed(why: string): Violation {
  return { invariant: "goes-on", text: `the floor failed: ${why}`, chain: [] };
}

async function whatIsLeft(floor: Floor): Promise<string> {
  const behind: string[] = [];
  for (const role of CONSUMER_ROLES) {
    for (const { topic, partition, lag } of await floor.log.lag(role)) {
      if (lag > 0) behind.push(`${role} is ${lag} behind in ${topic}/${partition}`);
    }
  }
  const running = floor.producers();
  return [
    behind.length === 0 ? "no group is behind" : behind.join(", "),
    running.length === 0 ? "no source runs" : `running: ${running.join(", ")}`,
  ].join("; ");
}

function countersNamed(name: string, { counters, children }: ActorView): number {
  const below = children.map((child) => countersNamed(name, child));
  return below.reduce((sum, count) => sum + count, counters[name] ?? 0);
}
