/**
 * Folds a log into files of states, in the caller's thread.
 *
 * @module
 */

import { readFloorParameters } from "../../../actors/floor/open_floor.ts";
import type { EventLog } from "../../../kafka/event_log.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import { type FoldedPartition, foldedPartitions, openFold, poisonOf } from "./folded_roles.ts";
import { identityOf, type LogIdentity } from "./log_identity.ts";
import { PartitionRecords } from "./partition_records.ts";
import { statesPath, StatesWriter } from "./states_writer.ts";
import type { FoldedRole } from "./step_folder.ts";

/**
 * Records between two checkpoints: whoever wants a step waits while up to so many are folded again, some
 * 3 µs each, beside the restoring of a state, which takes up to about as long.
 */
export const CHECKPOINT_RECORDS = 2_000;
/** Records read at once. */
const READ_RECORDS = 1_000;

/** What is folded into which files. */
export interface FoldIntoFilesOptions {
  /** What all of their names begin with. */
  readonly file: string;
  readonly roles: readonly FoldedRole[];
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((folded: number, of: number) => void) | undefined;
  readonly checkpointRecords?: number | undefined;
}

/**
 * Folds every partition of the roles from its first record, and writes a file for each role.
 * @throws {Error} when the log holds no floor
 */
export async function foldIntoFiles(log: EventLog, options: FoldIntoFilesOptions): Promise<void> {
  const parameters = await readFloorParameters(log);
  if (parameters === null) {
    throw new Error("Cannot build the states of the run: its log holds no floor");
  }
  const identity = await identityOf(log, parameters);
  const partitions = foldedPartitions(parameters).filter(({ role }) =>
    options.roles.includes(role)
  );
  const folding = new Folding({ log, parameters, identity, partitions }, options);
  for (const role of options.roles) {
    using writer = new StatesWriter(statesPath(options.file, role));
    for (const partition of partitions) {
      if (partition.role === role) await folding.partition(partition, writer);
    }
    writer.finish(identity);
  }
}

interface Given {
  readonly log: EventLog;
  readonly parameters: FloorParameters;
  readonly identity: LogIdentity;
  readonly partitions: readonly FoldedPartition[];
}

class Folding {
  readonly #given: Given;
  readonly #options: FoldIntoFilesOptions;
  readonly #of: number;
  #folded = 0;

  constructor(given: Given, options: FoldIntoFilesOptions) {
    this.#given = given;
    this.#options = options;
    this.#of = given.partitions
      .reduce((sum, partition) => sum + this.#endOf(partition), 0);
  }

  async partition(partition: FoldedPartition, writer: StatesWriter): Promise<void> {
    const { log, parameters } = this.#given;
    const skip = await poisonOf(log, partition, parameters);
    const fold = openFold(partition, { parameters, skip });
    const end = this.#endOf(partition);
    writer.begin({ ...partition, end, skip: [...skip] });
    writer.checkpoint(0, fold.snapshot());
    using records = new PartitionRecords(log, partition, end);
    const base = this.#folded;
    let due = this.#records;
    while (fold.nextOffset < end) {
      this.#options.signal?.throwIfAborted();
      const batch = await records.from(fold.nextOffset, READ_RECORDS);
      for (const record of batch) {
        if (record.offset >= due) {
          writer.checkpoint(record.offset, fold.snapshot());
          due = record.offset + this.#records;
        }
        try {
          fold.apply(record, { publishing: false });
        } catch {
          // Whoever asks for this step is told by the fold itself.
          this.#tell(base + end);
          return;
        }
      }
      this.#tell(base + fold.nextOffset);
    }
  }

  get #records(): number {
    return this.#options.checkpointRecords ?? CHECKPOINT_RECORDS;
  }

  #endOf({ topic, partition }: FoldedPartition): number {
    return this.#given.identity.ends.find((end) =>
      end.topic === topic && end.partition === partition
    )
      ?.end ?? 0;
  }

  #tell(folded: number): void {
    this.#folded = folded;
    this.#options.onProgress?.(folded, this.#of);
  }
}
