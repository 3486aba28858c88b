/**
 * What folding one partition of a run takes: its checkpoints, its records, its fold and its lens.
 *
 * @module
 */

import type { PartitionFold } from "../../../actors/fold/partition_fold.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import { foldAloud } from "./fold_aloud.ts";
import {
  type FoldedPartition,
  type Lenses,
  openFold,
  type StateOf,
  type TopicOf,
} from "./folded_roles.ts";
import type { PartitionRecords } from "./partition_records.ts";
import type { StatesFile } from "./states_file.ts";
import type { StatesPartition } from "./states_layout.ts";
import type { FoldedRole, FoldedStep } from "./step_folder.ts";

/** Records read at once. */
const READ_RECORDS = 500;
/** A state takes about so many bytes in memory for each of its snapshot, and so many besides. */
const MEMORY_PER_SNAPSHOT_BYTE = 3;
const MEMORY_OF_A_FOLD = 100_000;

/** The fold of one partition of a role. */
export type FoldOf<R extends FoldedRole> = PartitionFold<StateOf<R>, TopicOf<R>>;

/** What {@link PartitionFolding} is made of. */
export interface PartitionFoldingParts<R extends FoldedRole> {
  readonly of: FoldedPartition<R>;
  readonly parameters: FloorParameters;
  readonly states: StatesFile;
  readonly stored: StatesPartition;
  readonly records: PartitionRecords;
  readonly lens: Lenses[R];
}

/** Opens folds of one partition, and folds with them. */
export class PartitionFolding<R extends FoldedRole> {
  readonly #parts: PartitionFoldingParts<R>;
  readonly #skip: ReadonlySet<number>;

  constructor(parts: PartitionFoldingParts<R>) {
    this.#parts = parts;
    this.#skip = new Set(parts.stored.skip);
  }

  /** The offset behind the last record. */
  get end(): number {
    return this.#parts.records.end;
  }

  /** The offset of the last checkpoint at or before another. */
  checkpointBefore(offset: number): number {
    return this.#parts.states.nearest(this.#parts.stored, offset).offset;
  }

  /** About what a fold takes in memory that is at an offset. */
  bytesAt(offset: number): number {
    const { snapshotBytes } = this.#parts.states.nearest(this.#parts.stored, offset);
    return MEMORY_OF_A_FOLD + MEMORY_PER_SNAPSHOT_BYTE * snapshotBytes;
  }

  /** A fold as it was at the last checkpoint at or before an offset. */
  openAt(offset: number): FoldOf<R> {
    const { of, parameters, states, stored } = this.#parts;
    const snapshot = states.snapshot(stored, offset);
    return openFold(of, { parameters, skip: this.#skip, snapshot });
  }

  /** Folds up to, but without, an offset. @throws what the fold throws */
  async silently(fold: FoldOf<R>, to: number): Promise<void> {
    while (fold.nextOffset < to) {
      const wanted = Math.min(READ_RECORDS, to - fold.nextOffset);
      for (const record of await this.#parts.records.from(fold.nextOffset, wanted)) {
        if (record.offset >= to) return;
        fold.apply(record, { publishing: false });
      }
    }
  }

  /** Folds the next record and tells all of it. @throws what the fold throws */
  async aloud(fold: FoldOf<R>): Promise<FoldedStep> {
    const { of, lens, records } = this.#parts;
    const [record] = await records.from(fold.nextOffset, READ_RECORDS);
    return foldAloud(fold, record!, { topic: of.topic, lens }); // There is one, or it throws.
  }
}
