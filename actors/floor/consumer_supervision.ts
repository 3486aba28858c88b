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
import { LOG_PATIENCE_MS, type LogReach, secondsOf } from "./log_reach.ts";

/** A tree that is being started. */
export interface Supervision {
  readonly root: Supervisor;
  /** Resolves when every consumer works; rejects with why the tree failed before. */
  readonly ready: Promise<void>;
  /** Resolves, with why, when it cannot go on; when it is stopped, never. */
  readonly failure: Promise<FloorFailedError>;
}

/** What the consumers of a process are supervised with. */
export interface SupervisionParts extends ConsumerParts {
  readonly runtime: Runtime;
  /** Null: the log is always within reach. */
  readonly reach: Pick<LogReach, "lost" | "gone"> | null;
}

/** Starts so many consumers of each role. */
export function superviseConsumers(
  counts: InstanceCounts,
  parts: SupervisionParts,
  restarts: Partial<FloorRestarts> = {},
): Supervision {
  const { runtime, reach } = parts;
  const root = new Supervisor(
    floorTree(counts, {
      restarts: { ...DEFAULT_FLOOR_RESTARTS, ...restarts },
      specOf: (role, n) => consumerSpec(role, n, parts),
    }),
    runtime,
  );
  const { ready, down } = root.start();
  const failure = Promise.race([
    failureOf(down, runtime),
    failureOfLog(reach),
    failureOfTopics(reach),
  ]);
  return {
    root,
    failure,
    // A tree that ends before it is ready has failed: `failure` says so in the floor's words.
    ready: Promise.race([
      ready.catch(async () => {
        throw await failure;
      }),
      failure.then((error) => Promise.reject(error)),
    ]),
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

/** Actors that the log keeps waiting fail too seldom for their supervisors to give up. */
async function failureOfLog(reach: SupervisionParts["reach"]): Promise<FloorFailedError> {
  const loss = await reach?.lost(LOG_PATIENCE_MS, new AbortController().signal) ?? null;
  if (loss === null) return await new Promise(() => {});
  return new FloorFailedError(
    `Cannot go on: the log has been out of reach for ${secondsOf(loss)}: ${loss.why}; ` +
      `when it is back, go on with the run`,
  );
}

/** Its supervisors would start actors again that can never work. */
async function failureOfTopics(reach: SupervisionParts["reach"]): Promise<FloorFailedError> {
  const topic = await (reach?.gone ?? new Promise<never>(() => {}));
  return new FloorFailedError(
    `Cannot go on: the topic "${topic}" was deleted under the floor, and its records with it; ` +
      `begin a new run`,
  );
}
