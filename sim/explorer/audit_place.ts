/**
 * Where a play's audit logger writes: a folder of its own, gone afterwards.
 *
 * @module
 */

import { join } from "node:path";

/**
 * What the explorer writes goes here, below the folder of runs: neither is under version control. (Not
 * into `/dev/shm`: Deno lets nobody near `/dev` who may not do everything. What is removed after a second
 * hardly reaches the disk.)
 */
export const EXPLORE_FOLDER = join("runs", "explore");

/** A folder that is removed when it is disposed of. */
export interface AuditPlace extends Disposable {
  readonly folder: string;
}

/** Makes a new one. @throws {Deno.errors.NotCapable} where nothing may be written */
export function makeAuditPlace(): AuditPlace {
  Deno.mkdirSync(EXPLORE_FOLDER, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: EXPLORE_FOLDER, prefix: "audit-" });
  return {
    folder,
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}
