/**
 * A member of a consumer group on the memory log.
 *
 * @module
 */

import {
  EventLogError,
  type GroupMember,
  type GroupPoll,
  type PollOptions,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import { type CheckedJoin, HEARTBEATS_PER_SESSION } from "../join_rules.ts";
import type { ConsumerGroup, HeldPartition } from "./consumer_group.ts";
import { FetchRound } from "./fetch_round.ts";
import { DEFAULT_MAX_RECORDS, EXPIRY_MARGIN_MS } from "./limits.ts";
import type { ReaderParts } from "./memory_reader.ts";
import { partitionOf } from "./memory_topics.ts";
import type { PartitionCursor } from "./partition_cursor.ts";
import { PollWait } from "./poll_wait.ts";

/** The memory log's {@link GroupMember}. */
export class MemoryMember implements GroupMember {
  readonly group: string;
  readonly #parts: ReaderParts;
  readonly #joined: CheckedJoin;
  readonly #state: ConsumerGroup;
  readonly #wait: PollWait<GroupPoll>;
  readonly #round = new FetchRound(() => this.#wait.wake());
  #maxRecords = DEFAULT_MAX_RECORDS;
  #memberId = "";
  /** After it was expelled, until it has joined again. */
  #isExpelled = false;
  #generation = 0;
  #held: readonly HeldPartition[] = [];
  #heartbeatAt = 0;
  #hasLeft = false;

  /** Joins the group. */
  constructor(parts: ReaderParts, group: ConsumerGroup, joining: CheckedJoin) {
    this.group = joining.group;
    this.#parts = parts;
    this.#joined = joining;
    this.#state = group;
    this.#wait = new PollWait<GroupPoll>(parts, {
      look: () => this.#look(),
      lookAgainAt: () => this.#lookAgainAt(),
    });
    this.#join();
  }

  get memberId(): string {
    return this.#memberId;
  }

  get hasLeft(): boolean {
    return this.#hasLeft;
  }

  get generation(): number {
    return this.#generation;
  }

  get assignment(): readonly TopicPartition[] {
    return this.#held.map(placeOf);
  }

  /** Also throws `fenced-generation` once another has joined under its instance id. */
  async poll(options: PollOptions): Promise<GroupPoll> {
    this.#assertMember("poll");
    if (this.#isExpelled) {
      const joining = this.#parts.time.of("join");
      if (joining !== null) await joining;
      this.#assertMember("poll");
      this.#join();
    }
    this.#maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    return await this.#wait.poll(options) ?? { kind: "records", batches: [] };
  }

  seek(place: TopicPartitionOffset): void {
    this.#assertMember("seek");
    const cursor = this.#round.cursors.find(({ partition }) => samePlace(partition, place));
    if (cursor !== undefined) return cursor.seek(place.offset);
    throw new EventLogError(
      "not-assigned",
      `Cannot seek in "${place.topic}"/${place.partition}: it is not assigned to member "${this.#memberId}"`,
    );
  }

  async committed(): Promise<readonly TopicPartitionOffset[]> {
    this.#assertMember("read committed offsets");
    const offsets = this.#held.map((place) => ({
      ...placeOf(place),
      offset: this.#state.committed(place) ?? 0,
    }));
    const reading = this.#parts.time.of("read");
    if (reading !== null) await reading;
    return offsets;
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    this.#assertMember("commit offsets");
    offsets.forEach(checkCommittable);
    if (this.#isExpelled) {
      throw new EventLogError(
        "fenced-generation",
        `Cannot commit offsets: member "${this.#memberId}" has been expelled`,
      );
    }
    if (offsets.length === 0) return;
    const [memberId, generation] = [this.#memberId, this.#generation];
    const committing = this.#parts.time.of("commit");
    if (committing !== null) await committing;
    this.#parts.assertOpen(`commit offsets of group "${this.group}"`);
    this.#state.commit({ memberId, generation }, offsets);
  }

  async heartbeat(): Promise<void> {
    this.#assertMember("send a heartbeat");
    if (this.#isExpelled || this.#parts.clock.now() < this.#heartbeatDueAt()) return;
    const telling = this.#parts.time.of("commit");
    if (telling !== null) await telling;
    this.#heartbeat();
  }

  async leave(): Promise<void> {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.#take([]);
    this.#state.unlisten(this.#groupChanged);
    this.#wait.close();
    const leaving = this.#parts.time.of("join");
    if (leaving !== null) await leaving;
    this.#state.leave(this.#memberId);
  }

  /** Lets a poll under way find out that its log is closed. */
  logClosed(): void {
    this.#round.rest();
    this.#wait.close();
  }

  #join(): void {
    const now = this.#parts.clock.now();
    this.#memberId = this.#state.join(this.#joined, now);
    this.#isExpelled = false;
    this.#heartbeatAt = now;
    this.#state.listen(this.#groupChanged);
  }

  #look(): GroupPoll | null {
    this.#assertMember("poll");
    const now = this.#parts.clock.now();
    if (now >= this.#heartbeatDueAt() || this.#state.firstDeadline < now) this.#heartbeat();
    const told = this.#assignment();
    if (told !== null) return told;
    const batches = this.#round.collect(this.#maxRecords);
    return batches.length === 0 ? null : { kind: "records", batches };
  }

  /** A member that waits says so, and expels whoever is not heard of. */
  #lookAgainAt(): number {
    return Math.min(this.#heartbeatDueAt(), this.#state.firstDeadline + EXPIRY_MARGIN_MS);
  }

  /** The change since the last one told, or null. */
  #assignment(): GroupPoll | null {
    const { generation } = this.#state;
    if (this.#isExpelled || generation === this.#generation) return null;
    const standing = this.#state.standing(this.#memberId, this.#joined.instanceId);
    if (standing === "replaced") {
      throw new EventLogError(
        "fenced-generation",
        `Cannot poll group "${this.group}": another member has joined as "${this.#joined.instanceId}"`,
      );
    }
    this.#isExpelled = standing === "expelled";
    const held = this.#isExpelled ? [] : this.#state.held(this.#memberId);
    const before = this.#held;
    const assigned = held.filter((each) => !before.some((other) => isSame(each, other)));
    const revoked = before.filter((each) => !held.some((other) => isSame(each, other)));
    this.#take(held);
    this.#generation = generation;
    return {
      kind: "assignment",
      generation,
      assigned: assigned.map(placeOf),
      revoked: revoked.map(placeOf),
      assignment: this.assignment,
    };
  }

  /** Goes over to another set of partitions; what is kept is read on where it was. */
  #take(held: readonly HeldPartition[]): void {
    const before = this.#held;
    const cursors = this.#round.cursors;
    this.#round.take(held.map((each) => {
      const kept = before.findIndex((other) => isSame(each, other));
      return cursors[kept] ?? this.#cursor(each);
    }));
    this.#held = held;
  }

  #cursor(place: TopicPartition): PartitionCursor {
    const action = `read "${place.topic}"`;
    const topic = this.#parts.topics.require(place.topic, action);
    const partition = partitionOf(topic, place.partition, action);
    return this.#round.cursor(partition, this.#state.committed(place) ?? partition.start);
  }

  #heartbeatDueAt(): number {
    return this.#heartbeatAt + this.#joined.sessionTimeoutMs / HEARTBEATS_PER_SESSION;
  }

  #heartbeat(): void {
    const now = this.#parts.clock.now();
    this.#heartbeatAt = now;
    this.#state.heartbeat(this.#memberId, now);
  }

  /** Who is in the group no more reads nothing until it has been told, and may never ask again. */
  readonly #groupChanged = (): void => {
    if (this.#state.standing(this.#memberId, this.#joined.instanceId) !== "member") {
      this.#state.unlisten(this.#groupChanged);
      this.#round.rest();
    }
    this.#wait.wake();
  };

  #assertMember(action: string): void {
    this.#parts.assertOpen(`${action} in group "${this.group}"`);
    if (!this.#hasLeft) return;
    throw new EventLogError(
      "not-assigned",
      `Cannot ${action} in group "${this.group}": member "${this.#memberId}" has left`,
    );
  }
}

function checkCommittable({ topic, partition, offset }: TopicPartitionOffset): void {
  if (Number.isSafeInteger(offset) && offset >= 0) return;
  throw new EventLogError(
    "offset-out-of-range",
    `Cannot commit ${offset} of "${topic}"/${partition}: an offset is a whole number from 0`,
  );
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function samePlace(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}

function isSame(a: HeldPartition, b: HeldPartition): boolean {
  return samePlace(a, b) && a.sinceGeneration === b.sinceGeneration;
}
