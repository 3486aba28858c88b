/**
 * Starting the consumers of one process under a root supervisor, and hearing of its failure.
 *
 * @module
 */

import type { Down } from "../runtime/actor_handle.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Supervisor } from "../runtime/supervisor.ts";
import { type ConsumerParts, consumerSpec } from "./consumer_spec.ts";
import { FloorFailedError } from "./floor_failed_error.ts";
import { DEFAULT_FLOOR_RESTARTS, type FloorRestarts, floorTree } from "./floor_tree.ts";
import type { InstanceCounts } from "./instances.ts";

/** A tree that is being started. */
export interface Supervision {
  readonly root: Supervisor;
  /** Resolves when every consumer works; rejects with why the tree failed before. */
  readonly ready: Promise<void>;
  /** Resolves, with why, when it cannot go on; when it is stopped, never. */
  readonly failure: Promise<FloorFailedError>;
}

/** Starts so many consumers of each role. */
export function superviseConsumers(
  counts: InstanceCounts,
  parts: ConsumerParts & { readonly runtime: Runtime },
  restarts: Partial<FloorRestarts> = {},
): Supervision {
  const { runtime } = parts;
  const root = new Supervisor(
    floorTree(counts, {
      restarts: { ...DEFAULT_FLOOR_RESTARTS, ...restarts },
      specOf: (role, n) => consumerSpec(role, n, parts),
    }),
    runtime,
  );
  const { ready, down } = root.start();
  const failure = failureOf(down, runtime);
  return {
    root,
    failure,
    // A tree that ends before it is ready has failed: `failure` says so in the floor's words.
    ready: ready.catch(async () => {
      throw await failure;
    }),
  };
}

async function failureOf(down: Promise<Down>, runtime: Runtime): Promise<FloorFailedError> {
  const ended = await Promise.race([down, runtime.fatal]);
  if (ended instanceof Error) return new FloorFailedError(ended.message, ended);
  if (ended.reason === "stopped") return await new Promise(() => {});
  return new FloorFailedError(
    ended.error?.message ?? `Cannot go on: the floor was ${ended.reason}`,
  );
}
