/**
 * Whether a run can be attached to, and if not, why not and what would be right.
 *
 * @module
 */

import { lockFile } from "../../actors/floor/process_lock.ts";
import type { EventLogConfig } from "../../kafka/open_event_log.ts";
import { isThere } from "../find_run.ts";
import { type RunPaths, runPaths } from "../run_folder.ts";
import { readManifest } from "../run_manifest.ts";
import { liveFilesIn, readLiveFile } from "./live_file.ts";
import { LIVE_VERSION, LiveError } from "./protocol.ts";

/** A run that may be attached to. */
export interface AttachableRun {
  readonly directory: string;
  readonly runId: string;
  /** Where its log is, for whoever wants to read what an actor was fed. */
  readonly log: EventLogConfig;
}

/** @throws {LiveError} when there is no such run, or it is one of virtual time */
export async function demandAttachable(directory: string): Promise<AttachableRun> {
  const paths = runPaths(directory);
  const manifest = await readManifest(paths.manifest).catch((cause: Error) => {
    throw new LiveError("no-run", `Cannot attach to run ${directory}: ${cause.message}`, cause);
  });
  if (manifest.virtual !== undefined) {
    throw new LiveError(
      "not-attachable",
      `Cannot attach to run ${directory}: it is one of virtual time, which waits for nobody; when it ` +
        `has ended, step through it: deno task step ${directory}`,
    );
  }
  const log = manifest.log ?? { kind: "embedded", path: paths.log };
  return { directory, runId: manifest.runId, log };
}

/** Why nobody is there to attach to. */
export async function whyNobody({ directory }: AttachableRun): Promise<LiveError> {
  const cannot = `Cannot attach to run ${directory}: `;
  const paths = runPaths(directory);
  const leftBy: number[] = [];
  for (const path of await liveFilesIn(directory)) {
    const file = await readLiveFile(path);
    if (file?.kind === "address") leftBy.push(file.address.pid);
    if (file?.kind === "unreadable") {
      return new LiveError("not-attachable", `${cannot}${path} cannot be read: ${file.why}`);
    }
    if (file?.kind === "other-version") {
      return new LiveError(
        "version",
        `${cannot}process ${file.pid} speaks version ${file.version} of live stepping, and this ` +
          `Outcry version ${LIVE_VERSION}; step it with the Outcry that plays it`,
      );
    }
  }
  if (await isPlayed(paths)) {
    return new LiveError(
      "not-attachable",
      `${cannot}it is going on, but its process cannot be attached to: it is just starting or ` +
        `ending, or may not listen on 127.0.0.1`,
    );
  }
  const left = leftBy.length === 0 ? "" : ` (process ${leftBy.join(", ")} was killed)`;
  return new LiveError(
    "not-running",
    await isThere(paths.report, "isFile")
      ? `${cannot}it has ended; step through it: deno task step ${directory}`
      : `${cannot}it is not going on: it was ended in the middle${left}; go on with it: ` +
        `deno task sim --resume ${directory}`,
  );
}

/** Whether a process plays the run now. */
export async function isPlayed({ lock: path }: RunPaths): Promise<boolean> {
  if (!await isThere(path, "isFile")) return false;
  const lock = await lockFile(path, { shared: true });
  lock?.[Symbol.dispose]();
  return lock === null;
}
