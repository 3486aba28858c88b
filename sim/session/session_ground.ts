/**
 * What a session is played on: a log, a host for the floor's actors, and their time. Everything else is
 * the same, whatever the ground.
 *
 * @module
 */

import type { Floor } from "../../actors/floor/floor.ts";
import type { FloorOptions } from "../../actors/floor/start_floor.ts";
import type { Clock } from "../../actors/runtime/clock.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import type { ReportedLog } from "../report/run_report.ts";
import type { NetworkFaults } from "./network_faults.ts";

/** What is chosen about a session's floor; the ground adds what is its own. */
export type GroundedFloorOptions = Omit<
  FloorOptions,
  "log" | "directory" | "durability" | "clock" | "faultInjection"
>;

/** Where and in what time a session is played. */
export interface SessionGround {
  /** The session's time. */
  readonly clock: Clock;
  /** Proxies between the floor and its log; null: nothing lies between them. */
  readonly network: NetworkFaults | null;
  startFloor(options: GroundedFloorOptions): Promise<Floor>;
  /** The log, past all faults, also once the floor has been stopped. @throws {EventLogError} */
  openAgain(): Promise<EventLog>;
  /** Where other threads find that log; left out: only this one can open it. */
  readonly logConfig?: EventLogConfig;
  /** As a report tells it. Never rejects. */
  describe(): Promise<ReportedLog>;
}
