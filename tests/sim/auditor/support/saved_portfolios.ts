/**
 * Snapshots of portfolio managers, by the real fold, in a log of arrays.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { PartitionFold } from "../../../../actors/fold/partition_fold.ts";
import { portfolioFold } from "../../../../actors/portfolio_manager/portfolio_fold.ts";
import { partitionForKey } from "../../../../kafka/partitioner.ts";
import type { ArrayLog } from "./array_log.ts";
import { handParameters, PARTITIONS } from "./hand_floor.ts";

/** Folds every partition of `notifications` and saves what it came to. */
export function savePortfolios(log: ArrayLog): void {
  for (let partition = 0; partition < PARTITIONS; partition++) savePartition(log, partition);
}

/** A partition whose records a test has made unfoldable gets no snapshot, as on a real floor. */
function savePartition(log: ArrayLog, partition: number): void {
  const topic = "notifications";
  const fold = new PartitionFold({
    fold: portfolioFold,
    context: { topic, partition, partitions: PARTITIONS },
    partitions: handParameters().partitions as ConstructorParameters<
      typeof PartitionFold
    >[0]["partitions"], // of every topic
  });
  try {
    for (let offset = 0; offset < log.records(topic, partition).length; offset++) {
      fold.apply(log.read(topic, partition, offset), { publishing: false });
    }
  } catch {
    return; // said above
  }
  saveBytes(log, { partition, offset: fold.nextOffset, bytes: fold.snapshot() });
}

/** Writes a snapshot of so many bytes, whole. */
export function saveBytes(log: ArrayLog, { partition, offset, bytes }: {
  readonly partition: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}): void {
  const role = "portfolio-manager";
  const prefix = `${role}/notifications/${partition}`;
  const target = partitionForKey(prefix, PARTITIONS);
  const half = Math.ceil(bytes.length / 2);
  [bytes.subarray(0, half), bytes.subarray(half)].forEach((value, chunk) =>
    log.append("snapshots", target, { key: `${prefix}/${offset}/${chunk}`, value })
  );
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const manifest = {
    role,
    topic: "notifications",
    partition,
    offset,
    chunks: 2,
    bytes: bytes.length,
    sha256,
  };
  const key = `${prefix}/${offset}/manifest`;
  log.append("snapshots", target, { key, value: JSON.stringify(manifest) });
}
