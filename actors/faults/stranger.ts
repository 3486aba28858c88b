/**
 * Does with the log what none of the floor's actors does, so that it can be seen what they make of it.
 *
 * @module
 */

import type { EventLog, RecordToPublish, TopicPartition } from "../../kafka/event_log.ts";
import { decodeRecord, encodeMessage, type FloorOpened } from "../../kafka/messages/mod.ts";
import { publishUntilAcknowledged } from "../log_access/publish_until_acknowledged.ts";
import { readRange } from "../log_access/read_range.ts";
import type { Clock } from "../runtime/clock.ts";
import { type KeptState, newestSnapshot } from "./snapshot_parts.ts";

export type { KeptState } from "./snapshot_parts.ts";

/** No UTF-8, so no message of any topic. */
const POISON = Uint8Array.of(0xff, 0x00, 0xfe, 0x01);

/** The topics whose folds hold the parameters that their partition began with. */
const FOLDED_TOPICS = ["order-commands", "orders", "notifications"] as const;

/** A guest that was told no assignment for so long leaves again. */
const GUEST_PATIENCE_MS = 30_000;

/** How long one poll of a guest waits. */
const GUEST_POLL_MS = 500;

/** Who has no business with the log, and a handle of it. */
export class Stranger {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;

  /** A `signal` ends waiting for the log. */
  constructor(
    log: EventLog,
    options: { readonly clock: Clock; readonly signal?: AbortSignal | undefined },
  ) {
    this.#log = log;
    this.#clock = options.clock;
    this.#signal = options.signal;
  }

  /** Publishes bytes that are no message. */
  async poison(place: TopicPartition): Promise<{ readonly offset: number }> {
    return { offset: await this.#publish(place, [{ key: null, value: POISON }]) };
  }

  /**
   * Publishes a message on which every fold of the partition throws: the floor, opened with other
   * parameters than it was opened with.
   *
   * @throws {Error} for a partition that no fold reads, or that the floor was not opened in
   */
  async poisonFold(place: TopicPartition): Promise<{ readonly offset: number }> {
    const opened = await this.#opened(place);
    const { limits } = opened.parameters;
    const orderBurst = limits.orderBurst + 1;
    const parameters = { ...opened.parameters, limits: { ...limits, orderBurst } };
    const timestamp = Math.floor(this.#clock.now());
    const message: FloorOpened = { ...opened, id: `${opened.id}/stranger`, timestamp, parameters };
    const record = { key: null, value: encodeMessage(message), timestamp };
    return { offset: await this.#publish(place, [record]) };
  }

  /** Takes the newest whole snapshot away. Gives false when there is none. */
  async loseSnapshot(state: KeptState): Promise<boolean> {
    const found = await newestSnapshot(this.#log, state, this.#clock);
    if (found === null) return false;
    const records = found.records.map(({ key }) => ({ key, value: null }));
    await this.#publish(found.place, records);
    return true;
  }

  /** Writes other bytes over the newest whole snapshot's first chunk. Gives false when there is none. */
  async tearSnapshot(state: KeptState): Promise<boolean> {
    const found = await newestSnapshot(this.#log, state, this.#clock);
    const chunk = found?.records[0];
    if (found === null || chunk === undefined || chunk.value === null) return false;
    const value = chunk.value.map((byte, i) => i === 0 ? byte ^ 0xff : byte);
    await this.#publish(found.place, [{ key: chunk.key, value }]);
    return true;
  }

  /**
   * Makes a group share out its partitions twice: a guest joins, and leaves once it has its share.
   *
   * @throws {Error} when nobody is in the group, or the guest gets no share
   */
  async rebalance(group: string): Promise<void> {
    const members = (await this.#log.describeGroup(group)).members;
    const reads = members.flatMap(({ assignment }) => assignment.map(({ topic }) => topic));
    if (reads.length === 0) throw new Error(`Cannot rebalance "${group}": nobody reads in it`);
    const guest = await this.#log.join({
      group,
      topics: [...new Set(reads)],
      instanceId: `${group}-guest`,
    });
    const giveUpAt = this.#clock.now() + GUEST_PATIENCE_MS;
    const options = { timeoutMs: GUEST_POLL_MS, ...this.#waiting };
    try {
      while ((await guest.poll(options)).kind !== "assignment") {
        if (this.#signal?.aborted === true) return;
        if (this.#clock.now() < giveUpAt) continue;
        throw new Error(
          `Cannot rebalance "${group}": a guest was told no share for ${GUEST_PATIENCE_MS} ms`,
        );
      }
    } finally {
      await guest.leave();
    }
  }

  async #opened(place: TopicPartition): Promise<FloorOpened> {
    const topic = FOLDED_TOPICS.find((name) => name === place.topic);
    const what = `${place.topic}/${place.partition}`;
    if (topic === undefined) throw new Error(`Cannot poison the fold of ${what}: no fold reads it`);
    for await (const record of readRange(this.#log, place)) {
      const decoded = decodeRecord(topic, record);
      if (decoded.ok && decoded.message.type === "floor-opened") return decoded.message;
    }
    throw new Error(`Cannot poison the fold of ${what}: no floor was opened there`);
  }

  async #publish(place: TopicPartition, records: readonly RecordToPublish[]): Promise<number> {
    const [published] = await publishUntilAcknowledged(this.#log, [{ ...place, records }], {
      clock: this.#clock,
      ...this.#waiting,
    });
    return published!.baseOffset; // One batch was published.
  }

  get #waiting(): { readonly signal?: AbortSignal } {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }
}
