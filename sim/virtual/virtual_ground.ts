/**
 * The ground of a session in virtual time: a log in memory, all actors in one thread, and a scheduler
 * for a clock.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import { startFloorOn } from "../../actors/floor/start_floor.ts";
import { openVirtualPlace } from "../../actors/floor/virtual_place.ts";
import { VirtualTime } from "../../actors/runtime/virtual_time.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { MemoryLog } from "../../kafka/memory/memory_log.ts";
import type { ReportedLog } from "../report/run_report.ts";
import type { GroundedFloorOptions, SessionGround } from "../session/session_ground.ts";
import { seededLatency } from "./log_latency.ts";

/** How virtual ground is made. */
export interface VirtualGroundOptions {
  /** Decides what comes first of what is due at the same time, and how long the log takes. */
  readonly seed: number;
  /** When time begins, in milliseconds since the epoch. */
  readonly startsAt: number;
  /** Where the audit logger writes. */
  readonly auditFolder: string;
}

/** Virtual ground. Its log stays when its floor has been stopped, until it is disposed of. */
export class VirtualGround implements SessionGround, AsyncDisposable {
  readonly clock: VirtualTime;
  readonly network = null;
  readonly #options: VirtualGroundOptions;
  #log: MemoryLog | null = null;
  #isOver = false;

  constructor(options: VirtualGroundOptions) {
    this.#options = options;
    this.clock = new VirtualTime(options);
  }

  startFloor(options: GroundedFloorOptions): Promise<Floor> {
    const { seed, auditFolder } = this.#options;
    const draw = seededLatency(seed);
    return startFloorOn(async (runtime) => {
      const place = await openVirtualPlace(runtime, {
        time: this.clock,
        auditFolder,
        // Whoever reads the log afterwards is outside virtual time.
        latency: (call) => this.#isOver ? 0 : draw(call),
      });
      this.#log = place.log;
      return { ...place, close: () => Promise.resolve() };
    }, { ...options, clock: this.clock });
  }

  /** The whole log, to be read when time is over. Null: the floor never got so far as to have one. */
  get log(): EventLog | null {
    this.#isOver = true;
    return this.#log;
  }

  openAgain(): Promise<EventLog> {
    this.#isOver = true;
    if (this.#log === null) {
      return Promise.reject(new Error("Cannot open the log again: no floor was started on it"));
    }
    return Promise.resolve(this.#log.handle());
  }

  describe(): Promise<ReportedLog> {
    return Promise.resolve({ kind: "memory", durability: "process" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.close();
  }
}
