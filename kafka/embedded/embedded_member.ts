/**
 * A member of a consumer group on the embedded log.
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
import type { Connection } from "./connection.ts";
import { FetchRound } from "./fetch_round.ts";
import type { GroupStore, HeldPartition, MemberKey } from "./group_store.ts";
import { DEFAULT_MAX_RECORDS } from "./limits.ts";
import { type CursorStatements, PartitionCursor } from "./partition_cursor.ts";
import { PollLoop } from "./poll_loop.ts";
import { groupSlot, type Slot, topicSlot, type WakeBoard } from "./wake_board.ts";

/** What a member works with. */
export interface MemberParts {
  readonly connection: Connection;
  readonly cursors: CursorStatements;
  readonly groups: GroupStore;
  readonly board: WakeBoard;
  /** Milliseconds since the epoch: sessions are counted by it. */
  readonly now: () => number;
}

/** The embedded log's {@link GroupMember}. */
export class EmbeddedMember implements GroupMember {
  readonly group: string;
  readonly #parts: MemberParts;
  readonly #joined: CheckedJoin;
  readonly #round: FetchRound;
  readonly #loop: PollLoop;
  /** Null after it was expelled, until it has joined again. */
  #key: MemberKey | null;
  #memberId: string;
  #groupId: number;
  #generation = 0;
  #held: readonly HeldPartition[] = [];
  #slots: readonly Slot[] = [];
  #seenGroupCount = -1;
  #heartbeatAt: number;
  #left = false;

  /** Made from a key that `GroupStore.join` gave at `joinedAt`. */
  constructor(parts: MemberParts, member: CheckedJoin, key: MemberKey, joinedAt: number) {
    this.group = member.group;
    this.#parts = parts;
    this.#joined = member;
    this.#key = key;
    this.#memberId = key.memberId;
    this.#groupId = key.groupId;
    this.#heartbeatAt = joinedAt;
    this.#round = new FetchRound(parts.board);
    this.#loop = new PollLoop(parts.board);
  }

  get memberId(): string {
    return this.#memberId;
  }

