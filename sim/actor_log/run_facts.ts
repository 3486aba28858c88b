/**
 * What a run was, from what it left: and whether this Outcry can fold it again.
 *
 * @module
 */

import { basename } from "node:path";
import { readFloorParameters } from "../../actors/floor/open_floor.ts";
import { FOLD_VERSIONS } from "../../actors/floor/fold_versions.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { FloorParameters } from "../../kafka/messages/mod.ts";

import { isThere, UnreadableRunError } from "../find_run.ts";
import { finishedReport } from "../report/run_report.ts";
import type { RunPaths } from "../run_folder.ts";
import { readManifest, type RunManifest } from "../run_manifest.ts";
import type { RunFacts } from "./actor_log.ts";
import { formatPartition } from "./record_place.ts";

/** A run's facts, and how far its partitions go. */
export interface RunContents {
  readonly run: RunFacts;
  /** Ends of all partitions of its topics, by `topic/partition`. */
  readonly ends: ReadonlyMap<string, number>;
}

/**
 * Reads what there is to step through.
 * @throws {UnreadableRunError} for an empty run, and for one of another version
 */
export async function readRunContents(
  paths: RunPaths,
  { log, what }: { readonly log: EventLog; readonly what: string },
): Promise<RunContents> {
  const manifest = await manifestOf(paths, what);
  const parameters = await readFloorParameters(log);
  if (parameters === null) {
    throw new UnreadableRunError(
      `Cannot ${what} ${paths.directory}: its log holds no floor: the run ended before it began`,
    );
  }
  checkVersions(parameters, { directory: paths.directory, what });
  const ends = new Map<string, number>();
  for (const { name: topic, offsets } of await log.describeTopics()) {
    offsets.forEach(({ end }, partition) => ends.set(formatPartition({ topic, partition }), end));
  }
  const run: RunFacts = {
    runId: manifest?.runId ?? basename(paths.directory),
    directory: paths.directory,
    scenario: manifest === null ? null : { name: manifest.plan.scenario, seed: manifest.plan.seed },
    startedAt: await openedAt(log),
    virtual: manifest?.virtual !== undefined,
    log: manifest?.log === undefined ? "embedded" : "kafka",
    finished: manifest === null ? null : await finishedReport(paths.report) !== null,
    parameters,
  };
  return { run, ends };
}

/** Null for a folder without one: a floor that was started without a scenario. */
async function manifestOf(paths: RunPaths, what: string): Promise<RunManifest | null> {
  if (!await isThere(paths.manifest, "isFile")) return null;
  try {
    return await readManifest(paths.manifest);
  } catch (cause) {
    // readManifest throws errors that say what is wrong with the file.
    const { message } = cause as Error;
    throw new UnreadableRunError(`Cannot ${what} ${paths.directory}: ${message}`, cause);
  }
}

/** Other folds would show what never was. */
function checkVersions(
  { foldVersions }: FloorParameters,
  { directory, what }: { readonly directory: string; readonly what: string },
): void {
  for (const [role, version] of Object.entries(FOLD_VERSIONS)) {
    const found = foldVersions[role];
    if (found === version) continue;
    throw new UnreadableRunError(
      `Cannot ${what} ${directory}: it was made by version ${
        found ?? "none"
      } of the ${role}'s fold, ` +
        `and this Outcry has version ${version}, which may decide otherwise; use the Outcry that made it`,
    );
  }
}

/** The stamp of the floor's opening. */
async function openedAt(log: EventLog): Promise<number> {
  const reader = log.openReader([{ topic: "order-commands", partition: 0, offset: 0 }]);
  try {
    const [batch] = await reader.poll({ timeoutMs: 5_000, maxRecords: 1 });
    // The floor's parameters were read from it a moment ago.
    return batch?.records[0]?.timestamp ?? 0;
  } finally {
    reader.close();
  }
}
