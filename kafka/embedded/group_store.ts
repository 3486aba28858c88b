/**
 * Consumer groups in the log's file: members, generations, assignments, committed offsets. Every
 * method is synchronous and runs inside a transaction of the caller's.
 *
 * @module
 */

import type { StatementSync } from "node:sqlite";
import {
  EventLogError,
  type GroupDescription,
  type PartitionLag,
  type TopicPartition,
  type TopicPartitionOffset,
} from "../event_log.ts";
import type { Connection } from "./connection.ts";
import { assignPartitions } from "../group_assignment.ts";
import type { CheckedJoin } from "../join_rules.ts";
import type { TopicCatalog } from "./topic_catalog.ts";

/** A partition that a member owns, and since which generation without a break. */
export interface HeldPartition extends TopicPartition {
  readonly sinceGeneration: number;
}

/** A member's identity in the file. */
export interface MemberKey {
  readonly groupId: number;
  readonly memberId: string;
}

interface StoredMember {
  readonly memberId: string;
  readonly instanceId: string;
  readonly topics: readonly string[];
  /** When its session ends unless it is heard of. Milliseconds since the epoch. */
  readonly deadline: number;
}

/** The groups of one file. */
export class GroupStore {
  readonly #catalog: TopicCatalog;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(connection: Connection, catalog: TopicCatalog) {
    this.#catalog = catalog;
    this.#sql = prepareStatements(connection);
  }

  /** Joins, in place of whoever has the same instance id, and rebalances. */
  join(member: CheckedJoin, now: number): MemberKey {
    this.#sql.addGroup.run(member.group);
    const groupId = this.#groupId(member.group)!;
    this.#removeExpired(groupId, now);
    const joins = Number(this.#sql.countJoin.get(groupId)?.["joins"]);
    const memberId = `${member.instanceId}/${joins}`;
    const before = this.#members(groupId).find((each) => each.instanceId === member.instanceId);
    if (before !== undefined) {
      this.#sql.removeMember.run(groupId, before.memberId);
      this.#sql.handOver.run(memberId, groupId, before.memberId);
    }
    this.#sql.addMember.run(
      groupId,
      memberId,
      member.instanceId,
      JSON.stringify(member.topics),
      member.sessionTimeoutMs,
      Math.ceil(now + member.sessionTimeoutMs),
    );
    this.#rebalance(groupId, before === undefined ? null : memberId);
    return { groupId, memberId };
  }

  /** Leaves. Whether the member was still there. */
  leave({ groupId, memberId }: MemberKey): boolean {
    if (this.#sql.removeMember.run(groupId, memberId).changes === 0) return false;
    this.#rebalance(groupId);
    return true;
  }

  /** Extends the member's session, expels whoever's has ended. Whether the group changed. */
  heartbeat({ groupId, memberId }: MemberKey, now: number): boolean {
    this.#sql.touch.run(now, groupId, memberId);
    if (!this.#removeExpired(groupId, now)) return false;
    this.#rebalance(groupId);
    return true;
  }

  generation(groupId: number): number {
    return Number(this.#sql.generation.get(groupId)?.["generation"] ?? 0);
  }

  /** When the first session of the group ends, in milliseconds since the epoch; null for never. */
  firstDeadline(groupId: number): number | null {
    const first = this.#sql.firstDeadline.get(groupId)?.["first"];
    return typeof first === "number" ? first : null;
  }

  /** `member`, `expelled`, or `replaced` when another has joined under the same instance id. */
  standing(
    { groupId, memberId }: MemberKey,
    instanceId: string,
  ): "member" | "expelled" | "replaced" {
    const members = this.#members(groupId);
    if (members.some((each) => each.memberId === memberId)) return "member";
    return members.some((each) => each.instanceId === instanceId) ? "replaced" : "expelled";
  }

  held({ groupId, memberId }: MemberKey): readonly HeldPartition[] {
    return this.#sql.held.all(groupId, memberId).map((row) => ({
      topic: String(row["topic"]),
      partition: Number(row["partition"]),
      sinceGeneration: Number(row["since_generation"]),
    }));
  }

  /** The committed offset, or null. */
  committed(groupId: number, { topic, partition }: TopicPartition): number | null {
    const row = this.#sql.committed.get(groupId, topic, partition);
    return row === undefined ? null : Number(row["next_offset"]);
  }

  /** Commits all or nothing. @throws {EventLogError} `fenced-generation` */
  commit(
    { groupId, memberId }: MemberKey,
    generation: number,
    offsets: readonly TopicPartitionOffset[],
  ): void {
    const current = this.generation(groupId);
    if (current !== generation) {
      throw fenced(`member "${memberId}" knows generation ${generation}, the group has ${current}`);
    }
    for (const { topic, partition, offset } of offsets) {
      const owner = this.#sql.owner.get(groupId, topic, partition)?.["member_id"];
      if (owner !== memberId) {
        throw fenced(`"${topic}"/${partition} is not assigned to member "${memberId}"`);
      }
      this.#sql.commit.run(groupId, topic, partition, offset);
    }
  }

  /** A member whose session has ended is in the group no more, though nobody has expelled it yet. */
  describe(group: string, now: number): GroupDescription {
    const groupId = this.#groupId(group);
    if (groupId === null) return { group, generation: 0, members: [] };
    const living = this.#members(groupId).filter(({ deadline }) => deadline >= now);
    const members = living.map(({ memberId, instanceId }) => ({
      memberId,
      instanceId,
      assignment: this.held({ groupId, memberId }).map(({ topic, partition }) => ({
        topic,
        partition,
      })),
    }));
    return { group, generation: this.generation(groupId), members };
  }

  lag(group: string): readonly PartitionLag[] {
    const groupId = this.#groupId(group);
    if (groupId === null) return [];
    const topics = new Set(this.#members(groupId).flatMap((member) => member.topics));
    for (const row of this.#sql.committedTopics.all(groupId)) topics.add(String(row["topic"]));
    return [...topics].sort().flatMap((topic) =>
      (this.#catalog.find(topic)?.partitionIds ?? []).map((id, partition) => {
        const { start, end: endOffset } = this.#catalog.offsets(id);
        const offset = this.committed(groupId, { topic, partition }) ?? start;
        return { topic, partition, offset, endOffset, lag: Math.max(0, endOffset - offset) };
      })
    );
  }

  /** Forgets a topic that is being deleted, and rebalances the groups that read it. */
  forgetTopics(names: readonly string[]): readonly number[] {
    const affected: number[] = [];
    for (const name of names) this.#sql.forgetCommitted.run(name);
    for (const row of this.#sql.groups.all()) {
      const groupId = Number(row["id"]);
      const reads = this.#members(groupId).some(({ topics }) =>
        topics.some((topic) => names.includes(topic))
      );
      if (!reads) continue;
      this.#rebalance(groupId);
      affected.push(groupId);
    }
    return affected;
  }

  #groupId(group: string): number | null {
    const row = this.#sql.groupId.get(group);
    return row === undefined ? null : Number(row["id"]);
  }

  #members(groupId: number): readonly StoredMember[] {
    return this.#sql.members.all(groupId).map((row) => ({
      memberId: String(row["member_id"]),
      instanceId: String(row["instance_id"]),
      // Written by `join` from an array of strings.
      topics: JSON.parse(String(row["topics"])) as string[],
      deadline: Number(row["deadline"]),
    }));
  }

  #removeExpired(groupId: number, now: number): boolean {
    return this.#sql.removeExpired.run(groupId, now).changes !== 0;
  }

  /** `restarted` took another's place, and begins anew in what it inherits. */
  #rebalance(groupId: number, restarted: string | null = null): void {
    this.#catalog.refresh();
    const members = this.#members(groupId);
    const before = new Map(
      this.#sql.assignments.all(groupId).map((row) => [
        `${row["topic"]}/${row["partition"]}`,
        { owner: String(row["member_id"]), since: Number(row["since_generation"]) },
      ]),
    );
    const topics = [...new Set(members.flatMap((member) => member.topics))];
    const partitions = topics.flatMap((topic) =>
      (this.#catalog.find(topic)?.partitionIds ?? []).map((_id, partition) => ({
        topic,
        partition,
        owner: before.get(`${topic}/${partition}`)?.owner ?? null,
      }))
    );
    const generation = Number(this.#sql.nextGeneration.get(groupId)?.["generation"]);
    this.#sql.clearAssignments.run(groupId);
    for (const { topic, partition, owner } of assignPartitions(members, partitions)) {
      if (owner === null) continue;
      const held = before.get(`${topic}/${partition}`);
      const kept = held?.owner === owner && owner !== restarted;
      this.#sql.assign.run(groupId, topic, partition, owner, kept ? held.since : generation);
    }
  }
}

