/**
 * Where a floor's actors run: each in a Web Worker of its own with the permissions of its role, or all
 * of them in the caller's thread on a log that only that thread can see.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import { faultyLog } from "../../kafka/fault_injection/faulty_log.ts";
import type { LogCall } from "../../kafka/fault_injection/log_call.ts";
import { LogFaults } from "../../kafka/fault_injection/log_faults.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import type { ActorFactory } from "../runtime/actor.ts";
import type { ActorHandle, HandleLimits } from "../runtime/actor_handle.ts";
import type { Clock } from "../runtime/clock.ts";
import { spawnLocal } from "../runtime/local_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { spawnWorker } from "../runtime/worker_handle.ts";
import { firedEvent } from "./fired_event.ts";
import type { LogPermissions } from "./log_permissions.ts";

/** What an actor in the caller's thread works with. All of it ends with its incarnation. */
export interface ActorSurroundings {
  /** The floor's log, as this incarnation meets it. */
  readonly log: EventLog;
  /** The floor's time, as long as this incarnation lives. */
  readonly clock: Clock;
  /** Aborts when the incarnation is no more: it closes files and the like, since the actor cannot. */
  readonly ended: AbortSignal;
}

/** An actor to start, for either kind of host. */
export interface HostedActor<Options> {
  /** Lasting name, unique on the floor. */
  readonly id: string;
  /** What it does: the name of its kind. */
  readonly role: string;
  /** 1 for the first start. */
  readonly incarnation: number;
  /** The entry module of its worker. */
  readonly module: URL;
  /** Plain data. */
  readonly options: Options;
  /** What its worker may read besides the log. */
  readonly read?: readonly string[];
  /** What its worker may write besides the log. */
  readonly write?: readonly string[];
  /**
   * Makes it in the caller's thread, where there is no worker. What it waits for besides its log and its
   * clock does not end with it.
   */
  readonly create: (surroundings: ActorSurroundings) => ActorFactory<Options>;
}

/** Starts actors. */
export interface ActorHost {
  /** A worker for each, or all in the caller's thread. */
  readonly kind: "workers" | "single-thread";
  /** Starts an incarnation; how it fares is told by its handle. */
  start<Options>(actor: HostedActor<Options>): ActorHandle;
}

/** A host that gives every actor a worker, which opens the log for itself. */
export function workerHost(options: {
  readonly config: EventLogConfig;
  /** What opening the log takes; see `logPermissions`. */
  readonly permissions: LogPermissions;
  readonly runtime: Runtime;
  readonly limits?: Partial<HandleLimits>;
  /** Whether faults of the log can be injected: workers are told to open it so. Default false. */
  readonly faultInjection?: boolean;
}): ActorHost {
  const { config, permissions, runtime, limits = {}, faultInjection = false } = options;
  const { read, write, net, env } = permissions;
  return {
    kind: "workers",
    start: (actor) =>
      spawnWorker({
        runtime,
        id: actor.id,
        role: actor.role,
        incarnation: actor.incarnation,
        limits,
        faultInjection,
        module: actor.module,
        options: { ...actor.options, log: config, faultInjection },
        permissions: {
          read: [...read, ...actor.read ?? []],
          write: [...write, ...actor.write ?? []],
          ...(net.length === 0 ? {} : { net: [...net] }),
          ...(env.length === 0 ? {} : { env: [...env] }),
        },
      }),
  };
}

/** A host that runs every actor in the caller's thread on one log. */
export function singleThreadHost(options: {
  /** Gives each incarnation the log, as a client of its own. */
  readonly openLog: () => EventLog;
  readonly runtime: Runtime;
  readonly limits?: Partial<HandleLimits>;
  /** Whether faults of the log can be injected. Default false. */
  readonly faultInjection?: boolean;
  /** Told of every call of the log. */
  readonly observe?: CallObserver;
}): ActorHost {
  const { openLog, runtime, limits = {}, faultInjection = false, observe } = options;
  return {
    kind: "single-thread",
    start: ({ id, role, incarnation, options, create }) =>
      spawnLocal({
        runtime,
        id,
        role,
        incarnation,
        limits,
        faultInjection,
        options,
        create: ({ clock, ended, gate, faults: injected, crash, tell }) => {
          const faults = new LogFaults();
          injected.take(faults);
          return create({
            ended,
            clock: { ...clock, claimed: (now) => faults.claimed(now) },
            log: faultyLog(openLog(), {
              faults,
              clock,
              gate,
              crash,
              onFired: (fault) => tell(firedEvent(fault)),
              ...(observe === undefined ? {} : {
                observe: (call) => observe({ id, incarnation }, call),
              }),
            }),
          });
        },
      }),
  };
}

/** Told of a call of the log by an incarnation, before it is made and after it. */
export type CallObserver = (
  actor: { readonly id: string; readonly incarnation: number },
  call: LogCall,
) => void;
