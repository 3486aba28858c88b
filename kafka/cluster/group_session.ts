/**
 * One membership of a group: joins, has partitions assigned, says that it is alive, joins again. All
 * of it goes on in the background, whether or not anybody polls.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { CLOSE_PATIENCE_MS } from "./cluster_settings.ts";
import type { ClusterView } from "./cluster_view.ts";
import type { Assignment } from "./consumer_protocol.ts";
import type { GroupCoordinator } from "./group_coordinator.ts";
import { askForAssignment, askToJoin, type Joiner } from "./group_round.ts";
import { HEARTBEAT_MS, HEARTBEAT_WAIT_MS } from "./group_settings.ts";
import { KafkaClientError, type MemberIdentity } from "./kafka_client.ts";
import { changeBetween, nextStanding, placeName, type Standing } from "./group_standing.ts";
import { backoffMs, patiently } from "./patience.ts";
import { UserLiveness } from "./user_liveness.ts";

/** What a session works with. */
export interface SessionParts extends Joiner {
  /** Connections of the session alone: a join keeps them waiting. */
  readonly coordinator: GroupCoordinator;
  /** Connections on which nothing waits long. */
  readonly leaving: GroupCoordinator;
  readonly view: ClusterView;
  /** Told when there is another {@link GroupSession.standing}, or a failure. */
  readonly onChange: () => void;
}

/** Why requests have been failing, and since when. */
export interface Trouble {
  readonly sinceMs: number;
  readonly error: KafkaClientError;
}

/** The background life of a member. */
export class GroupSession {
  readonly #parts: SessionParts;
  readonly #heartbeatMs: number;
  readonly #user: UserLiveness;
  readonly #running: Promise<void>;
  #standing: Standing = { generation: 0, held: [] };
  #memberId = "";
  /** The membership that the group last confirmed; null before the first and after expulsion. */
  #identity: MemberIdentity | null = null;
  /** What came with it; partitions of it may not be known by their offsets yet. */
  #synced: Standing | null = null;
  #joined = false;
  #joinPending = false;
  #placed = true;
  #acquisitions = 0;
  #failure: { readonly error: unknown } | null = null;
  #trouble: Trouble | null = null;
  #failures = 0;
  /** Expelled: what was lost is told by a poll, and the next one joins again. */
  #awaitsPoll = false;
  #beatAt = -Infinity;
  #ended = false;
  #wake: () => void = () => {};
  #stepEnded = Promise.withResolvers<void>();

  /** Begins to join. */
  constructor(parts: SessionParts) {
    this.#parts = parts;
    const { perSession, least, most } = HEARTBEAT_MS;
    this.#heartbeatMs = Math.min(most, Math.max(least, parts.sessionTimeoutMs / perSession));
    this.#user = new UserLiveness(parts.sessionTimeoutMs);
    this.#running = this.#run();
  }

  /** What is to be told to the user. */
  get standing(): Standing {
    return this.#standing;
  }

  /** Empty before the group has given one. */
  get memberId(): string {
    return this.#memberId;
  }

  /** Who the member is in the group's newest generation that it knows; null when it is expelled. */
  get identity(): MemberIdentity | null {
    return this.#identity;
  }

