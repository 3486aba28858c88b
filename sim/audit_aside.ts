/**
 * Setting aside what an audit log has of records that its run has lost: the same offsets will be given
 * to other records, and the files are the last that is known of the lost ones.
 *
 * @module
 */

import { join } from "node:path";
import {
  type AuditFile,
  partitionFolder,
  SEGMENT_OFFSETS,
} from "../actors/audit_logger/audit_file_name.ts";
import { listAuditFiles } from "../actors/audit_logger/segment_writer.ts";
import type { LostRecords } from "../kafka/event_log.ts";

/**
 * Moves the files that reach beyond where a partition ends now into a new folder beside the audit log.
 * @returns the folder; null when there is nothing to move
 */
export async function setAuditAside(
  auditFolder: string,
  lost: readonly LostRecords[],
): Promise<string | null> {
  const moves = lost.flatMap(({ topic, partition, from }) => {
    if (topic === null) return [];
    const folder = partitionFolder(auditFolder, { topic, partition });
    const files = filesIn(folder).filter((file) => reach(file) > from);
    return files.map(({ name }) => ({
      from: join(folder, name),
      to: join(topic, `${partition}`, name),
    }));
  });
  if (moves.length === 0) return null;
  const aside = await newFolderBeside(auditFolder);
  for (const { from, to } of moves) {
    const target = join(aside, to);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.rename(from, target);
  }
  return aside;
}

/** The offset that a file may go up to, exclusive. */
function reach(file: AuditFile): number {
  return file.kind === "tail" ? file.end : file.base + SEGMENT_OFFSETS;
}

function filesIn(folder: string): readonly AuditFile[] {
  try {
    return listAuditFiles(folder);
  } catch (error) {
    // Nothing of the partition was audited yet.
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function newFolderBeside(auditFolder: string): Promise<string> {
  for (let n = 1;; n++) {
    const folder = `${auditFolder}-lost-${n}`;
    try {
      await Deno.mkdir(folder);
      return folder;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}
