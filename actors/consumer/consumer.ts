/**
 * A consumer: a member of a group that works off its share of the partitions. What a partition's work
 * is, its processors know; the consumer joins, polls, hands out, commits and leaves.
 *
 * @module
 */

import {
  type EventLog,
  EventLogError,
  type FetchedBatch,
  type GroupMember,
  type GroupPoll,
  type LogRecord,
  type TopicPartition,
} from "../../kafka/event_log.ts";
import type {
  Actor,
  ActorReport,
  ActorStart,
  ActorStep,
  SuspendOptions,
} from "../runtime/actor.ts";
import { type Clock, NO_LONGER_NEEDED } from "../runtime/clock.ts";
import { writtenPlaces } from "../log_access/written_places.ts";
import type { PartitionProcessor } from "./partition_processor.ts";
import { SingleSteps } from "./single_steps.ts";

/** How long a poll waits when there is nothing to do. */
const POLL_TIMEOUT_MS = 500;

/** Records of one poll, about. */
const POLL_RECORDS = 4_000;

/** From so many records of one poll on there is a backlog, and no sense in gathering more. */
const GATHERED_RECORDS = 1_000;

/** Offsets are committed when nothing is left to do, at the latest after so long. */
export const COMMIT_INTERVAL_MS = 100;

/** Processors are asked to flush so often. */
export const FLUSH_INTERVAL_MS = 1_000;

/** Looks for what others wrote last: each so long, in ms, and so many at most. */
const LAST_POLLS = { timeoutMs: 100, most: 10 } as const;

/** A commit is told as a runtime event at most so often for each partition. */
const COMMIT_EVENT_INTERVAL_MS = 1_000;

/** What makes a {@link Consumer}. */
export interface ConsumerOptions {
  readonly start: Pick<ActorStart<unknown>, "id" | "tell">;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly group: string;
  readonly topics: readonly string[];
  readonly sessionTimeoutMs?: number;
  /**
   * For roles that nobody waits for: between two polls there are at least so many milliseconds, unless
   * the first of them gave a good deal, so that records come in larger batches. Every wake-up takes
   * time from the roles that somebody waits for. Default 0: records are taken as soon as they come.
   */
  readonly gatherMs?: number;
  /**
   * For a role that is stopped after those it reads from: takes what they wrote at their own end, too.
   * Default false.
   */
  readonly hearsLastWords?: boolean;
  /** Makes the processor of a partition just assigned; the committed offset is where outputs are known from. */
  readonly open: (assigned: TopicPartition, context: {
    readonly committed: number;
    readonly signal: AbortSignal;
    readonly heartbeat: () => Promise<void>;
  }) => Promise<PartitionProcessor>;
  /** Answers the role's own questions. */
  readonly ask?: (
    question: unknown,
    processors: ReadonlyMap<string, PartitionProcessor>,
  ) => Promise<unknown>;
  readonly counters?: () => Readonly<Record<string, number>>;
  /** Called once when the consumer ends, however it ends. */
  readonly close?: () => Promise<void>;
}

interface Work {
  readonly processor: PartitionProcessor;
  readonly source: TopicPartition;
  committed: number;
  toldCommitAt: number;
}

