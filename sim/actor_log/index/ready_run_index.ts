/**
 * The index of a run, opened, or built first where there is none that is right.
 *
 * @module
 */

import { buildLocked, type BuildOptions, lockIndex } from "./build_run_index.ts";
import { openRunIndex } from "./open_run_index.ts";
import { RunIndexError } from "./run_index_error.ts";
import type { StoredRunIndex } from "./stored_run_index.ts";

/** What the index is of, and who is told what. */
export interface ReadyIndexOptions extends Omit<BuildOptions, "onProgress"> {
  /** How much of the building is done, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  /** Told in a sentence why an index that was there is built anew. */
  readonly onRebuild?: (why: string) => void;
}

/**
 * Opens a run's index. One that is missing is built; one that is stale, damaged or of another version is
 * built anew. Two that ask at once build it once.
 *
 * @throws {RunIndexError} `cannot-write`, `too-many-partitions`
 * @throws {EventLogError} when the log cannot be read
 * @throws the signal's reason
 */
export async function readyRunIndex(options: ReadyIndexOptions): Promise<StoredRunIndex> {
  const { file, signal, onProgress, onRebuild, ...run } = options;
  const isOpen = await opened(options);
  if (!(isOpen instanceof RunIndexError)) return isOpen;
  const signalled = signal === undefined ? {} : { signal };
  using _lock = await lockIndex({ file, ...signalled });
  // Another process may have built it meanwhile.
  const reopened = await opened(options);
  if (!(reopened instanceof RunIndexError)) return reopened;
  if (reopened.code !== "missing") onRebuild?.(`${reopened.message}; it is built anew`);
  await buildLocked({
    ...run,
    ...signalled,
    file,
    onProgress: ({ recordsRead, recordsTotal }) => onProgress?.(recordsRead / recordsTotal),
  });
  // Of a run that is still going on it is what had happened when building began.
  return await openRunIndex(file, { ...run, grown: true });
}

/** The index, or why it is not to be had without building it. */
async function opened(options: ReadyIndexOptions): Promise<StoredRunIndex | RunIndexError> {
  try {
    return await openRunIndex(options.file, options);
  } catch (error) {
    if (error instanceof RunIndexError && error.goesAwayByBuilding) return error;
    throw error;
  }
}
