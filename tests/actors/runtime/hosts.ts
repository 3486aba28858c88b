/**
 * The two hosts behind one way to start a puppet, and a check that no worker is left.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { ActorHandle, HandleLimits } from "../../../actors/runtime/actor_handle.ts";
import { systemClock } from "../../../actors/runtime/clock.ts";
import { spawnLocal } from "../../../actors/runtime/local_handle.ts";
import { Runtime } from "../../../actors/runtime/runtime.ts";
import type { RuntimeEvent } from "../../../actors/runtime/runtime_events.ts";
import { livingActors } from "../../../actors/runtime/web_locks.ts";
import { spawnWorker } from "../../../actors/runtime/worker_handle.ts";
import { createPuppet, type PuppetOptions } from "./puppet.ts";

/** Starts a puppet. */
export type SpawnPuppet = (stage: Stage, options?: {
  readonly id?: string;
  readonly incarnation?: number;
  readonly options?: PuppetOptions;
  readonly limits?: Partial<HandleLimits>;
  readonly permissions?: Deno.PermissionOptionsObject | "none";
  readonly module?: URL;
  readonly faultInjection?: boolean;
}) => ActorHandle;

/** A runtime under test and what it told. */
export interface Stage {
  readonly runtime: Runtime;
  readonly events: RuntimeEvent[];
  readonly warnings: string[];
}

/** Starts a puppet in a worker of its own, with no permissions unless told otherwise. */
export const inWorker: SpawnPuppet = ({ runtime }, given = {}) =>
  spawnWorker({
    runtime,
    id: given.id ?? "puppet-0",
    role: "puppet",
    incarnation: given.incarnation ?? 1,
    module: given.module ?? new URL("./puppet_worker.ts", import.meta.url),
    options: given.options ?? {},
    permissions: given.permissions ?? "none",
    limits: given.limits ?? {},
    faultInjection: given.faultInjection ?? false,
  });

/** Starts a puppet in this thread. */
export const inThisThread: SpawnPuppet = ({ runtime }, given = {}) =>
  spawnLocal({
    runtime,
    id: given.id ?? "puppet-0",
    role: "puppet",
    incarnation: given.incarnation ?? 1,
    create: ({ clock }) => (start) => createPuppet(start, clock),
    options: given.options ?? {},
    limits: given.limits ?? {},
    faultInjection: given.faultInjection ?? false,
  });

let stages = 0;

/** A test on a runtime of its own, after which no actor may be left. */
export function onStage(
  name: string,
  body: (stage: Stage) => Promise<void>,
  maxZombies?: number,
): void {
  Deno.test(name, async () => {
    const runId = `stage-${stages++}`;
    const warnings: string[] = [];
    const runtime = new Runtime({
      runId,
      clock: systemClock,
      random: () => 0,
      warn: (text) => warnings.push(text),
      ...(maxZombies === undefined ? {} : { maxZombies }),
    });
    const events: RuntimeEvent[] = [];
    runtime.events.addSink((event) => events.push(event));
    await body({ runtime, events, warnings });
    await runtime.settled();
    assert.equal(runtime.living().length, 0);
    assert.deepEqual(await livingActors(`actor:${runId}:`), []);
  });
}
