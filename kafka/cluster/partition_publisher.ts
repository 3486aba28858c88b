/**
 * Publishes: checks everything first, then hands each partition its sends.
 *
 * Every send is of one partition and waits for the one before it, through an idempotent producer that
 * is thrown away once it has rejected anything: measured, that is the pattern that loses nothing when
 * leaders die, and any other lost something.
 *
 * @module
 */

import {
  EventLogError,
  type PublishedBatch,
  PublishError,
  type RecordBatch,
  type RecordToPublish,
} from "../event_log.ts";
import type { ClusterNames } from "./cluster_names.ts";
import { MAX_QUEUED_BYTES } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import { ENDS_PRODUCER, type KafkaProducer } from "./idempotent_producer.ts";
import { KafkaClientError } from "./kafka_client.ts";
import { closedError, toEventLogError } from "./log_errors.ts";
import { ProducerSlot } from "./producer_slot.ts";
import { type EncodedSend, encodeSends } from "./record_encoder.ts";
import { SendQueue } from "./send_queue.ts";

/** What a publisher works with. */
export interface PublisherParts {
  readonly view: ClusterView;
  readonly names: ClusterNames;
  readonly openProducer: () => Promise<KafkaProducer>;
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal;
}

/** A batch, checked, and its sends. */
interface Prepared {
  readonly batch: RecordBatch;
  readonly sends: readonly EncodedSend[];
  readonly bytes: number;
}

/** What became of one batch. */
interface Outcome {
  readonly published: readonly PublishedBatch[];
  /** Null when all of it is durable. */
  readonly rejected: RecordBatch | null;
  readonly error: EventLogError | null;
}

