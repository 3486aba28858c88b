/**
 * What a run's log must hold, worked out anew: every folded partition from its first record, without a
 * crash, against the snapshots and the outputs that the run left behind.
 *
 * @module
 */

import type { Fold } from "../../actors/fold/fold.ts";
import { type PartitionCounts, PartitionFold } from "../../actors/fold/partition_fold.ts";
import { loadPoisonMarks } from "../../actors/fold/poison_marks.ts";
import { type Snapshot, SnapshotStore } from "../../actors/fold/snapshot_store.ts";
import { readFloorParameters } from "../../actors/floor/open_floor.ts";
import { readRange } from "../../actors/log_access/read_range.ts";
import { orderGatewayFold } from "../../actors/order_gateway/order_gateway_fold.ts";
import { portfolioFold } from "../../actors/portfolio_manager/portfolio_fold.ts";
import { systemClock } from "../../actors/runtime/clock.ts";
import { tradingEngineFold } from "../../actors/trading_engine/trading_engine_fold.ts";
import type { EventLog } from "../../kafka/event_log.ts";
import type { MessageTopic } from "../../kafka/messages/mod.ts";
import { type FoldDifference, type LoggedOutputs, outputsInLog } from "./logged_outputs.ts";

/** What was compared, and the first thing that was otherwise than it must be. */
export interface FoldComparison {
  /** Null: everything was as it must be. */
  readonly difference: FoldDifference | null;
  readonly records: number;
  readonly outputs: number;
  /** Outputs that stand in the log once more. */
  readonly repeatsStored: number;
  /** Records that the folds dropped because they had come before. */
  readonly repeatsDropped: number;
}

/**
 * Compares a log that its floor has left in peace, and where every group had caught up. A snapshot must
 * be the fold of the records below it, wherever it stands.
 */
export async function compareWithFoldFromZero(log: EventLog): Promise<FoldComparison> {
  const parameters = await readFloorParameters(log);
  if (parameters === null) throw new Error("Cannot fold the log again: it holds no floor");
  const partitions = parameters.partitions as PartitionCounts; // Made with every topic of the table.
  const logged = await outputsInLog(log, partitions);
  const comparing = new Comparing(log, { partitions, logged });
  await comparing.role(orderGatewayFold);
  await comparing.role(tradingEngineFold);
  await comparing.role(portfolioFold);
  return comparing.result;
}

class Comparing {
  readonly #log: EventLog;
  readonly #partitions: PartitionCounts;
  readonly #logged: LoggedOutputs;
  #difference: FoldDifference | null;
  #records = 0;
  #outputs = 0;
  #repeatsDropped = 0;

  constructor(log: EventLog, given: {
    readonly partitions: PartitionCounts;
    readonly logged: LoggedOutputs;
  }) {
    this.#log = log;
    this.#partitions = given.partitions;
    this.#logged = given.logged;
    this.#difference = given.logged.difference;
  }

  get result(): FoldComparison {
    return {
      difference: this.#difference,
      records: this.#records,
      outputs: this.#outputs,
      repeatsStored: this.#logged.repeats,
      repeatsDropped: this.#repeatsDropped,
    };
  }

  async role<State, T extends MessageTopic>(fold: Fold<State, T>): Promise<void> {
    for (let partition = 0; partition < this.#partitions[fold.topic]; partition++) {
      await this.#partition(fold, partition);
    }
  }

  async #partition<State, T extends MessageTopic>(fold: Fold<State, T>, partition: number) {
    const source = { topic: fold.topic, partition };
    const name = `${fold.role} ${fold.topic}/${partition}`;
    const partitions = this.#partitions;
    const skip = await loadPoisonMarks(this.#log, {
      role: fold.role,
      source,
      partitions: partitions["dead-letters"],
    });
    const snapshot = await this.#newestSnapshot(fold.role, source);
    const machine = new PartitionFold({
      fold,
      context: { ...source, partitions: partitions[source.topic] },
      partitions,
      skip,
    });
    for await (const record of readRange(this.#log, source)) {
      if (snapshot?.offset === record.offset) this.#state(name, snapshot, machine.snapshot());
      try {
        machine.apply(record, { publishing: true });
      } catch (error) {
        const place = `${source.topic}/${partition}/${record.offset}`;
        this.#differs(`${name} cannot be folded again from zero: ${String(error)}`, [place]);
        return;
      }
    }
    if (snapshot?.offset === machine.nextOffset) this.#state(name, snapshot, machine.snapshot());
    if (snapshot !== null && snapshot.offset > machine.nextOffset) {
      this.#differs(`${name}: a snapshot stands past the end, at ${snapshot.offset}`, []);
    }
    this.#records += machine.nextOffset;
    this.#repeatsDropped += machine.counters.repeats;
    this.#compareOutputs(`${fold.topic}/${partition}`, machine);
  }

  async #newestSnapshot(
    role: string,
    source: { readonly topic: string; readonly partition: number },
  ): Promise<Snapshot | null> {
    // Only ever read from, so its clock is never asked.
    const store = new SnapshotStore({
      log: this.#log,
      clock: systemClock,
      role,
      source,
      partitions: this.#partitions.snapshots,
    });
    return (await store.read()).snapshot;
  }

  #state(name: string, snapshot: Snapshot, folded: Uint8Array): void {
    if (sameBytes(snapshot.bytes, folded)) return;
    const what = `the snapshot of ${name} at ${snapshot.offset} is not the fold of what lies below`;
    const where = name.slice(name.indexOf(" ") + 1);
    this.#differs(what, snapshot.offset === 0 ? [] : [`${where}/${snapshot.offset - 1}`]);
  }

  #compareOutputs(
    channel: string,
    machine: Pick<PartitionFold<unknown, MessageTopic>, "takeOutputs">,
  ): void {
    const made = new Map<string, readonly string[]>();
    for (const { topic, partition, records } of machine.takeOutputs()) {
      // A fold's outputs are text.
      made.set(`${topic}/${partition}`, records.map(({ value }) => value as string));
    }
    for (const [place, channels] of this.#logged.places) {
      const logged = channels.get(channel) ?? [];
      const expected = made.get(place) ?? [];
      this.#outputs += logged.length;
      const at = expected.findIndex((text, i) => logged[i]?.text !== text);
      if (at >= 0) {
        const found = logged[at];
        this.#differs(
          `${place} must have from ${channel}, as number ${at}: ${expected[at]}; it has ` +
            (found === undefined ? "nothing" : found.text),
          [originOf(expected[at]!), ...(found === undefined ? [] : [`${place}/${found.offset}`])],
        );
      } else if (logged.length > expected.length) {
        const extra = logged[expected.length]!; // It is longer.
        this.#differs(`${place} has from ${channel} what no fold gives: ${extra.text}`, [
          `${place}/${extra.offset}`,
        ]);
      }
    }
  }

  #differs(text: string, chain: readonly string[]): void {
    this.#difference ??= { text, chain };
  }
}

/** The place of the record that an output follows from. */
function originOf(output: string): string {
  const id = /"id":"([a-z-]+\/\d+\/\d+)\/\d+"/.exec(output);
  return id?.[1] ?? "?";
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
