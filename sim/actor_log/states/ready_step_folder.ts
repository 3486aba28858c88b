/**
 * The states of a run, ready to be folded from: opened where they are there and whole, else built.
 *
 * @module
 */

import { waitForLock } from "../../../actors/floor/process_lock.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import type { EventLogConfig } from "../../../kafka/open_event_log.ts";
import { LENSES } from "../views/lenses.ts";
import { buildStates } from "./build_states.ts";
import { openStepFolder, type StatesFolder } from "./open_step_folder.ts";
import { StatesError } from "./states_error.ts";

/** Of which run, and where its states are. */
export interface ReadyStepFolderOptions {
  /** Must stay open as long as the folder. */
  readonly log: EventLog;
  /** How threads open the log for themselves; without it the caller's builds. */
  readonly config?: EventLogConfig | undefined;
  readonly parameters: FloorParameters;
  /** Its folder must exist. */
  readonly file: string;
  /** Ends it early, with the signal's reason; no half file is left then. */
  readonly signal?: AbortSignal | undefined;
  /** Told now and then which share of the building is done, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Told in a sentence why states that were there are built again. */
  readonly onRebuild?: ((why: string) => void) | undefined;
}

/**
 * Opens a folder of steps, and builds what it needs first if need be. Two that ask at once build it once.
 *
 * @throws {EventLogError} when the log cannot be read
 * @throws {StatesError} `cannot-write`
 * @throws the signal's reason
 */
export async function readyStepFolder(options: ReadyStepFolderOptions): Promise<StatesFolder> {
  const { file, signal, onProgress, onRebuild, ...run } = options;
  signal?.throwIfAborted();
  const isOpen = await opened(options);
  if (!(isOpen instanceof StatesError)) return isOpen;
  using _lock = await waitForLock(`${file}-lock`, { signal });
  // Another process may have built them meanwhile.
  const reopened = await opened(options);
  if (!(reopened instanceof StatesError)) return reopened;
  if (reopened.code !== "missing") onRebuild?.(`${reopened.message}; they are built anew`);
  await buildStates({
    ...run,
    file,
    signal,
    onProgress: (folded, of) => onProgress?.(of === 0 ? 1 : folded / of),
  });
  // Of a run that is still going on they are what had happened when building began.
  return await openStepFolder({ ...run, file, lenses: LENSES, grown: true });
}

/** The folder, or why it is not to be had without building. */
async function opened(
  { log, file, parameters }: ReadyStepFolderOptions,
): Promise<StatesFolder | StatesError> {
  try {
    return await openStepFolder({ log, file, parameters, lenses: LENSES });
  } catch (error) {
    if (error instanceof StatesError) return error;
    throw error;
  }
}
