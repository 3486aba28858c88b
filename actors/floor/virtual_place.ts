/**
 * A floor's place in virtual time: the log in memory, all actors in one thread, everything by one seeded
 * scheduler. What differs from a floor in real time is host, clock and log, and nothing else.
 *
 * @module
 */

import {
  type MemoryLog,
  type MemoryLogOptions,
  openMemoryLog,
} from "../../kafka/open_event_log.ts";
import type { HandleLimits } from "../runtime/actor_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { VirtualTime } from "../runtime/virtual_time.ts";
import { type ActorHost, type CallObserver, singleThreadHost } from "./actor_host.ts";
import { preloadRoles } from "./consumer_actor.ts";
import type { FloorPlace } from "./floor_place.ts";

/** How a place in virtual time is opened. */
export interface VirtualPlaceOptions {
  /** The runtime's clock, too. */
  readonly time: VirtualTime;
  /** Draws how long each call of the log takes; left out: none takes any time. */
  readonly latency?: MemoryLogOptions["latency"];
  /** Where the audit logger writes; left out: the floor keeps no audit log. */
  readonly auditFolder?: string;
  /** How long a member of a group may be silent. */
  readonly sessionTimeoutMs?: number;
  /** Records folded between two snapshots. */
  readonly snapshotEveryRecords?: number;
  readonly limits?: Partial<HandleLimits>;
  /** Told of every call of the log by every actor. */
  readonly observe?: CallObserver;
  /** Puts another host around the place's own, such as one that starts other actors. */
  readonly host?: (host: ActorHost) => ActorHost;
}

/** A floor's place in virtual time. Its log may be read on by handles of their own until it is closed. */
export interface VirtualFloorPlace extends FloorPlace {
  readonly log: MemoryLog;
}

/** Opens a floor's place in virtual time, for `startFloorOn`. Faults of the log can be injected. */
export async function openVirtualPlace(
  runtime: Runtime,
  options: VirtualPlaceOptions,
): Promise<VirtualFloorPlace> {
  const { time, latency, auditFolder, sessionTimeoutMs, snapshotEveryRecords } = options;
  await time.hold(preloadRoles());
  const log = await openMemoryLog({
    clock: time,
    ...(latency === undefined ? {} : { latency }),
  });
  const host = singleThreadHost({
    openLog: () => log.handle(),
    runtime,
    faultInjection: true,
    ...(options.limits === undefined ? {} : { limits: options.limits }),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
  });
  return {
    log,
    host: options.host?.(host) ?? host,
    cleansItself: false,
    reach: null,
    auditFolder: auditFolder ?? null,
    ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    ...(snapshotEveryRecords === undefined ? {} : { snapshotEveryRecords }),
    close: () => log.close(),
  };
}
