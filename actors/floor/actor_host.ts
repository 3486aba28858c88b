/**
 * Where a floor's actors run: each in a Web Worker of its own with the permissions of its role, or all
 * of them in the caller's thread on a log that only that thread can see.
 *
 * @module
 */

import type { EventLog } from "../../kafka/event_log.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import type { ActorFactory } from "../runtime/actor.ts";
import type { ActorHandle, HandleLimits } from "../runtime/actor_handle.ts";
import { spawnLocal } from "../runtime/local_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { spawnWorker } from "../runtime/worker_handle.ts";
import type { LogPermissions } from "./log_permissions.ts";

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
  /** Makes it in the caller's thread, where there is no worker. */
  readonly create: (
    log: EventLog,
  ) => ActorFactory<Options>;
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
}): ActorHost {
  const { config, permissions, runtime, limits = {} } = options;
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
        module: actor.module,
        options: { ...actor.options, log: config },
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
export function singleThreadHost(
  log: EventLog,
  runtime: Runtime,
  limits: Partial<HandleLimits> = {},
): ActorHost {
  return {
    kind: "single-thread",
    start: (actor) =>
      spawnLocal({
        runtime,
        id: actor.id,
        role: actor.role,
        incarnation: actor.incarnation,
        limits,
        options: actor.options,
        factory: actor.create(log),
      }),
  };
}
