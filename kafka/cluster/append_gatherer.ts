/**
 * Appends that are ready at the same time go to their broker in one request.
 *
 * A floor's consumer publishes to a dozen partitions at once, and a request costs the broker and us far
 * more than a batch in it. Each batch is judged by itself: one that the broker refuses takes no other
 * along. (What lost records in kafkajs was not the request with several partitions, but how its producer
 * went on after one that had failed in part.)
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { APPEND_LIMITS, MAX_REQUEST_BYTES } from "./cluster_settings.ts";
import { clientFailure, codedFailure } from "./client_failures.ts";
import type {
  AppendedBatch,
  BatchToAppend,
  ClientPartition,
  KafkaClient,
  KafkaClientError,
} from "./kafka_client.ts";

interface Waiting extends BatchToAppend {
  readonly resolve: (answer: { baseOffset: number }) => void;
  readonly reject: (error: unknown) => void;
}

/** Appends through one client. */
export class AppendGatherer {
  readonly #client: Pick<KafkaClient, "append">;
  /** By broker: what goes with the next request. */
  readonly #waiting = new Map<number, Waiting[]>();

  constructor(client: Pick<KafkaClient, "append">) {
    this.#client = client;
  }

  /**
   * Appends a batch, with whatever else is handed over for this broker in the same turn of the event
   * loop. At most one batch of a partition may be under way.
   * @throws {KafkaClientError}
   */
  append(
    nodeId: number,
    to: ClientPartition,
    batch: Uint8Array,
  ): Promise<{ readonly baseOffset: number }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ baseOffset: number }>();
    const { topic, partition } = to;
    const waiting = this.#waiting.get(nodeId);
    const own = { topic, partition, batch, resolve, reject };
    if (waiting !== undefined) waiting.push(own);
    else {
      this.#waiting.set(nodeId, [own]);
      setImmediate(() => this.#send(nodeId));
    }
    return promise;
  }

  #send(nodeId: number): void {
    const waiting = this.#waiting.get(nodeId) ?? [];
    this.#waiting.delete(nodeId);
    for (let from = 0; from < waiting.length;) {
      const request = waiting.slice(from, from + fitting(waiting, from));
      from += request.length;
      void this.#ask(nodeId, request);
    }
  }

  async #ask(nodeId: number, request: readonly Waiting[]): Promise<void> {
    try {
      const answers = await this.#client.append(nodeId, request, APPEND_LIMITS);
      for (const [i, { resolve, reject }] of request.entries()) {
        const { error, baseOffset } = answers[i]!;
        if (error === null) resolve({ baseOffset });
        else reject(error);
      }
    } catch (error) {
      for (const { reject } of request) reject(error);
    }
  }
}

/** How many of the batches from `from` on fit one request: at least one. */
function fitting(waiting: readonly Waiting[], from: number): number {
  let bytes = waiting[from]!.batch.length;
  let count = 1;
  while (from + count < waiting.length) {
    bytes += waiting[from + count]!.batch.length;
    if (bytes > MAX_REQUEST_BYTES) break;
    count++;
  }
  return count;
}

/** What a broker said of one partition. */
export interface PartitionAppendAnswer extends ClientPartition {
  readonly errorCode: number;
  readonly baseOffset: number;
  /** The broker's own words. */
  readonly detail?: string | null | undefined;
}

/** What became of each batch, in their order. */
export function appendedBatches(
  batches: readonly BatchToAppend[],
  answers: readonly PartitionAppendAnswer[],
): readonly AppendedBatch[] {
  return batches.map(({ topic, partition }) => {
    const answer = answers.find((each) => each.topic === topic && each.partition === partition);
    const error = failureOf(answer, `append to ${topic}/${partition}`);
    return { topic, partition, error, baseOffset: answer?.baseOffset ?? -1 };
  });
}

function failureOf(
  answer: PartitionAppendAnswer | undefined,
  doing: string,
): KafkaClientError | null {
  if (answer === undefined) {
    return clientFailure("OTHER", doing, "the broker's answer leaves it out");
  }
  if (answer.errorCode === 0) return null;
  return codedFailure(answer.errorCode, doing, answer.detail ?? null);
}
