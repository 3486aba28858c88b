/**
 * One consumer group: members, generations, assignments, committed offsets.
 *
 * @module
 */

import {
  EventLogError,
  type GroupDescription,
  type PartitionLag,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import { assignPartitions } from "../group_assignment.ts";
import type { CheckedJoin } from "../join_rules.ts";
import { GroupOffsets } from "./group_offsets.ts";
import type { MemoryTopics } from "./memory_topics.ts";

/** A partition that a member owns, and since which generation without a break. */
export interface HeldPartition extends TopicPartition {
  readonly sinceGeneration: number;
}

interface Joined {
  readonly memberId: string;
  readonly wanted: CheckedJoin;
  /** When its session ends unless it is heard of. Milliseconds since the epoch. */
  deadline: number;
}

interface Ownership extends HeldPartition {
  readonly owner: string;
}

/** The state of a group. */
export class ConsumerGroup {
  readonly name: string;
  readonly #topics: MemoryTopics;
  readonly #members = new Map<string, Joined>();
  readonly #offsets = new GroupOffsets();
  /** Called at every change of the assignment. */
  readonly #listeners = new Set<() => void>();
  #owned: readonly Ownership[] = [];
  #generation = 0;
  #joins = 0;

  constructor(name: string, topics: MemoryTopics) {
    this.name = name;
    this.#topics = topics;
  }

  /** Grows with every change of the assignment. */
  get generation(): number {
    return this.#generation;
  }

  /** When the first session ends, in milliseconds since the epoch; Infinity without members. */
  get firstDeadline(): number {
    let first = Infinity;
    for (const { deadline } of this.#members.values()) first = Math.min(first, deadline);
    return first;
  }

  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** Joins, in place of whoever has the same instance id, and rebalances. The id of the new member. */
  join(wanted: CheckedJoin, now: number): string {
    this.#removeExpired(now);
    const memberId = `${wanted.instanceId}/${++this.#joins}`;
    const before = [...this.#members.values()]
      .find((each) => each.wanted.instanceId === wanted.instanceId);
    if (before !== undefined) {
      this.#members.delete(before.memberId);
      this.#owned = this.#owned.map((each) =>
        each.owner === before.memberId ? { ...each, owner: memberId } : each
      );
    }
    const deadline = Math.ceil(now + wanted.sessionTimeoutMs);
    this.#members.set(memberId, { memberId, wanted, deadline });
    this.#rebalance(before === undefined ? null : memberId);
    return memberId;
  }

  leave(memberId: string): void {
    if (this.#members.delete(memberId)) this.#rebalance();
  }

  /** Extends the member's session, expels whoever's has ended. */
  heartbeat(memberId: string, now: number): void {
    const member = this.#members.get(memberId);
    if (member !== undefined) {
      member.deadline = Math.trunc(now) + member.wanted.sessionTimeoutMs;
    }
    if (this.#removeExpired(now)) this.#rebalance();
  }

  /** `member`, `expelled`, or `replaced` when another has joined under the same instance id. */
  standing(memberId: string, instanceId: string): "member" | "expelled" | "replaced" {
    if (this.#members.has(memberId)) return "member";
    for (const { wanted } of this.#members.values()) {
      if (wanted.instanceId === instanceId) return "replaced";
    }
    return "expelled";
  }

  /** In the order of topics and partitions. */
  held(memberId: string): readonly HeldPartition[] {
    return this.#owned.filter(({ owner }) => owner === memberId);
  }

  /** The committed offset, or null. */
  committed(place: TopicPartition): number | null {
    return this.#offsets.get(place);
  }

  /** Commits all or nothing. @throws {EventLogError} `fenced-generation` */
  commit(
    { memberId, generation }: { readonly memberId: string; readonly generation: number },
    offsets: readonly TopicPartitionOffset[],
  ): void {
    if (this.#generation !== generation) {
      throw fenced(
        `member "${memberId}" knows generation ${generation}, the group has ${this.#generation}`,
      );
    }
    const held = this.held(memberId);
    for (const { topic, partition } of offsets) {
      if (held.some((each) => each.topic === topic && each.partition === partition)) continue;
      throw fenced(`"${topic}"/${partition} is not assigned to member "${memberId}"`);
    }
    for (const place of offsets) this.#offsets.set(place);
  }

  /** A member whose session has ended is in the group no more, though nobody has expelled it yet. */
  describe(now: number): GroupDescription {
    const members = [...this.#members.values()]
      .filter(({ deadline }) => deadline >= now)
      .sort((a, b) => a.memberId < b.memberId ? -1 : 1)
      .map(({ memberId, wanted }) => ({
        memberId,
        instanceId: wanted.instanceId,
        assignment: this.held(memberId).map(({ topic, partition }) => ({ topic, partition })),
      }));
    return { group: this.name, generation: this.#generation, members };
  }

  lag(): readonly PartitionLag[] {
    const topics = new Set([
      ...[...this.#members.values()].flatMap(({ wanted }) => wanted.topics),
      ...this.#offsets.topics,
    ]);
    return [...topics].sort().flatMap((name) =>
      (this.#topics.find(name)?.partitions ?? []).map(({ topic, partition, start, end }) => {
        const offset = this.committed({ topic, partition }) ?? start;
        return { topic, partition, offset, endOffset: end, lag: Math.max(0, end - offset) };
      })
    );
  }

  /** Forgets topics that have been deleted; rebalances if anybody reads one. */
  forgetTopics(names: readonly string[]): void {
    this.#offsets.forget(names);
    const reads = [...this.#members.values()].some(({ wanted }) =>
      wanted.topics.some((topic) => names.includes(topic))
    );
    if (reads) this.#rebalance();
  }

  #removeExpired(now: number): boolean {
    let removed = false;
    for (const { memberId, deadline } of [...this.#members.values()]) {
      if (deadline < now) removed = this.#members.delete(memberId);
    }
    return removed;
  }

  /** `restarted` took another's place, and begins anew in what it inherits. */
  #rebalance(restarted: string | null = null): void {
    const members = [...this.#members.values()]
      .map(({ memberId, wanted }) => ({ memberId, topics: wanted.topics }));
    const before = new Map(this.#owned.map((each) => [`${each.topic}/${each.partition}`, each]));
    const topics = new Set(members.flatMap((member) => member.topics));
    const partitions = [...topics].flatMap((name) =>
      (this.#topics.find(name)?.partitions ?? []).map(({ topic, partition }) => ({
        topic,
        partition,
        owner: before.get(`${topic}/${partition}`)?.owner ?? null,
      }))
    );
    const generation = ++this.#generation;
    this.#owned = assignPartitions(members, partitions).flatMap(({ topic, partition, owner }) => {
      if (owner === null) return [];
      const held = before.get(`${topic}/${partition}`);
      const isKept = held?.owner === owner && owner !== restarted;
      return [{
        topic,
        partition,
        owner,
        sinceGeneration: isKept ? held.sinceGeneration : generation,
      }];
    });
    for (const changed of [...this.#listeners]) changed();
  }
}

function fenced(state: string): EventLogError {
  return new EventLogError("fenced-generation", `Cannot commit offsets: ${state}`);
}
