/**
 * The sends to one partition: one at a time, in order.
 *
 * Sends that wait while another is under way go together in the next. When one is rejected, all that
 * wait behind it are rejected too, so that nothing overtakes what must be published again.
 *
 * @module
 */

import { MAX_SEND } from "./cluster_settings.ts";
import { type ClientPartition, type ClientRecord, KafkaClientError } from "./kafka_client.ts";
import type { ProducerSlot } from "./producer_slot.ts";
import type { EncodedSend } from "./record_encoder.ts";

interface Waiting extends EncodedSend {
  readonly resolve: (baseOffset: number) => void;
  readonly reject: (error: KafkaClientError) => void;
}

/** Refusals that are about the records themselves: nothing was written, and one alone may be at fault. */
const REFUSALS: ReadonlySet<string> = new Set([
  "MESSAGE_TOO_LARGE",
  "RECORD_LIST_TOO_LARGE",
  "INVALID_RECORD",
  "INVALID_TIMESTAMP",
  "CORRUPT_MESSAGE",
]);

/** Why sends behind a rejected one are rejected. */
export const BEHIND_REJECTED = "BEHIND_REJECTED";

/** Appends to one partition. */
export class SendQueue {
  readonly #to: ClientPartition;
  readonly #producers: ProducerSlot;
  #waiting: Waiting[] = [];
  #sending = false;
  /** So many of the first are to go each by itself, to find the one that is refused. */
  #alone = 0;

  constructor(to: ClientPartition, producers: ProducerSlot) {
    this.#to = to;
    this.#producers = producers;
  }

  /**
   * Appends after all that was handed over before; gives the offset of the first record.
   * @throws {KafkaClientError} the send's, or `BEHIND_REJECTED`
   */
  append(send: EncodedSend): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#waiting.push({ ...send, resolve, reject });
    if (!this.#sending) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#sending = true;
    // What the callers of this turn hand over goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) await this.#sendNext();
    this.#sending = false;
  }

  async #sendNext(): Promise<void> {
    const sends = this.#nextSends();
    try {
      const records = joined(sends);
      const { baseOffset } = await this.#producers.use((to) => to.send(this.#to, records));
      let offset = baseOffset;
      for (const { records, resolve } of sends) {
        resolve(offset);
        offset += records.length;
      }
    } catch (error) {
      this.#rejected(sends, asClientError(error));
    }
  }

  #nextSends(): Waiting[] {
    let count = 1;
    if (this.#alone > 0) this.#alone--;
    else {
      let { bytes, records: { length: records } } = this.#waiting[0]!;
      for (; count < this.#waiting.length; count++) {
        const next = this.#waiting[count]!;
        bytes += next.bytes;
        records += next.records.length;
        if (bytes > MAX_SEND.bytes || records > MAX_SEND.records) break;
      }
    }
    return this.#waiting.splice(0, count);
  }

  #rejected(sends: readonly Waiting[], error: KafkaClientError): void {
    if (sends.length > 1 && REFUSALS.has(error.type)) {
      this.#waiting.unshift(...sends);
      this.#alone = sends.length;
      return;
    }
    const behind = this.#waiting;
    this.#waiting = [];
    this.#alone = 0;
    for (const { reject } of sends) reject(error);
    const { topic, partition } = this.#to;
    for (const { reject } of behind) {
      reject(
        new KafkaClientError(
          BEHIND_REJECTED,
          `what was to be appended to "${topic}"/${partition} before it was rejected: ` +
            error.message,
          { retriable: true, cause: error },
        ),
      );
    }
  }
}

function joined(sends: readonly Waiting[]): readonly ClientRecord[] {
  return sends.length === 1 ? sends[0]!.records : sends.flatMap(({ records }) => records);
}

/** A producer that throws something else is at fault itself; its senders are told all the same. */
function asClientError(error: unknown): KafkaClientError {
  if (error instanceof KafkaClientError) return error;
  return new KafkaClientError("OTHER", `${error}`, { retriable: false, cause: error });
}
