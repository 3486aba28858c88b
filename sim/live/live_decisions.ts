/**
 * What an actor of a running floor decided in a step. Nobody asks the actor: the log has what it was
 * fed and all that came before, so the fold that it runs is run here again, as for a finished run.
 *
 * @module
 */

import type { PartitionFold } from "../../actors/fold/partition_fold.ts";
import { SnapshotStore } from "../../actors/fold/snapshot_store.ts";
import { readRange } from "../../actors/log_access/read_range.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import type { Role } from "../../actors/topology.ts";
import type { EventLog, LogRecord } from "../../kafka/event_log.ts";
import type { FloorParameters, MessageTopic } from "../../kafka/messages/mod.ts";
import { TOPIC_NAMES } from "../../kafka/topics.ts";
import { formatPlace, isSamePlace, type RecordPlace } from "../actor_log/record_place.ts";
import { readRecordOf } from "../actor_log/record_reader.ts";
import { foldAloud } from "../actor_log/states/fold_aloud.ts";
import {
  countsOf,
  type FoldedPartition,
  FOLDS,
  openFold,
  poisonOf,
} from "../actor_log/states/folded_roles.ts";
import type { FoldedOutput, FoldedRole } from "../actor_log/states/step_folder.ts";
import type { SentMessage, Step } from "../actor_log/step.ts";
import { type Decision, decisionOf } from "../actor_log/views/decision.ts";
import { LENSES } from "../actor_log/views/lenses.ts";
import type { StateLens } from "../actor_log/views/state_view.ts";
import { unitsOf } from "../actor_log/views/units.ts";
import { MAX_FOLDED_FOR_A_STEP, MAX_FOLDS_KEPT } from "./limits.ts";
import type { LivePlace } from "./protocol.ts";
import type { LiveRecord } from "./live_records.ts";

/** What a step is known by before its decision is. */
export interface MadeStep {
  readonly role: string;
  readonly read: LiveRecord | null;
  readonly wrote: readonly LiveRecord[];
}

type Machine = PartitionFold<unknown, MessageTopic>;

/** Decides again. Not for use by two callers at a time. */
export class LiveDecisions {
  readonly #log: EventLog;
  readonly #parameters: FloorParameters;
  /** By partition, the one used last at the end. */
  readonly #machines = new Map<string, Machine>();

  constructor(log: EventLog, parameters: FloorParameters) {
    this.#log = log;
    this.#parameters = parameters;
  }

