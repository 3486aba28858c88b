/**
 * Whether a run's log is still whole before the run is gone on with: it may have been cut, or replaced
 * by an older copy, since its process ended.
 *
 * @module
 */

import {
  checkLogFile,
  type DamagedRecords,
  type LogFileCheck,
} from "../kafka/embedded/check_log_file.ts";
import { describeLost } from "../kafka/embedded/lost_records.ts";
import { EventLogError } from "../kafka/event_log.ts";
import { openEventLog } from "../kafka/open_event_log.ts";
import { setAuditAside } from "./audit_aside.ts";
import { RunFolderError, type RunPaths } from "./run_folder.ts";

/** Damaged places that a message names; the others are counted. */
const MOST_NAMED = 8;

/**
 * Reads the run's embedded log from end to end.
 *
 * With `acceptLoss` records that were cut off are given up: the audit log's files that tell of them are
 * set aside, and the run goes on from what there is. Damage in the midst cannot be accepted.
 *
 * @returns what was given up, in a sentence; null when the log is whole
 * @throws {RunFolderError} when records are missing or damaged, naming them and what can be done
 */
export async function checkLogOf(
  paths: RunPaths,
  { acceptLoss, begun }: {
    readonly acceptLoss: boolean;
    /** Whether its session had begun; before that an empty file is no loss. */
    readonly begun: boolean;
  },
): Promise<string | null> {
  const { directory, log: path } = paths;
  const { lost, damaged } = check(paths, begun);
  if (damaged.length > 0) {
    throw new RunFolderError(
      `Cannot go on with ${directory}: its log.sqlite is damaged: ${
        describeDamaged(damaged)
      }; put ` +
        `a copy of before the damage in its place, or start the scenario anew`,
    );
  }
  if (lost.length === 0) return null;
  if (lost.some(({ topic }) => topic === null)) {
    throw new RunFolderError(
      `Cannot go on with ${directory}: its log.sqlite was cut to before its topics were made: ` +
        `${describeLost(lost)}; start the scenario anew`,
    );
  }
  if (!acceptLoss) {
    throw new RunFolderError(
      `Cannot go on with ${directory}: its log.sqlite was cut or replaced: ${
        describeLost(lost)
      }; ` +
        `to go on without them: deno task sim --resume ${directory} --accept-loss`,
    );
  }
  const aside = await setAuditAside(paths.audit, lost);
  const log = await openEventLog({ kind: "embedded", path }, { create: false, loss: "accept" });
  await log.close();
  const kept = aside === null ? "" : `; what the audit log has of them is in ${aside}`;
  return `gone on without what log.sqlite has lost: ${describeLost(lost)}${kept}`;
}

function check({ directory, log }: RunPaths, begun: boolean): LogFileCheck {
  try {
    return checkLogFile(log, { create: !begun });
  } catch (error) {
    if (!(error instanceof EventLogError)) throw error;
    throw new RunFolderError(`Cannot go on with ${directory}: ${error.message}`, error);
  }
}

function describeDamaged(damaged: readonly DamagedRecords[]): string {
  const named = damaged.slice(0, MOST_NAMED).map(({ topic, partition, from, to, why }) =>
    to - from === 1
      ? `"${topic}"/${partition} at ${from} (${why})`
      : `"${topic}"/${partition} at ${from} to ${to - 1} (${why})`
  );
  const others = damaged.length - named.length;
  return named.join(", ") + (others > 0 ? `, and ${others} more places` : "");
}
