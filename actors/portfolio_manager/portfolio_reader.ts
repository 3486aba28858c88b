/**
 * Portfolios of partitions that are folded elsewhere: the owner's newest snapshot, and the records
 * after it. Nothing is written.
 *
 * @module
 */

import { type EventLog, EventLogError } from "../../kafka/event_log.ts";
import { partitionForKey } from "../../kafka/partitioner.ts";
import { type PartitionCounts, PartitionFold } from "../fold/partition_fold.ts";
import { loadPoisonMarks } from "../fold/poison_marks.ts";
import { SnapshotStore } from "../fold/snapshot_store.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";
import { portfolioFold } from "./portfolio_fold.ts";
import { valuedPortfolio } from "./portfolio_questions.ts";
import type { PortfolioState } from "./portfolio_state.ts";
import type { PortfolioView } from "./portfolio_view.ts";

/** Partitions whose state is kept for the next question; the one asked for longest ago goes first. */
export const MAX_KEPT_PARTITIONS = 16;

/** How soon a record is looked at again that its owner has still to pass over. */
const POISON_RETRY_MS = 50;

/** How long the owner is given for it. */
const POISON_PATIENCE_MS = 15_000;

type Machine = PartitionFold<PortfolioState, "notifications">;

/** What a {@link PortfolioReader} works with. */
export interface PortfolioReaderOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  /** As the floor was opened with. */
  readonly partitions: PartitionCounts;
}

/**
 * Answers for any user. A partition's state is kept and folded on, so asking again costs what has been
 * appended since.
 */
export class PortfolioReader {
  readonly #options: PortfolioReaderOptions;
  /** By partition, the one asked for last at the end. */
  readonly #machines = new Map<number, Machine>();
  /** One question at a time: two must not fold the same state on. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: PortfolioReaderOptions) {
    this.#options = options;
  }

  /** How many partitions' states are kept now. */
  get kept(): number {
    return this.#machines.size;
  }

  /**
   * A user's portfolio as of `upTo` or later in the user's partition, or null when nobody has heard of
   * the user.
   *
   * @throws {EventLogError} `log-unavailable` when the records up to there do not come
   * @throws {SequenceGapError} and others for a record that no fold can go past
   */
  portfolio(userId: string, upTo: number): Promise<PortfolioView | null> {
    const answer = this.#turn.then(() => this.#answer(userId, upTo));
    // The next question is asked whatever becomes of this one.
    this.#turn = answer.catch(() => {});
    return answer;
  }

  async #answer(userId: string, upTo: number): Promise<PortfolioView | null> {
    const { log, partitions } = this.#options;
    const partition = partitionForKey(userId, partitions.notifications);
    const machine = await this.#foldedTo(partition, upTo);
    return await valuedPortfolio(machine.state, userId, log);
  }

  async #foldedTo(partition: number, upTo: number): Promise<Machine> {
    const { clock } = this.#options;
    const giveUpAt = clock.now() + POISON_PATIENCE_MS;
    for (;;) {
      const machine = this.#machines.get(partition) ?? await this.#load(partition);
      this.#machines.delete(partition);
      try {
        await this.#foldOn(machine, partition, upTo);
        this.#keep(partition, machine);
        return machine;
      } catch (error) {
        // What the log cannot give is not mended by folding again.
        if (error instanceof EventLogError || clock.now() >= giveUpAt) throw error;
        // The owner throws on the same record: it marks it, and from then on all pass over it.
        await clock.sleep(POISON_RETRY_MS);
      }
    }
  }

  async #foldOn(machine: Machine, partition: number, upTo: number): Promise<void> {
    if (machine.nextOffset >= upTo) return;
    const source = { topic: "notifications", partition } as const;
    const range = { from: machine.nextOffset, to: upTo };
    for await (const record of readRange(this.#options.log, source, range)) {
      machine.apply(record, { publishing: false });
    }
    if (machine.nextOffset >= upTo) return;
    throw new EventLogError(
      "log-unavailable",
      `Cannot read the portfolios of notifications/${partition} at ${upTo}: the log ends at ` +
        `${machine.nextOffset} now`,
      { retriable: true },
    );
  }

  async #load(partition: number): Promise<Machine> {
    const { log, clock, partitions } = this.#options;
    const { role, topic } = portfolioFold;
    const source = { topic, partition };
    const store = new SnapshotStore({ log, clock, role, source, partitions: partitions.snapshots });
    // Marks after the snapshot: a snapshot says nothing of the marks that it was folded with.
    const { snapshot } = await store.read();
    const skip = await loadPoisonMarks(log, {
      role,
      source,
      partitions: partitions["dead-letters"],
    });
    return new PartitionFold({
      fold: portfolioFold,
      context: { topic, partition, partitions: partitions[topic] },
      partitions,
      skip,
      ...(snapshot === null ? {} : { snapshot: snapshot.bytes }),
    });
  }

  #keep(partition: number, machine: Machine): void {
    this.#machines.set(partition, machine);
    if (this.#machines.size <= MAX_KEPT_PARTITIONS) return;
    const [oldest] = this.#machines.keys();
    if (oldest !== undefined) this.#machines.delete(oldest);
  }
}