  /**
   * The decision of a step that was made.
   * @throws {RangeError} when too much would have to be folded for it
   * @throws {EventLogError} when the log cannot be read; and what the fold throws
   */
  async of(made: MadeStep): Promise<Decision | null> {
    const step = await this.#stepOf(made);
    return step === null ? null : decisionOf(step, { units: unitsOf(this.#parameters) });
  }

  async #stepOf({ role, read, wrote }: MadeStep): Promise<Step | null> {
    const record = await this.#recordAt(read ?? wrote[0] ?? null);
    if (record === null) return null;
    const common = {
      owner: null,
      record: readRecordOf(record, placeOf(record)),
      before: null,
      after: null,
      findings: [],
    };
    if (read === null) {
      const sent = await Promise.all(wrote.slice(1).map((each, index) => this.#sent(each, index)));
      // Whoever makes messages of its own is a source.
      const actor = role as Role;
      return { ...common, actor, outcome: "wrote", sent: sent.filter((each) => each !== null) };
    }
    if (role === "notifier") return { ...common, actor: role, outcome: "delivered", sent: [] };
    if (role === "audit-logger") return { ...common, actor: role, outcome: "recorded", sent: [] };
    if (!isFolded(role) || FOLDS[role].topic !== record.topic) return null;
    const { outputs, ...folded } = await this.#fold(role, record);
    const sent = outputs.map((output) => sentOf(output, wrote));
    return { ...common, ...folded, actor: role, sent };
  }

  /** A source's second record: the command that its intent is of. */
  async #sent(written: LiveRecord, index: number): Promise<SentMessage | null> {
    const record = await this.#recordAt(written);
    if (record === null) return null;
    const place = placeOf(record);
    const { message } = readRecordOf(record, place);
    const { topic, partition } = place;
    return message === null ? null : { index, topic, partition, key: record.key, message, place };
  }

  async #recordAt(place: LivePlace | null): Promise<LogRecord | null> {
    if (place === null) return null;
    const range = { from: place.offset, to: place.offset + 1, maxRecords: 1 };
    for await (const record of readRange(this.#log, place, range)) return record;
    return null;
  }

  async #fold(role: FoldedRole, record: LogRecord) {
    const partition: FoldedPartition = {
      role,
      topic: FOLDS[role].topic,
      partition: record.partition,
    };
    const name = `${role}/${record.partition}`;
    const machine = await this.#machineAt(name, partition, record.offset);
    // Taken away meanwhile: one that has thrown must not be used again.
    this.#machines.delete(name);
    // The lens of the role whose fold it is.
    const lens = LENSES[role] as StateLens<unknown, MessageTopic>;
    const folded = foldAloud(machine, record, { topic: partition.topic, lens });
    this.#keep(name, machine);
    return folded;
  }

  /** A fold that has taken all before an offset. */
  async #machineAt(name: string, partition: FoldedPartition, offset: number): Promise<Machine> {
    const kept = this.#machines.get(name);
    this.#machines.delete(name);
    const isNear = kept !== undefined && kept.nextOffset <= offset &&
      offset - kept.nextOffset <= MAX_FOLDED_FOR_A_STEP;
    const machine = isNear ? kept : await this.#open(partition, offset);
    const behind = offset - machine.nextOffset;
    if (behind > MAX_FOLDED_FOR_A_STEP) {
      throw new RangeError(
        `Cannot tell what was decided at ${formatPlace({ ...partition, offset })}: ` +
          `${behind} records would have to be folded, and at most ${MAX_FOLDED_FOR_A_STEP} are`,
      );
    }
    const range = { from: machine.nextOffset, to: offset };
    if (behind > 0) {
      for await (const record of readRange(this.#log, partition, range)) {
        machine.apply(record, { publishing: false });
      }
    }
    return machine;
  }

  /** From the partition's newest snapshot, where it is not beyond the offset; else from nothing. */
  async #open(partition: FoldedPartition, offset: number): Promise<Machine> {
    const { role, topic } = partition;
    const log = this.#log;
    const parameters = this.#parameters;
    const store = new SnapshotStore({
      log,
      clock: systemClock,
      role,
      source: { topic, partition: partition.partition },
      partitions: countsOf(parameters).snapshots,
    });
    const { snapshot } = await store.read();
    const skip = await poisonOf(log, partition, parameters);
    const isBefore = snapshot !== null && snapshot.offset <= offset;
    const from = { parameters, skip, snapshot: isBefore ? snapshot.bytes : undefined };
    // Folds of any state are fed alike.
    return openFold(partition, from) as Machine;
  }

  #keep(name: string, machine: Machine): void {
    this.#machines.set(name, machine);
    if (this.#machines.size <= MAX_FOLDS_KEPT) return;
    const [oldest] = this.#machines.keys();
    if (oldest !== undefined) this.#machines.delete(oldest);
  }
}

function isFolded(role: string): role is FoldedRole {
  return Object.hasOwn(FOLDS, role);
}

/** A record of a topic of the floor: actors read and write no other. */
function placeOf({ topic, partition, offset }: LogRecord): RecordPlace {
  const name = TOPIC_NAMES.find((each) => each === topic);
  if (name === undefined) {
    throw new RangeError(`Cannot tell of ${topic}: the floor has no such topic`);
  }
  return { topic: name, partition, offset };
}

/** An output, where it stands among what the actor wrote. */
function sentOf(output: FoldedOutput, wrote: readonly LiveRecord[]): SentMessage {
  const { index, topic, partition, key, message, text } = output;
  const found = wrote.find((written) =>
    written.text === text &&
    isSamePlace(written, { topic, partition, offset: written.offset })
  );
  const place = found === undefined ? null : { topic, partition, offset: found.offset };
  return { index, topic, partition, key, message, place };
}