  get hasLeft(): boolean {
    return this.#left;
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
    if (this.#key === null) await this.#joinAgain();
    const maxRecords = options.maxRecords ?? DEFAULT_MAX_RECORDS;
    const found = await this.#loop.poll<GroupPoll>({
      slots: () => this.#slots,
      attempt: (sweep) => this.#attempt(maxRecords, sweep),
    }, options);
    return found ?? { kind: "records", batches: [] };
  }

  seek(place: TopicPartitionOffset): void {
    this.#assertMember("seek");
    const cursor = this.#round.cursors.find((each) => samePlace(each.place, place));
    if (cursor !== undefined) return cursor.seek(place);
    throw new EventLogError(
      "not-assigned",
      `Cannot seek in "${place.topic}"/${place.partition}: it is not assigned to member "${this.#memberId}"`,
    );
  }

  async committed(): Promise<readonly TopicPartitionOffset[]> {
    this.#assertMember("read committed offsets");
    const { connection, groups } = this.#parts;
    return await connection.read(
      "read committed offsets",
      () =>
        this.#held.map(placeOf).map((place) => ({
          ...place,
          offset: groups.committed(this.#groupId, place) ?? 0,
        })),
    );
  }

  async commit(offsets: readonly TopicPartitionOffset[]): Promise<void> {
    this.#assertMember("commit offsets");
    for (const { topic, partition, offset } of offsets) {
      if (Number.isSafeInteger(offset) && offset >= 0) continue;
      throw new EventLogError(
        "offset-out-of-range",
        `Cannot commit ${offset} of "${topic}"/${partition}: an offset is a whole number from 0`,
      );
    }
    const { connection, groups } = this.#parts;
    const key = this.#key;
    if (key === null) {
      throw new EventLogError(
        "fenced-generation",
        `Cannot commit offsets: member "${this.#memberId}" has been expelled`,
      );
    }
    if (offsets.length === 0) return;
    const action = `commit offsets of group "${this.group}"`;
    await connection.write(action, () => groups.commit(key, this.#generation, offsets));
  }

  async heartbeat(): Promise<void> {
    this.#assertMember("send a heartbeat");
    if (this.#key !== null && this.#heartbeatDue(this.#parts.now())) await this.#heartbeat();
  }

  async leave(): Promise<void> {
    if (this.#left) return;
    this.#left = true;
    const key = this.#key;
    this.#key = null;
    this.#take([]);
    this.#parts.board.signal(groupSlot(this.#groupId));
    if (key === null) return;
    const { connection, groups, board } = this.#parts;
    await connection.write(`leave group "${this.group}"`, () => groups.leave(key));
    board.signal(groupSlot(this.#groupId));
  }

  async #attempt(maxRecords: number, sweep: boolean): Promise<GroupPoll | null> {
    this.#assertMember("poll");
    const { connection, board } = this.#parts;
    const count = board.count(groupSlot(this.#groupId));
    const now = this.#parts.now();
    if (this.#heartbeatDue(now) || (sweep && await this.#someoneExpired(now))) {
      await this.#heartbeat();
    }
    if (sweep || count !== this.#seenGroupCount) {
      const told = await connection.read("read the assignment", () => this.#assignment());
      this.#seenGroupCount = count;
      if (told !== null) return told;
    }
    const batches = await connection.read(
      `poll group "${this.group}"`,
      () => this.#round.collect(maxRecords, sweep),
    );
    return batches.length === 0 ? null : { kind: "records", batches };
  }

  /** The change since the last one told, or null. */
  #assignment(): GroupPoll | null {
    const { groups } = this.#parts;
    const key = this.#key;
    if (key === null) return null;
    const generation = groups.generation(this.#groupId);
    if (generation === this.#generation) return null;
    const standing = groups.standing(key, this.#joined.instanceId);
    if (standing === "replaced") {
      throw new EventLogError(
        "fenced-generation",
        `Cannot poll group "${this.group}": another member has joined as "${this.#joined.instanceId}"`,
      );
    }
    if (standing === "expelled") this.#key = null;
    const held = standing === "member" ? groups.held(key) : [];
    const before = this.#held;
    const kept = (a: HeldPartition) => (b: HeldPartition) =>
      samePlace(a, b) && a.sinceGeneration === b.sinceGeneration;
    const assigned = held.filter((each) => !before.some(kept(each)));
    const revoked = before.filter((each) => !held.some(kept(each)));
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
    const before = new Map(
      this.#held.map((each, i) => [heldName(each), this.#round.cursors[i]] as const),
    );
    this.#round.cursors = held.map((each) => before.get(heldName(each)) ?? this.#cursor(each));
    this.#held = held;
    const topics = this.#round.cursors.map(({ topic }) => topicSlot(topic.id));
    this.#slots = [groupSlot(this.#groupId), ...new Set(topics)];
  }

  #cursor(place: TopicPartition): PartitionCursor {
    const { cursors, groups } = this.#parts;
    cursors.catalog.refresh();
    const topic = cursors.catalog.find(place.topic);
    if (topic === undefined) {
      throw new EventLogError("unknown-topic", `Cannot read "${place.topic}": it was deleted`);
    }
    const id = cursors.catalog.partitionId(topic, place.partition, `read "${place.topic}"`);
    const offset = groups.committed(this.#groupId, place) ?? cursors.catalog.startOffset(id);
    return new PartitionCursor(cursors, topic, { ...placeOf(place), offset });
  }

  async #joinAgain(): Promise<void> {
    const { connection, groups, board, now } = this.#parts;
    const action = `join group "${this.group}" again`;
    const joinedAt = now();
    const key = await connection.write(action, () => groups.join(this.#joined, joinedAt));
    this.#key = key;
    this.#memberId = key.memberId;
    this.#heartbeatAt = joinedAt;
    this.#seenGroupCount = -1;
    board.signal(groupSlot(key.groupId));
  }

  #heartbeatDue(now: number): boolean {
    const everyMs = this.#joined.sessionTimeoutMs / HEARTBEATS_PER_SESSION;
    return this.#key !== null && now - this.#heartbeatAt >= everyMs;
  }

  async #someoneExpired(now: number): Promise<boolean> {
    const { connection, groups } = this.#parts;
    const first = await connection.read(
      "read sessions",
      () => groups.firstDeadline(this.#groupId),
    );
    return first !== null && first < now;
  }

  async #heartbeat(): Promise<void> {
    const key = this.#key;
    if (key === null) return;
    const { connection, groups, board, now } = this.#parts;
    const at = now();
    const changed = await connection.write(
      `send a heartbeat to group "${this.group}"`,
      () => groups.heartbeat(key, Math.trunc(at)),
    );
    this.#heartbeatAt = at;
    this.#seenGroupCount = -1;
    if (changed) board.signal(groupSlot(this.#groupId));
  }

  #assertMember(action: string): void {
    this.#parts.connection.assertOpen(`${action} in group "${this.group}"`);
    if (!this.#left) return;
    throw new EventLogError(
      "not-assigned",
      `Cannot ${action} in group "${this.group}": member "${this.#memberId}" has left`,
    );
  }
}

function placeOf({ topic, partition }: TopicPartition): TopicPartition {
  return { topic, partition };
}

function samePlace(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}

function heldName({ topic, partition, sinceGeneration }: HeldPartition): string {
  return `${topic}/${partition}/${sinceGeneration}`;
}