/** Works until stopped; a failure of the log or of a processor ends it. */
export class Consumer implements Actor {
  readonly #options: ConsumerOptions;
  readonly #work = new Map<string, Work>();
  readonly #stopping = new AbortController();
  /** Ends a poll early: a stop, a suspension or a step has something else to do. */
  #wake = new AbortController();
  #queue: FetchedBatch[] = [];
  #phase: ActorReport["phase"] = "starting";
  readonly #steps: SingleSteps;
  #committedAt = 0;
  #flushedAt = 0;
  /** Before this moment nothing is polled. */
  #gatherUntil = 0;
  #fenced = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#steps = new SingleSteps(options.start.id);
  }

  async run(): Promise<void> {
    const { log, group, topics, start, sessionTimeoutMs } = this.#options;
    const member = await log.join({
      group,
      topics,
      instanceId: start.id,
      ...(sessionTimeoutMs === undefined ? {} : { sessionTimeoutMs }),
    });
    if (this.#phase === "starting") this.#phase = "running";
    try {
      while (!this.#stopping.signal.aborted) await this.#turn(member);
      await this.#drain(member);
    } finally {
      for (const { processor } of this.#work.values()) processor.abandon();
      this.#steps.rejectAll("it has stopped");
      this.#steps.tellSettled();
      await this.#options.close?.();
    }
  }

  stop(): void {
    this.#phase = "stopping";
    this.#steps.tellSettled();
    this.#stopping.abort();
    this.#interrupt();
  }

  /** Who goes on or ends meanwhile counts as settled. */
  suspend({ settled = false }: SuspendOptions = {}): void | Promise<void> {
    if (this.#phase !== "stopping") this.#phase = "suspended";
    this.#interrupt();
    if (!settled || this.#phase === "stopping") return;
    return this.#steps.settled();
  }

  resume(): void {
    if (this.#phase === "suspended") this.#phase = "running";
    this.#steps.tellSettled();
    this.#steps.rejectAll("it was resumed");
    this.#interrupt();
  }

  step(): Promise<ActorStep | null> {
    if (this.#phase !== "suspended") {
      return Promise.reject(
        new Error(`Cannot step ${this.#options.start.id}: it is not suspended`),
      );
    }
    const done = this.#steps.want();
    this.#interrupt();
    return done;
  }

  report(): ActorReport {
    return {
      phase: this.#phase,
      assignment: [...this.#work.keys()],
      counters: { ...this.#options.counters?.(), fenced: this.#fenced },
    };
  }

  ask(question: unknown): Promise<unknown> {
    const { ask, start } = this.#options;
    if (ask === undefined) {
      return Promise.reject(new Error(`Cannot answer: ${start.id} answers no questions`));
    }
    return ask(
      question,
      new Map([...this.#work].map(([name, { processor }]) => [name, processor])),
    );
  }

  #interrupt(): void {
    this.#wake.abort(NO_LONGER_NEEDED);
  }

  async #turn(member: GroupMember): Promise<void> {
    if (this.#wake.signal.aborted) this.#wake = new AbortController();
    if (this.#phase === "suspended") return await this.#suspendedTurn(member);
    if (this.#queue.length > 0) await this.#processQueue();
    else await this.#take(member, await this.#pollGathered(member));
    await this.#housekeeping(member);
  }

  async #pollGathered(member: GroupMember): Promise<GroupPoll> {
    const { clock, gatherMs = 0 } = this.#options;
    if (gatherMs === 0) return await this.#poll(member, POLL_RECORDS);
    const waitMs = this.#gatherUntil - clock.now();
    if (waitMs > 0) await clock.sleep(waitMs, this.#wake.signal);
    const polled = await this.#poll(member, POLL_RECORDS);
    this.#gatherUntil = countRecords(polled) < GATHERED_RECORDS ? clock.now() + gatherMs : 0;
    return polled;
  }

  /** Heartbeats go on, so a suspended consumer keeps its partitions; work waits for a step. */
  async #suspendedTurn(member: GroupMember): Promise<void> {
    const step = this.#steps.next();
    if (step === undefined) {
      if (this.#steps.isAwaited) {
        await this.#commit(member);
        this.#steps.tellSettled();
      }
      await heartbeat(member);
      await this.#options.clock.sleep(POLL_TIMEOUT_MS, this.#wake.signal);
      return;
    }
    try {
      if (this.#queue.length === 0) await this.#take(member, await this.#poll(member, 1, 0), true);
      const next = this.#takeOne();
      const done = next === undefined ? null : await this.#stepOver(next);
      await this.#commit(member);
      step.resolve(done);
    } catch (error) {
      step.reject(error);
      throw error;
    }
  }

  /** Works off one record, and tells where it and its outputs stand. Null: it is the next owner's. */
  async #stepOver(record: LogRecord): Promise<ActorStep | null> {
    const { topic, partition, offset } = record;
    const processor = this.#work.get(nameOf(record))?.processor;
    if (processor === undefined) return null;
    await processor.process([record]);
    return { read: { topic, partition, offset }, wrote: writtenPlaces(processor.published ?? []) };
  }

  #poll(member: GroupMember, maxRecords: number, timeoutMs?: number): Promise<GroupPoll> {
    const longest = this.#uncommitted().length > 0 ? COMMIT_INTERVAL_MS : POLL_TIMEOUT_MS;
    return member.poll({ timeoutMs: timeoutMs ?? longest, maxRecords, signal: this.#wake.signal });
  }

  #uncommitted(): readonly Work[] {
    return [...this.#work.values()].filter(({ processor, committed }) =>
      processor.position > committed
    );
  }

  async #take(member: GroupMember, polled: GroupPoll, queueOnly = false): Promise<void> {
    if (polled.kind === "assignment") {
      await this.#reassign(member, polled);
      return;
    }
    this.#queue = [...polled.batches];
    if (queueOnly) return;
    if (this.#queue.length === 0) await this.#commit(member);
    else await this.#processQueue();
  }

  /**
   * Partitions are worked off side by side, each in its order: what waits for an acknowledgement across
   * the network waits together. Nothing goes on before all have come to an end, however that was.
   */
  async #processQueue(): Promise<void> {
    const byPartition = Map.groupBy(this.#queue.splice(0), nameOf);
    const ended = await Promise.allSettled(
      [...byPartition.values()].map(async (batches) => {
        for (const batch of batches) await this.#process(batch, batch.records);
      }),
    );
    for (const each of ended) if (each.status === "rejected") throw each.reason;
  }

  async #process(source: TopicPartition, records: readonly LogRecord[]): Promise<void> {
    // Records of a partition revoked meanwhile are the next owner's.
    await this.#work.get(nameOf(source))?.processor.process(records);
  }

  #takeOne(): LogRecord | undefined {
    const [batch, ...rest] = this.#queue;
    if (batch === undefined) return undefined;
    const [first, ...records] = batch.records;
    this.#queue = records.length === 0 ? rest : [{ ...batch, records }, ...rest];
    return first;
  }

  async #reassign(
    member: GroupMember,
    change: Extract<GroupPoll, { kind: "assignment" }>,
  ): Promise<void> {
    const { tell } = this.#options.start;
    const { generation, revoked, assigned } = change;
    this.#queue = [];
    for (const source of revoked) {
      this.#work.get(nameOf(source))?.processor.abandon();
      this.#work.delete(nameOf(source));
    }
    if (revoked.length > 0) {
      tell({ kind: "revoked", generation, partitions: revoked.map(nameOf) });
    }
    if (assigned.length > 0) {
      tell({ kind: "assigned", generation, partitions: assigned.map(nameOf) });
      await this.#openAll(member, assigned);
    }
    // What was fetched and not worked off yet is fetched again.
    for (const { source, processor } of this.#work.values()) {
      member.seek({ ...source, offset: processor.position });
    }
  }

  async #openAll(member: GroupMember, assigned: readonly TopicPartition[]): Promise<void> {
    const offsets = new Map(
      (await member.committed()).map((place) => [nameOf(place), place.offset]),
    );
    for (const source of assigned) {
      if (this.#stopping.signal.aborted) return;
      const committed = offsets.get(nameOf(source)) ?? 0;
      const processor = await this.#options.open(source, {
        committed,
        signal: this.#stopping.signal,
        heartbeat: () => heartbeat(member),
      });
      this.#work.set(nameOf(source), { processor, source, committed, toldCommitAt: 0 });
      await heartbeat(member);
    }
  }

  async #housekeeping(member: GroupMember): Promise<void> {
    const now = this.#options.clock.now();
    if (now - this.#committedAt >= COMMIT_INTERVAL_MS) await this.#commit(member);
    if (now - this.#flushedAt < FLUSH_INTERVAL_MS) return;
    this.#flushedAt = now;
    for (const { processor } of this.#work.values()) await processor.flush("interval");
  }

  /**
   * Commits what is done. Committing late is safe: outputs after the committed offset are sent again
   * after a crash and recognised by their origin.
   */
  async #commit(member: GroupMember): Promise<void> {
    this.#committedAt = this.#options.clock.now();
    const moved = this.#uncommitted();
    if (moved.length === 0) return;
    try {
      await member.commit(
        moved.map(({ source, processor }) => ({ ...source, offset: processor.position })),
      );
    } catch (error) {
      if (error instanceof EventLogError && error.code === "fenced-generation") {
        // Another generation owns some of it; the next poll says which.
        this.#fenced++;
        return;
      }
      if (error instanceof EventLogError && error.retriable) return;
      throw error;
    }
    for (const work of moved) this.#noteCommit(work);
  }

  #noteCommit(work: Work): void {
    work.committed = work.processor.position;
    const now = this.#options.clock.now();
    if (now - work.toldCommitAt < COMMIT_EVENT_INTERVAL_MS) return;
    work.toldCommitAt = now;
    this.#options.start.tell({
      kind: "commit",
      partition: nameOf(work.source),
      offset: work.committed,
    });
  }

  async #drain(member: GroupMember): Promise<void> {
    await this.#processQueue();
    if (this.#options.hearsLastWords === true) await this.#hearLastWords(member);
    for (const { processor } of this.#work.values()) await processor.flush("stopping");
    await this.#commit(member);
    // While the log is away the group cannot be told: it finds out by the session's timeout.
    await unlessLogIsAway(member.leave());
  }

  /** Until nothing comes any more: a record of what others wrote last is worth a moment's wait. */
  async #hearLastWords(member: GroupMember): Promise<void> {
    const { timeoutMs, most } = LAST_POLLS;
    for (let polls = 0; polls < most; polls++) {
      const polled = await unlessLogIsAway(member.poll({ timeoutMs, maxRecords: POLL_RECORDS }));
      if (polled === undefined || countRecords(polled) === 0) return;
      await this.#take(member, polled);
    }
  }
}

/** A heartbeat that the log cannot take now is made up for by the next one. */
async function heartbeat(member: GroupMember): Promise<void> {
  await unlessLogIsAway(member.heartbeat());
}

/** Undefined when the log cannot be asked now. */
async function unlessLogIsAway<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof EventLogError) || !error.retriable) throw error;
    return undefined;
  }
}

function countRecords(polled: GroupPoll): number {
  if (polled.kind === "assignment") return GATHERED_RECORDS;
  return polled.batches.reduce((sum, { records }) => sum + records.length, 0);
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