/** Appends batches to the partitions of a cluster. */
export class PartitionPublisher {
  readonly #parts: PublisherParts;
  readonly #producers: ProducerSlot;
  readonly #queues = new Map<string, SendQueue>();
  #queuedBytes = 0;

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#producers = new ProducerSlot(parts.openProducer);
  }

  /** How many producers were thrown away because they had rejected something. */
  get discardedProducers(): number {
    return this.#producers.discarded;
  }

  /**
   * Appends each batch to its partition. A batch that is larger than one send is reported in several
   * parts when others appended in between.
   * @throws {PublishError}
   */
  async publish(batches: readonly RecordBatch[]): Promise<readonly PublishedBatch[]> {
    if (batches.length === 0) return [];
    const prepared = await this.#checked(batches);
    const bytes = prepared.reduce((sum, each) => sum + each.bytes, 0);
    this.#queuedBytes += bytes;
    const outcomes = await Promise.all(prepared.map((each) => this.#append(each)))
      .finally(() => this.#queuedBytes -= bytes);
    const published = outcomes.flatMap((outcome) => outcome.published);
    const rejected = outcomes.flatMap((outcome) => outcome.rejected ?? []);
    if (rejected.length === 0) return published;
    throw publishError(published, rejected, outcomes.flatMap(({ error }) => error ?? []));
  }

  /** Ends its producers; what waits is rejected. Never rejects. */
  async close(): Promise<void> {
    await this.#producers.close();
  }

  /** Nothing is sent unless everything may be. */
  async #checked(batches: readonly RecordBatch[]): Promise<readonly Prepared[]> {
    const action = `publish to "${batches[0]!.topic}"`;
    try {
      if (this.#parts.closed.aborted) throw closedError(action);
      for (const place of distinct(batches)) await this.#checkPlace(place);
      const now = Date.now();
      const prepared = batches.map((batch): Prepared => {
        const sends = encodeSends(batch, now);
        return { batch, sends, bytes: sends.reduce((sum, send) => sum + send.bytes, 0) };
      });
      if (this.#parts.closed.aborted) throw closedError(action);
      this.#checkRoom(prepared, action);
      return prepared;
    } catch (error) {
      throw publishError([], batches, [toEventLogError(error, action)]);
    }
  }

  async #checkPlace({ topic, partition }: RecordBatch): Promise<void> {
    const action = `publish to "${topic}"/${partition}`;
    const partitions = await this.#parts.view.partitionsOf(this.#parts.names.topic(topic));
    if (partitions === null) {
      throw new EventLogError("unknown-topic", `Cannot ${action}: there is no topic "${topic}"`);
    }
    if (Number.isInteger(partition) && partition >= 0 && partition < partitions) return;
    throw new EventLogError(
      "unknown-partition",
      `Cannot ${action}: the topic has ${partitions} partitions`,
    );
  }

  #checkRoom(prepared: readonly Prepared[], action: string): void {
    const bytes = prepared.reduce((sum, each) => sum + each.bytes, 0);
    if (this.#queuedBytes === 0 || this.#queuedBytes + bytes <= MAX_QUEUED_BYTES) return;
    throw new EventLogError(
      "publish-failed",
      `Cannot ${action}: ${this.#queuedBytes} bytes wait to be sent already, and at most ` +
        `${MAX_QUEUED_BYTES} may; publish more slowly`,
      { retriable: true },
    );
  }

  async #append({ batch, sends }: Prepared): Promise<Outcome> {
    const { topic, partition, records } = batch;
    const queue = this.#queueOf(batch);
    const answers = await Promise.allSettled(sends.map((send) => queue.append(send)));
    const published: PublishedBatch[] = [];
    let done = 0;
    for (const [i, answer] of answers.entries()) {
      const count = sends[i]!.records.length;
      if (answer.status === "fulfilled") {
        addPart(published, { topic, partition, baseOffset: answer.value, count });
        done += count;
        continue;
      }
      // A rejected send takes those behind it along, so that the rest is one piece.
      const rest: readonly RecordToPublish[] = done === 0 ? records : records.slice(done);
      const rejected = done === 0 ? batch : { topic, partition, records: rest };
      return { published, rejected, error: this.#failure(answer.reason, batch) };
    }
    return { published, rejected: null, error: null };
  }

  #failure(reason: unknown, { topic, partition }: RecordBatch): EventLogError {
    const action = `publish to "${topic}"/${partition}`;
    if (this.#parts.closed.aborted) return closedError(action);
    // Leaders may have moved, and topics may be gone: the next publish finds out.
    this.#parts.view.invalidate();
    if (reason instanceof KafkaClientError && mayPass(reason)) {
      return new EventLogError("publish-failed", `Cannot ${action}: ${reason.message}`, {
        retriable: true,
        cause: reason,
      });
    }
    return toEventLogError(reason, action);
  }

  #queueOf({ topic, partition }: RecordBatch): SendQueue {
    const to = { topic: this.#parts.names.topic(topic), partition };
    const name = `${to.topic}/${partition}`;
    let queue = this.#queues.get(name);
    if (queue === undefined) {
      queue = new SendQueue(to, this.#producers);
      this.#queues.set(name, queue);
    }
    return queue;
  }
}

/** Whether the next publish decides, whatever Kafka's table says of the same request. */
function mayPass({ type }: KafkaClientError): boolean {
  return type.startsWith("UNKNOWN_TOPIC") || ENDS_PRODUCER.has(type);
}

function distinct(batches: readonly RecordBatch[]): readonly RecordBatch[] {
  const places = new Map(batches.map((batch) => [`${batch.topic}/${batch.partition}`, batch]));
  return [...places.values()];
}

/** One entry as long as the offsets have no gap. */
function addPart(published: PublishedBatch[], part: PublishedBatch): void {
  const last = published.at(-1);
  if (last === undefined || last.baseOffset + last.count !== part.baseOffset) published.push(part);
  else published[published.length - 1] = { ...last, count: last.count + part.count };
}

/** Of several failures the one that trying again does not mend is the one to be told. */
function publishError(
  published: readonly PublishedBatch[],
  rejected: readonly RecordBatch[],
  errors: readonly EventLogError[],
): PublishError {
  const cause = errors.find(({ retriable }) => !retriable) ?? errors[0]!;
  const code = cause.code === "log-unavailable" ? "publish-failed" : cause.code;
  const { message, retriable } = cause;
  return new PublishError(message, { published, rejected, code, retriable, cause });
}