  /** What ended the session, other than its user. */
  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** Null when the last request was answered. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }

  /** The user polls: alive until {@link pollEnds}, and for a session after it. */
  pollBegins(): void {
    const parked = this.#isParked();
    this.#user.pollBegins();
    this.#awaitsPoll = false;
    if (parked) this.#wake();
  }

  pollEnds(): void {
    this.#user.pollEnds();
  }

  /** The user is at work. Gives the heartbeat that is due the time to go out. */
  async stillHere(): Promise<void> {
    const parked = this.#isParked();
    this.#user.heard();
    if (parked) this.#wake();
    const due = performance.now() - this.#beatAt >= this.#heartbeatMs;
    if (!this.#joined || !due || this.#ended) {
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return;
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, HEARTBEAT_WAIT_MS);
    this.#wake();
    await Promise.race([this.#stepEnded.promise, promise]);
    clearTimeout(timer);
  }

  /** A request of the user was refused for who it is: the session finds out what has happened. */
  doubt(): void {
    this.#wake();
  }

  /** Leaves the group, if it may still be in it, and ends. Idempotent; never rejects. */
  async end(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#wake();
      await this.#leave();
      // A join that waits ends with the connections.
      await Promise.all([this.#parts.coordinator.close(), this.#parts.leaving.close()]);
    }
    await this.#running;
  }

  async #leave(): Promise<void> {
    // The lasting name alone is enough where a join under way has brought no other yet.
    if (this.#memberId === "" && !this.#joinPending) return;
    const { group, instanceId, leaving } = this.#parts;
    const member = { group, memberId: this.#memberId, instanceId };
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), CLOSE_PATIENCE_MS);
    try {
      await patiently(
        () => leaving.ask((client, node) => client.leaveGroup(node, member)),
        { forMs: CLOSE_PATIENCE_MS, signal: patience.signal },
      );
    } catch (error) {
      // The group finds out when the session times out, or knows already.
      if (!(error instanceof KafkaClientError)) throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async #run(): Promise<void> {
    while (!this.#ended && this.#failure === null) {
      if (this.#isParked()) {
        this.#trouble = null;
        await this.#sleep(null);
        continue;
      }
      let waitMs = this.#heartbeatMs;
      try {
        await this.#step();
        this.#failures = 0;
        this.#trouble = null;
      } catch (error) {
        waitMs = this.#follow(error);
      }
      this.#stepEnded.resolve();
      this.#stepEnded = Promise.withResolvers();
      await this.#sleep(waitMs);
    }
    this.#stepEnded.resolve();
  }

  async #step(): Promise<void> {
    if (!this.#joined) await this.#join();
    else await this.#heartbeat();
    if (!this.#placed && !this.#ended) await this.#place();
  }

  async #heartbeat(): Promise<void> {
    const { coordinator } = this.#parts;
    const identity = this.#identity;
    if (identity === null) return;
    this.#beatAt = performance.now();
    await coordinator.ask((client, node) => client.heartbeat(node, identity));
  }

  async #join(): Promise<void> {
    const { coordinator, group, instanceId } = this.#parts;
    const { generation: before, held } = this.#synced ?? { generation: -1, held: [] };
    this.#joinPending = true;
    const joiner = { ...this.#parts, memberId: this.#memberId };
    const answer = await askToJoin(joiner, { generation: before, owned: held }, coordinator);
    this.#joinPending = false;
    const { generation, memberId } = answer;
    this.#memberId = memberId;
    if (this.#ended) return await this.#leave();
    const identity = { group, generation, memberId, instanceId };
    const assignment = await askForAssignment(answer, identity, this.#parts);
    this.#beatAt = performance.now();
    await this.#demandTopics(assignment);
    this.#enter(identity, assignment);
  }

  /** Of a topic that was deleted nobody is assigned anything, which is no reason to wait for ever. */
  async #demandTopics({ partitions }: Assignment): Promise<void> {
    const { topics, view } = this.#parts;
    const without = topics.filter((each) => !partitions.some(({ topic }) => topic === each));
    if (without.length === 0) return;
    view.invalidate();
    for (const topic of without) {
      if (await view.partitionsOf(topic) !== null) continue;
      const state = `there is no topic "${topic}" any more`;
      throw new KafkaClientError("UNKNOWN_TOPIC_OR_PARTITION", state, { retriable: false });
    }
  }

  #enter(identity: MemberIdentity, { partitions, topics }: Assignment): void {
    const { generation } = identity;
    this.#identity = identity;
    this.#joined = true;
    if (!sameTopics(topics, this.#parts.topics)) {
      // It took the place of one that subscribed otherwise, which the leader was not told. A join that
      // says something new makes the group rebalance.
      this.#synced = { generation, held: [] };
      this.#joined = false;
      return;
    }
    const acquire = () => ++this.#acquisitions;
    this.#synced = nextStanding(this.#synced, generation, partitions, acquire);
    this.#placed = false;
  }

  /** Looks up where to begin in what is new, and makes it known. */
  async #place(): Promise<void> {
    const { coordinator, group } = this.#parts;
    const synced = this.#synced;
    if (synced === null) return;
    const fresh = changeBetween(this.#standing, synced).assigned;
    if (fresh.length > 0) {
      const places = fresh.map(({ topic, partition }) => ({ topic, partition }));
      const offsets = await coordinator.ask((client, node) =>
        client.fetchOffsets(node, group, places)
      );
      const byName = new Map(offsets.map((each) => [placeName(each), each.offset]));
      for (const each of fresh) {
        const offset = byName.get(placeName(each)) ?? -1;
        each.committed = offset < 0 ? null : offset;
      }
    }
    this.#placed = true;
    this.#standing = synced;
    this.#parts.onChange();
  }

  /** What follows a failure; gives how long to wait before the next step. */
  #follow(error: unknown): number {
    if (this.#ended) return 0;
    if (!(error instanceof KafkaClientError)) return this.#fail(error);
    switch (error.type) {
      case "REBALANCE_IN_PROGRESS":
        this.#joined = false;
        break;
      case "ILLEGAL_GENERATION":
        // The group went on without it: what it had, others may have.
        this.#joined = false;
        this.#identity = null;
        break;
      case "UNKNOWN_MEMBER_ID":
        this.#loseEverything();
        break;
      default:
        if (!error.retriable) return this.#fail(error);
        this.#trouble = { sinceMs: this.#trouble?.sinceMs ?? performance.now(), error };
        return backoffMs(this.#failures++);
    }
    this.#trouble = null;
    return 0;
  }

  #loseEverything(): void {
    this.#joined = this.#joinPending = false;
    this.#memberId = "";
    this.#identity = null;
    this.#synced = null;
    this.#placed = true;
    if (this.#standing.held.length === 0) return;
    this.#awaitsPoll = true;
    this.#standing = { generation: this.#standing.generation, held: [] };
    this.#parts.onChange();
  }

  /** Ends the session. One that was replaced is in the group no more; any other is, for a session. */
  #fail(error: unknown): 0 {
    if (error instanceof KafkaClientError && error.type === "FENCED_INSTANCE_ID") {
      this.#memberId = "";
      this.#joinPending = false;
    }
    this.#identity = null;
    this.#joined = false;
    this.#failure = { error };
    this.#parts.onChange();
    return 0;
  }

  /** Nothing is done until the user is heard of. */
  #isParked(): boolean {
    return this.#awaitsPoll || !this.#user.isAlive;
  }

  /** Until woken, at the latest after `ms`. */
  async #sleep(ms: number | null): Promise<void> {
    if (this.#ended || ms === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = ms === null ? undefined : setTimeout(resolve, ms);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
    this.#wake = () => {};
  }
}

function sameTopics(known: readonly string[] | null, own: readonly string[]): boolean {
  if (known === null || known.length !== own.length) return false;
  return own.every((topic) => known.includes(topic));
}
