/**
 * What members of a group tell their leader, and what it tells them: Kafka's consumer protocol, so
 * that Kafka's own tools show who reads what. What the protocol has no field for is in its user data.
 *
 * @see {@link https://github.com/apache/kafka/blob/4.3/clients/src/main/resources/common/message/ConsumerProtocolSubscription.json}
 * @module
 */

import { EventLogError } from "../event_log.ts";
import type { ClientPartition } from "./kafka_client.ts";

/** The name that every member of our groups proposes: members that assign otherwise are refused. */
export const ASSIGNOR_NAME = "outcry-sticky";

/** What a member tells when it joins. Topics by their names on the cluster. */
export interface Subscription {
  readonly topics: readonly string[];
  /** The member's lasting name; empty when it does not say. */
  readonly instanceId: string;
  /** What it had in `generation`. */
  readonly owned: readonly ClientPartition[];
  /** Of which generation it knows; -1 for none. */
  readonly generation: number;
}

/** What a member is told by its leader. */
export interface Assignment {
  readonly partitions: readonly ClientPartition[];
  /** When it was made; 0 when the leader was not one of ours. */
  readonly generation: number;
  /** What the leader knew the member to subscribe to; null when it was not one of ours. */
  readonly topics: readonly string[] | null;
}

/** The version with owned partitions and their generation. Decoders take newer ones. */
const SUBSCRIPTION_VERSION = 2;

const ASSIGNMENT_VERSION = 0;

/** Begins the user data of an assignment of ours. */
const USER_DATA_MARK = "outcry/1";

/** The bytes of a subscription. */
export function encodeSubscription(subscription: Subscription): Uint8Array {
  const writer = new Writer();
  writer.int16(SUBSCRIPTION_VERSION);
  writer.array(subscription.topics, (topic) => writer.string(topic));
  writer.bytes(new TextEncoder().encode(subscription.instanceId));
  writer.partitions(subscription.owned);
  writer.int32(subscription.generation);
  return writer.take();
}

/** @throws {EventLogError} `log-foreign` when the bytes are no subscription */
export function decodeSubscription(encoded: Uint8Array): Subscription {
  const reader = new Reader(encoded, "a member's subscription");
  const version = reader.int16();
  const topics = reader.array(() => reader.string());
  const instanceId = new TextDecoder().decode(reader.bytes());
  const owned = version >= 1 && reader.remains ? reader.partitions() : [];
  const generation = version >= 2 && reader.remains ? reader.int32() : -1;
  return { topics, instanceId, owned, generation };
}

/** The bytes of an assignment. */
export function encodeAssignment(
  assignment: Assignment & { readonly topics: readonly string[] },
): Uint8Array {
  const told = new Writer();
  told.string(USER_DATA_MARK);
  told.int32(assignment.generation);
  told.array(assignment.topics, (topic) => told.string(topic));
  const writer = new Writer();
  writer.int16(ASSIGNMENT_VERSION);
  writer.partitions(assignment.partitions);
  writer.bytes(told.take());
  return writer.take();
}

/**
 * No bytes are an empty assignment, as a group gives it to a member that its leader did not know.
 * @throws {EventLogError} `log-foreign` when the bytes are no assignment
 */
export function decodeAssignment(encoded: Uint8Array): Assignment {
  if (encoded.length === 0) return { partitions: [], generation: 0, topics: null };
  const reader = new Reader(encoded, "a member's assignment");
  reader.int16();
  const partitions = reader.partitions();
  const userData = reader.bytes();
  const mark = new TextEncoder().encode(USER_DATA_MARK);
  // Other assignors have user data of their own.
  if (!mark.every((byte, i) => userData[2 + i] === byte)) {
    return { partitions, generation: 0, topics: null };
  }
  const told = new Reader(userData, "an assignment's user data");
  told.string();
  return { partitions, generation: told.int32(), topics: told.array(() => told.string()) };
}

/** Kafka's primitive types, big-endian. */
class Writer {
  readonly #parts: Uint8Array[] = [];

  int16(value: number): void {
    const bytes = new Uint8Array(2);
    new DataView(bytes.buffer).setInt16(0, value);
    this.#parts.push(bytes);
  }

  int32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setInt32(0, value);
    this.#parts.push(bytes);
  }

  string(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.int16(bytes.length);
    this.#parts.push(bytes);
  }

  bytes(value: Uint8Array): void {
    this.int32(value.length);
    this.#parts.push(value);
  }

  array<T>(values: readonly T[], write: (value: T) => void): void {
    this.int32(values.length);
    for (const value of values) write(value);
  }

  partitions(partitions: readonly ClientPartition[]): void {
    const byTopic = Map.groupBy(partitions, ({ topic }) => topic);
    this.array([...byTopic], ([topic, places]) => {
      this.string(topic);
      this.array(places, ({ partition }) => this.int32(partition));
    });
  }

  take(): Uint8Array {
    const all = new Uint8Array(this.#parts.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;
  #at = 0;

  constructor(bytes: Uint8Array, what: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get remains(): boolean {
    return this.#at < this.#bytes.length;
  }

  int16(): number {
    return this.#view.getInt16(this.#pass(2));
  }

  int32(): number {
    return this.#view.getInt32(this.#pass(4));
  }

  string(): string {
    return new TextDecoder().decode(this.#take(this.int16()));
  }

  /** Null is read as empty. */
  bytes(): Uint8Array {
    const length = this.int32();
    return length === -1 ? new Uint8Array() : this.#take(length);
  }

  array<T>(read: () => T): T[] {
    const count = this.int32();
    // Every element has at least one byte: a wrong count ends here rather than in memory.
    if (count > this.#bytes.length - this.#at) this.#fail(`${count} elements`);
    const values: T[] = [];
    for (let i = 0; i < count; i++) values.push(read());
    return values;
  }

  partitions(): ClientPartition[] {
    return this.array(() => {
      const topic = this.string();
      return this.array(() => ({ topic, partition: this.int32() }));
    }).flat();
  }

  #take(length: number): Uint8Array {
    const from = this.#pass(length);
    return this.#bytes.subarray(from, this.#at);
  }

  #pass(length: number): number {
    const from = this.#at;
    if (length < 0 || from + length > this.#bytes.length) this.#fail(`${length} bytes`);
    this.#at = from + length;
    return from;
  }

  #fail(wanted: string): never {
    throw new EventLogError(
      "log-foreign",
      `Cannot read ${this.#what}: byte ${this.#at} of ${this.#bytes.length} announces ${wanted}; ` +
        "another program may be a member of the group",
    );
  }
}
