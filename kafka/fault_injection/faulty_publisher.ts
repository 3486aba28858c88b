/**
 * Publishing to a log with faults: refused, delayed, acknowledged late or not at all.
 *
 * @module
 */

import {
  type EventLog,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
  type TopicPartition,
} from "../event_log.ts";
import type { FaultyCalls } from "./faulty_calls.ts";
import type { LogFaultOf } from "./log_fault.ts";
import { type BegunFault, farthest, touches } from "./log_faults.ts";
import { REFUSAL_MS } from "./refusal.ts";

/** What became of the batches of a publish. */
interface Outcome {
  readonly published: readonly PublishedBatch[];
  readonly rejected: readonly RecordBatch[];
  /** Why some were rejected, the first reason first. */
  readonly errors: readonly PublishError[];
}

/** A publish's place behind those before it, and its word that the next one may go. */
interface Turn {
  readonly before: readonly Promise<void>[];
  readonly done: () => void;
}

type Refusal = BegunFault<LogFaultOf<"unavailable"> | LogFaultOf<"full">>;

/** One caller's publishes. What is delayed is not overtaken by what is published later. */
export class FaultyPublisher {
  readonly #log: EventLog;
  readonly #calls: FaultyCalls;
  /** By partition, the last publish that was delayed: the next one waits until it is appended. */
  readonly #delayed = new Map<string, Promise<void>>();

  constructor(log: EventLog, calls: FaultyCalls) {
    this.#log = log;
    this.#calls = calls;
  }

  /** As the log's own. @throws {PublishError} */
  publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    const places = batches.map(placeOf);
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    // The turn is taken now, while the order of the calls is known.
    const turn = this.#takeTurn(places);
    return this.#calls.run(
      { operation: "publish", places, records },
      () => this.#publish(batches, turn),
    );
  }

  async #publish(
    batches: readonly RecordBatch[],
    turn: Turn | null,
  ): Promise<readonly PublishedBatch[]> {
    if (turn === null) return await this.#log.publish(batches);
    await Promise.all(turn.before);
    let outcome: Outcome;
    try {
      outcome = await this.#append(batches);
    } finally {
      turn.done();
    }
    const stored = outcome.published;
    if (stored.length > 0) await this.#calls.delay("late-acknowledgement", { places: stored });
    return acknowledged(this.#loseAcknowledgement(outcome, batches));
  }

  /** Null while there is nothing to wait for and nobody to wait. */
  #takeTurn(places: readonly TopicPartition[]): Turn | null {
    const names = places.map(nameOf);
    const before = names.flatMap((name) => this.#delayed.get(name) ?? []);
    if (before.length === 0 && this.#calls.faults.isEmpty) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const name of names) this.#delayed.set(name, promise);
    const done = () => {
      for (const name of names) {
        if (this.#delayed.get(name) === promise) this.#delayed.delete(name);
      }
      resolve();
    };
    return { before, done };
  }

  async #append(batches: readonly RecordBatch[]): Promise<Outcome> {
    const { refused, admitted } = this.#refuse(batches);
    if (refused !== null) await this.#calls.wait({ ms: REFUSAL_MS });
    const errors = refused === null ? [] : [refused];
    const rejected = refused?.rejected ?? [];
    if (refused !== null && admitted.length === 0) return { published: [], rejected, errors };
    const sent = new Map(admitted.map((batch) => [this.#stamped(batch), batch]));
    try {
      return { published: await this.#log.publish([...sent.keys()]), rejected, errors };
    } catch (error) {
      if (!(error instanceof PublishError)) throw error;
      const failed = error.rejected.map((batch) => sent.get(batch) ?? batch);
      return {
        published: error.published,
        rejected: [...rejected, ...failed],
        errors: [...errors, error],
      };
    }
  }

  /** What is out of reach cannot say that its disk is full. */
  #refuse(batches: readonly RecordBatch[]): {
    readonly refused: PublishError | null;
    readonly admitted: readonly RecordBatch[];
  } {
    const met = new Map<string, Refusal>();
    const rejected = batches.filter((batch) => {
      const { faults } = this.#calls;
      const by: Refusal | undefined = faults.holding("unavailable", [batch])[0] ??
        faults.holding("full", [batch])[0];
      if (by !== undefined) met.set(by.fault.id, by);
      return by !== undefined;
    });
    for (const each of met.values()) this.#calls.faults.fire(each);
    const [first] = rejected;
    if (first === undefined) return { refused: null, admitted: batches };
    const isFull = [...met.values()].some(({ fault }) => fault.kind === "full");
    const state = isFull ? "the disk is full" : "the log is out of reach";
    const refused = new PublishError(`Cannot publish to ${quoted(first)}: ${state}`, {
      published: [],
      rejected,
      code: isFull ? "log-full" : "log-unavailable",
      retriable: !isFull,
    });
    return { refused, admitted: batches.filter((batch) => !rejected.includes(batch)) };
  }

  /** A stamp that the caller chose says when something else was; what it leaves out, its clock says. */
  #stamped(batch: RecordBatch): RecordBatch {
    const { faults } = this.#calls;
    const jump = farthest(faults.holding("clock-jump", [batch]));
    if (jump === null || batch.records.every(({ timestamp }) => timestamp !== undefined)) {
      return batch;
    }
    faults.fire(jump);
    const timestamp = Math.max(0, Math.floor(this.#calls.now() + jump.fault.byMs));
    return { ...batch, records: batch.records.map((record) => ({ timestamp, ...record })) };
  }

  #loseAcknowledgement(outcome: Outcome, batches: readonly RecordBatch[]): Outcome {
    const lost = this.#calls.faults.holding("lost-acknowledgement", outcome.published)[0];
    if (lost === undefined || outcome.published.length === 0) return outcome;
    this.#calls.faults.fire(lost);
    const isLost = (place: TopicPartition) => touches(lost.fault, [place]);
    const published = outcome.published.filter((place) => !isLost(place));
    const untold = batches.filter((batch) => isLost(batch) && !outcome.rejected.includes(batch));
    const message = `Cannot publish to ${quoted(untold[0]!)}: the acknowledgement was lost`;
    const rejected = [...outcome.rejected, ...untold];
    const error = new PublishError(message, { published, rejected: untold, retriable: true });
    return { published, rejected, errors: [...outcome.errors, error] };
  }
}

/** What was published, when that is everything. */
function acknowledged({ published, rejected, errors }: Outcome): readonly PublishedBatch[] {
  const worst = errors.find(({ retriable }) => !retriable) ?? errors[0];
  if (worst === undefined) return published;
  const { message, code, retriable } = worst;
  throw new PublishError(message, { published, rejected, code, retriable, cause: worst.cause });
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

function quoted({ topic, partition }: TopicPartition): string {
  return `"${topic}"/${partition}`;
}
