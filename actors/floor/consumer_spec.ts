/**
 * The spec of one consumer: its name, how it is restarted, what its worker may touch.
 *
 * @module
 */

import type { ChildSpec } from "../runtime/child_spec.ts";
import type { Clock } from "../runtime/clock.ts";
import type { ConsumerRole } from "../topology.ts";
import type { ActorHost } from "./actor_host.ts";
import { type ConsumerSettings, createConsumerActor } from "./consumer_actor.ts";
import { instanceName } from "./instances.ts";

/** How long consumers may take to finish what is under way when they stop. */
export const CONSUMER_SHUTDOWN_MS = 10_000;

/** What consumers of one process are made with. */
export interface ConsumerParts {
  readonly host: ActorHost;
  readonly settings: ConsumerSettings;
  readonly runtime: { readonly clock: Clock };
  /** Ends the names of its instances, in a process that has joined a floor. */
  readonly processName?: string;
}

/** The spec of one consumer. */
export function consumerSpec(role: ConsumerRole, n: number, parts: ConsumerParts): ChildSpec {
  const id = instanceName(role, n, parts.processName);
  const { auditFolder } = parts.settings;
  const audit = role === "audit-logger" && auditFolder !== null ? [auditFolder] : [];
  return {
    kind: "actor",
    id,
    role,
    restart: "permanent",
    shutdownMs: CONSUMER_SHUTDOWN_MS,
    start: (incarnation) =>
      parts.host.start({
        id,
        role,
        incarnation,
        module: new URL("./consumer_worker.ts", import.meta.url),
        options: parts.settings,
        read: audit,
        write: audit,
        create: (surroundings) => (start) => createConsumerActor(start, surroundings),
      }),
  };
}
