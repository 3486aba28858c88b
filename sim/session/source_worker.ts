/**
 * The entry module of a producer's, or the meter's, Web Worker.
 *
 * @module
 */

import { openSurroundings, type WorkerLogOptions } from "../../actors/floor/worker_surroundings.ts";
import { punctualClock } from "../../actors/runtime/clock.ts";
import { hostActor } from "../../actors/runtime/worker_host.ts";
import { createSource, type SourceOptions } from "./source_factory.ts";

// The worker ends with its actor, and the connection with the worker.
hostActor<SourceOptions & WorkerLogOptions>(async (start) =>
  await createSource(start, await openSurroundings(start, punctualClock))
);
