/**
 * Opens the states of a run, to fold any step of it again.
 *
 * @module
 */

import type { EventLog } from "../../../kafka/event_log.ts";
import type { FloorParameters } from "../../../kafka/messages/mod.ts";
import { formatPlace, type RecordPlace } from "../record_place.ts";
import {
  FOLDED_ROLES,
  type FoldedPartition,
  foldedPartitions,
  FOLDS,
  type Lenses,
} from "./folded_roles.ts";
import { PartitionFolding } from "./partition_folding.ts";
import { PartitionRecords } from "./partition_records.ts";
import { PartitionSteps } from "./partition_steps.ts";
import { identityOf } from "./log_identity.ts";
import { StatesError } from "./states_error.ts";
import { SnapshotBuffers, StatesFile } from "./states_file.ts";
import { statesPath } from "./states_writer.ts";
import type { FoldedRole, FoldedStep, StepFolder } from "./step_folder.ts";

/** About so much memory is used for folds and for steps that were folded. */
export const STEP_MEMORY_BYTES = 24 * 2 ** 20;
/** Steps of a partition that are worked out ahead of whoever walks backward. */
export const WINDOW_STEPS = 100;

/** Fewer checkpoints are of a run so small that nobody would notice. */
const MIN_CHECKPOINTS_TO_WARM_UP = 4;
/** Parts of the way to the last checkpoint. */
const WARM_UP_PLACES = [0.3, 0.6, 0.9];

/** What is opened. */
export interface OpenStepFolderOptions {
  /** Must stay open as long as the folder. */
  readonly log: EventLog;
  /** Where `buildStates` built. */
  readonly file: string;
  readonly parameters: FloorParameters;
  readonly lenses: Lenses;
  /** Whether the log may have gone on since: then steps end where it ended. Default false. */
  readonly grown?: boolean | undefined;
  /** Default {@link STEP_MEMORY_BYTES}. */
  readonly memoryBytes?: number | undefined;
  /** Default {@link WINDOW_STEPS}. */
  readonly windowSteps?: number | undefined;
}

/** A folder that also says how large its file is. */
export interface StatesFolder extends StepFolder {
  /** Bytes of the states on disk. */
  readonly bytes: number;
}

/**
 * Opens a folder of steps.
 * @throws {StatesError} when the states must be built (again)
 */
export async function openStepFolder(options: OpenStepFolderOptions): Promise<StatesFolder> {
  const { log, file, parameters, grown } = options;
  const now = await identityOf(log, parameters);
  const buffers = new SnapshotBuffers();
  using opened = new DisposableStack();
  const states = new Map(
    FOLDED_ROLES.map((role) =>
      [role, opened.use(StatesFile.open(statesPath(file, role), { now, grown, buffers }))] as const
    ),
  );
  const folder = new RunStepFolder(states, options);
  await folder.warmUp();
  opened.move();
  return folder;
}

/** What the folder asks of a partition, whatever role folds it. */
type Steps = Pick<
  PartitionSteps,
  "at" | "foldBytes" | "windowBytes" | "dropBehind" | "dropFolds" | "dropAll"
>;

class RunStepFolder implements StatesFolder {
  readonly #states: ReadonlyMap<FoldedRole, StatesFile>;
  readonly #options: OpenStepFolderOptions;
  readonly #records: PartitionRecords[] = [];
  /** By role and partition, the one that was asked least recently first. */
  readonly #partitions = new Map<string, Steps>();

  constructor(states: ReadonlyMap<FoldedRole, StatesFile>, options: OpenStepFolderOptions) {
    this.#states = states;
    this.#options = options;
    for (const partition of foldedPartitions(options.parameters)) this.#add(partition);
  }

  get bytes(): number {
    return this.#states.values().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async step(role: FoldedRole, place: RecordPlace): Promise<FoldedStep> {
    const { topic, partition, offset } = place;
    const name = nameOf({ role, partition });
    const steps = this.#partitions.get(name);
    if (steps === undefined || topic !== FOLDS[role].topic) {
      throw new RangeError(`Cannot fold ${formatPlace(place)}: it is no step of the ${role}`);
    }
    // The one that was asked last is the last to give way.
    this.#partitions.delete(name);
    this.#partitions.set(name, steps);
    try {
      return await steps.at(offset);
    } finally {
      this.#makeRoom(name);
    }
  }

  /**
   * Goes to the largest states once: a fold's first records take several times as long as later ones,
   * until the machine has compiled it.
   */
  async warmUp(): Promise<void> {
    for (const [role, states] of this.#states) {
      const [longest] = states.partitions.toSorted((one, other) => other.rows - one.rows);
      if (longest === undefined || longest.rows < MIN_CHECKPOINTS_TO_WARM_UP) continue;
      const { partition } = longest;
      const last = states.nearest(longest, Infinity).offset;
      for (const part of WARM_UP_PLACES) {
        const offset = Math.floor(last * part);
        try {
          await this.step(role, { topic: FOLDS[role].topic, partition, offset });
        } catch (error) {
          if (error instanceof StatesError) throw error;
          // A log that cannot be folded: whoever asks for the step is told.
        }
      }
    }
    for (const steps of this.#partitions.values()) steps.dropAll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const records of this.#records) records[Symbol.dispose]();
    for (const states of this.#states.values()) states[Symbol.dispose]();
    return Promise.resolve();
  }

  #add<R extends FoldedRole>(of: FoldedPartition<R>): void {
    const { log, parameters, lenses, windowSteps = WINDOW_STEPS } = this.#options;
    const states = this.#states.get(of.role);
    const stored = states?.partitions.find(({ partition }) => partition === of.partition);
    // The parameters are the file's, so every partition is there.
    if (states === undefined || stored === undefined) return;
    const records = new PartitionRecords(log, of, stored.end);
    this.#records.push(records);
    const lens = lenses[of.role];
    const folding = new PartitionFolding<R>({
      of,
      parameters,
      states,
      stored,
      records,
      lens,
    });
    this.#partitions.set(nameOf(of), new PartitionSteps(folding, windowSteps));
  }

  /**
   * Steps that somebody left behind give way first. Then folds do before steps: a step is small, and a
   * fold can be restored.
   */
  #makeRoom(current: string): void {
    let bytes = 0;
    for (const steps of this.#partitions.values()) bytes += bytesOf(steps);
    const limit = this.#options.memoryBytes ?? STEP_MEMORY_BYTES;
    for (const drop of ["dropBehind", "dropFolds", "dropAll"] as const) {
      for (const [name, steps] of this.#partitions) {
        if (bytes <= limit) return;
        if (name === current) continue;
        bytes -= bytesOf(steps);
        steps[drop]();
        bytes += bytesOf(steps);
      }
    }
  }
}

function bytesOf({ foldBytes, windowBytes }: Steps): number {
  return foldBytes + windowBytes;
}

function nameOf(
  { role, partition }: { readonly role: string; readonly partition: number },
): string {
  return `${role}/${partition}`;
}