function fenced(state: string): EventLogError {
  return new EventLogError("fenced-generation", `Cannot commit offsets: ${state}`);
}

function prepareStatements({ database }: Connection): {
  readonly [
    name in
      | "addGroup"
      | "groupId"
      | "groups"
      | "countJoin"
      | "generation"
      | "nextGeneration"
      | "firstDeadline"
      | "members"
      | "addMember"
      | "removeMember"
      | "removeExpired"
      | "touch"
      | "held"
      | "owner"
      | "handOver"
      | "assignments"
      | "assign"
      | "clearAssignments"
      | "committed"
      | "committedTopics"
      | "commit"
      | "forgetCommitted"
  ]: StatementSync;
} {
  const sql = (text: string) => database.prepare(text);
  return {
    addGroup: sql("INSERT INTO groups (name) VALUES (?) ON CONFLICT DO NOTHING"),
    groupId: sql("SELECT id FROM groups WHERE name = ?"),
    groups: sql("SELECT id FROM groups"),
    countJoin: sql("UPDATE groups SET joins = joins + 1 WHERE id = ? RETURNING joins"),
    generation: sql("SELECT generation FROM groups WHERE id = ?"),
    nextGeneration: sql(
      "UPDATE groups SET generation = generation + 1 WHERE id = ? RETURNING generation",
    ),
    firstDeadline: sql("SELECT min(deadline) AS first FROM members WHERE group_id = ?"),
    members: sql(
      "SELECT member_id, instance_id, topics, deadline FROM members WHERE group_id = ? ORDER BY member_id",
    ),
    addMember: sql("INSERT INTO members VALUES (?, ?, ?, ?, ?, ?)"),
    removeMember: sql("DELETE FROM members WHERE group_id = ? AND member_id = ?"),
    removeExpired: sql("DELETE FROM members WHERE group_id = ? AND deadline < ?"),
    touch: sql(
      "UPDATE members SET deadline = ? + session_timeout_ms WHERE group_id = ? AND member_id = ?",
    ),
    held: sql(
      `SELECT topic, partition, since_generation FROM assignments
      WHERE group_id = ? AND member_id = ? ORDER BY topic, partition`,
    ),
    owner: sql(
      "SELECT member_id FROM assignments WHERE group_id = ? AND topic = ? AND partition = ?",
    ),
    handOver: sql(
      "UPDATE assignments SET member_id = ? WHERE group_id = ? AND member_id = ?",
    ),
    assignments: sql("SELECT * FROM assignments WHERE group_id = ?"),
    assign: sql("INSERT INTO assignments VALUES (?, ?, ?, ?, ?)"),
    clearAssignments: sql("DELETE FROM assignments WHERE group_id = ?"),
    committed: sql(
      "SELECT next_offset FROM committed WHERE group_id = ? AND topic = ? AND partition = ?",
    ),
    committedTopics: sql("SELECT DISTINCT topic FROM committed WHERE group_id = ?"),
    commit: sql(
      `INSERT INTO committed VALUES (?, ?, ?, ?)
      ON CONFLICT (group_id, topic, partition) DO UPDATE SET next_offset = excluded.next_offset`,
    ),
    forgetCommitted: sql("DELETE FROM committed WHERE topic = ?"),
  };
}
